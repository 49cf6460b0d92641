import Reactor
import TestSupport
import Testing

@testable import Postgres

@Suite("A lost connection", .timeLimit(.minutes(5)))
struct LossTests {
    /// The one loss that is reported.
    private func loss(_ received: Received) async throws -> PostgresError {
        try await eventually("the loss") { received.losses.first }
    }

    @Test("is reported once while it is idle, and refuses what comes later")
    func idle() async throws {
        let received = Received()
        try await withConnection(handlers: received.handlers) { connection async throws in
            try await Cluster.shared.psql("select pg_terminate_backend(\(connection.processID))")
            let loss = try await loss(received)
            #expect(loss.kind == .connectionLost)
            #expect(await !connection.isOpen)
            // Before that the server says why.
            #expect(received.notices.map(\.sqlState) == ["57P01"])
            for _ in 0..<2 {
                let error = await #expect(throws: PostgresError.self) { try await connection.query("select 1") }
                #expect(error == loss)
            }
            await connection.close()
            #expect(received.losses.count == 1)
        }
    }

    @Test("fails whoever waits", arguments: ["group", "prepared", "script"])
    func busy(way: String) async throws {
        let received = Received()
        let cluster = try await Cluster.shared
        try await withConnection(handlers: received.handlers) { connection async throws in
            let first = Task {
                switch way {
                case "script": _ = try await connection.script("select 1; select pg_sleep(3600)")
                case "prepared": try await connection.query("select pg_sleep(3600)", prepared: true)
                default:
                    try await connection.group([
                        Statement("select 1"), Statement("select pg_sleep(3600)"), Statement("select 2"),
                    ])
                }
            }
            try await cluster.until(connection.processID, is: "active", waitingFor: "PgSleep")
            let others = (1...5).map { _ in Task { try await connection.query("select 1") } }
            try await cluster.psql("select pg_terminate_backend(\(connection.processID))")
            let error = await #expect(throws: PostgresError.self) { try await first.value }
            #expect(error?.isTransient == true)
            for other in others {
                let error = await #expect(throws: PostgresError.self) { try await other.value }
                #expect(error?.kind == .connectionLost)
            }
            _ = try await loss(received)
            #expect(received.losses.count == 1)
            #expect(await !connection.isOpen)
        }
    }

    @Test("is noticed when the server crashes, by all at once")
    func crash() async throws {
        let cluster = try await Cluster.start()
        let received = (1...3).map { _ in Received() }
        try await withConnection(cluster.conninfo(), handlers: received[0].handlers) { idle async throws in
            try await withConnection(cluster.conninfo(), handlers: received[1].handlers) { busy async throws in
                let query = Task { try await busy.query("select pg_sleep(3600)") }
                try await cluster.until(busy.processID, is: "active", waitingFor: "PgSleep")
                try await cluster.shutDown(.immediate)
                let error = await #expect(throws: PostgresError.self) { try await query.value }
                #expect(error?.isTransient == true)
                for received in received[0...1] { _ = try await loss(received) }
                #expect(received.map(\.losses.count) == [1, 1, 0])
                // Nobody is there now.
                let refused = await #expect(throws: PostgresError.self) {
                    try await withConnection(cluster.conninfo()) { _ in }
                }
                #expect(refused?.kind == .connect)
                #expect(refused?.isTransient == true)
                try await cluster.startAgain()
                #expect(try await withConnection(cluster.conninfo()) { try await $0.value("select 1") } == "1")
            }
        }
        try await cluster.stop()
    }

    @Test("is not reported when it was closed from this side, but fails whoever waits")
    func close() async throws {
        let received = Received()
        let cluster = try await Cluster.shared
        try await withConnection(handlers: received.handlers) { connection async throws in
            let query = Task { try await connection.query("select pg_sleep(3600)") }
            try await cluster.until(connection.processID, is: "active", waitingFor: "PgSleep")
            let other = Task { try await connection.query("select 1") }
            await connection.close()
            await connection.close()
            for task in [query, other] {
                let error = await #expect(throws: PostgresError.self) { try await task.value }
                #expect(error?.kind == .connectionLost)
            }
            #expect(await !connection.isOpen)
            #expect(received.losses.isEmpty)
        }
    }

    @Test("may be closed by the handler that a message reaches")
    func closedByHandler() async throws {
        let received = Received()
        try await withConnection(handlers: received.handlers) { connection async throws in
            await connection.setHandlers(
                .init(
                    notice: { _ in connection.assumeIsolated { $0.close() } }, lost: received.handlers.lost))
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("do $$ begin raise notice 'x'; perform pg_sleep(3600); end $$")
            }
            #expect(error?.kind == .connectionLost)
            #expect(received.losses.isEmpty)
        }
    }

    @Test("ends on the server with the last reference to it")
    func forgotten() async throws {
        let reactor = Reactor()
        defer { reactor.shutdown() }
        let cluster = try await Cluster.shared
        let processID = try await Connection.connect(.init(conninfo: cluster.conninfo()), on: reactor).processID
        try await eventually("the end of session \(processID)") {
            try await cluster.psql("select count(*) from pg_stat_activity where pid = \(processID)") == "0"
        }
    }
}
