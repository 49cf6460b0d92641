import Glibc
import TestSupport
import Testing

@testable import Postgres

@Suite("An interrupted query", .timeLimit(.minutes(5)))
struct InterruptionTests {
    @Test("is cancelled on the server when its task is, and the connection stays usable", arguments: [true, false])
    func cancelled(isScript: Bool) async throws {
        let cluster = try await Cluster.shared
        try await withConnection { connection async throws in
            let query = Task {
                if isScript {
                    _ = try await connection.script("select 1; select pg_sleep(3600)")
                } else {
                    try await connection.query("select pg_sleep(3600)")
                }
            }
            try await cluster.until(connection.processID, is: "active", waitingFor: "PgSleep")
            query.cancel()
            let error = await #expect(throws: PostgresError.self) { try await query.value }
            #expect(error?.kind == .cancelled)
            try await cluster.until(connection.processID, is: "idle")
            for _ in 0..<20 { #expect(try await connection.value("select 1") == "1") }
        }
    }

    @Test("is cancelled on the server when its time is over, and the connection stays usable")
    func timeout() async throws {
        try await withConnection { connection async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("select pg_sleep(3600)", timeout: .milliseconds(100))
            }
            #expect(error?.kind == .timeout)
            #expect(error?.sqlState == .queryCanceled)
            #expect(try await connection.value("select 1") == "1")
        }
    }

    @Test("never reaches the server when it still waits for its turn", arguments: [true, false])
    func waiting(isCancelled: Bool) async throws {
        let cluster = try await Cluster.shared
        try await withConnection { connection async throws in
            try await connection.query("create temporary table t (n int)")
            let first = Task { try await connection.query("select pg_sleep(3600)") }
            try await cluster.until(connection.processID, is: "active", waitingFor: "PgSleep")
            let second = Task {
                if isCancelled { withUnsafeCurrentTask { $0?.cancel() } }
                try await connection.query(
                    "insert into t values (1)", timeout: isCancelled ? .seconds(3600) : .milliseconds(50))
            }
            let error = await #expect(throws: PostgresError.self) { try await second.value }
            #expect(error?.kind == (isCancelled ? .cancelled : .timeout))
            first.cancel()
            await #expect(throws: PostgresError.self) { try await first.value }
            #expect(try await connection.query("table t").isEmpty)
        }
    }

    @Test("does not take those with it that come after")
    func others() async throws {
        let cluster = try await Cluster.shared
        try await withConnection { connection async throws in
            for _ in 0..<20 {
                let first = Task { try await connection.query("select pg_sleep(3600)") }
                try await cluster.until(connection.processID, is: "active", waitingFor: "PgSleep")
                async let next = connection.value("select 1 from pg_sleep(0.001)")
                first.cancel()
                #expect(try await next == "1")
                await #expect(throws: PostgresError.self) { try await first.value }
            }
        }
    }

    @Test("ends either way when the cancellation races with the answer")
    func race() async throws {
        try await withConnection { connection async throws in
            for number in 0..<200 {
                let query = Task { try await connection.value("select $1::text", [.integer(number)]) }
                if number % 2 == 0 { await Task.yield() }
                query.cancel()
                switch await query.result {
                case .success(let value): #expect(value == "\(number)")
                case .failure(let error): #expect((error as? PostgresError)?.kind == .cancelled)
                }
            }
            #expect(try await connection.value("select 1") == "1")
        }
    }

    @Test("of a server that does not react ends with the connection")
    func unresponsive() async throws {
        let received = Received()
        let cluster = try await Cluster.shared
        try await withConnection(handlers: received.handlers) { connection async throws in
            let processID = connection.processID
            let query = Task { try await connection.query("select pg_sleep(3600)") }
            try await cluster.until(processID, is: "active", waitingFor: "PgSleep")
            try #require(kill(processID, SIGSTOP) == 0)
            defer { kill(processID, SIGCONT) }
            query.cancel()
            let error = await #expect(throws: PostgresError.self) { try await query.value }
            #expect(error?.kind == .connectionLost)
            #expect(received.losses == [try #require(error)])
        }
    }
}
