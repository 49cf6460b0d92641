import Reactor
import TestSupport
import Testing

@testable import Postgres

@Suite("The heartbeat of a connection")
struct HeartbeatStateMachineTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(1) * seconds }

    @Test("is a Sync when nothing else was sent, and the end when that is not answered in time")
    func idle() {
        var machine = HeartbeatStateMachine(Heartbeat(every: .seconds(3), limit: .seconds(8)), now: start)
        #expect(machine.next(at(2)) == .wait(until: at(3)))
        #expect(machine.next(at(3)) == .ping)
        machine.sent(at(3))
        #expect(machine.next(at(4)) == .wait(until: at(8)))
        #expect(machine.next(at(8)) == .giveUp)
        machine.answered()
        #expect(machine.next(at(8)) == .ping, "it goes by when the answered exchange began")
        #expect(machine.next(at(11)) == .giveUp)
    }

    @Test("counts from the beginning of an exchange, because the server may have been heard from no later")
    func slow() {
        var machine = HeartbeatStateMachine(Heartbeat(every: .seconds(3), limit: .seconds(8)), now: start)
        machine.sent(at(1))
        #expect(machine.next(at(5)) == .wait(until: at(8)))
        machine.answered()
        #expect(machine.next(at(3.5)) == .wait(until: at(4)))
        #expect(machine.next(at(5)) == .ping)
        #expect(machine.next(at(9)) == .giveUp)
    }

    @Test("is over after a long sleep of the machine, whatever the wire holds by then")
    func suspended() {
        var machine = HeartbeatStateMachine(Heartbeat(every: .seconds(3), limit: .seconds(8)), now: start)
        machine.sent(at(2))
        #expect(machine.next(at(22)) == .giveUp)
    }

    @Test("without an interval limits the time for an answer, and leaves an idle connection alone")
    func onlyAnswers() {
        var machine = HeartbeatStateMachine(Heartbeat(every: nil, limit: .seconds(8)), now: start)
        #expect(machine.next(at(100)) == .wait(until: nil))
        machine.sent(at(100))
        #expect(machine.next(at(101)) == .wait(until: at(108)))
        machine.answered()
        #expect(machine.next(at(120)) == .wait(until: nil))
        machine.sent(at(200))
        #expect(machine.next(at(208)) == .giveUp)
    }
}

@Suite("A server that falls silent", .timeLimit(.minutes(5)))
struct SilenceTests {
    private func connect(
        through proxy: DatabaseProxy, _ heartbeat: Heartbeat, on reactor: Reactor, _ received: Received
    ) async throws -> Connection {
        let conninfo = "host=127.0.0.1 port=\(proxy.port) user=odoo password=odoo dbname=postgres sslmode=disable"
        return try await Connection.connect(
            .init(conninfo: conninfo, heartbeat: heartbeat), on: reactor, handlers: received.handlers)
    }

    @Test("is noticed although the connection stands and is idle, and closing it does not wait")
    func blackhole() async throws {
        let (reactor, received) = (Reactor(), Received())
        defer { reactor.shutdown() }
        let proxy = try DatabaseProxy(to: try await Cluster.shared.port)
        defer { proxy.close() }
        let heartbeat = Heartbeat(every: .milliseconds(100), limit: .seconds(3))
        let connection = try await connect(through: proxy, heartbeat, on: reactor, received)
        #expect(try await connection.value("select 1") == "1")
        proxy.blackhole()
        let error = await #expect(throws: PostgresError.self) {
            // More than the sockets' buffers take, so that something is left to be written.
            try await connection.query("select $1", [.text(String(repeating: "x", count: 20_000_000))])
        }
        #expect(error == PostgresError(.connectionLost, message: "the server does not answer"))
        #expect(received.losses == [error])
        #expect(await !connection.isOpen)
        proxy.heal()
    }

    @Test("is noticed by an idle connection too")
    func idle() async throws {
        let (reactor, received) = (Reactor(), Received())
        defer { reactor.shutdown() }
        let proxy = try DatabaseProxy(to: try await Cluster.shared.port)
        defer { proxy.close() }
        let heartbeat = Heartbeat(every: .milliseconds(100), limit: .seconds(2))
        let connection = try await connect(through: proxy, heartbeat, on: reactor, received)
        proxy.blackhole()
        try await eventually("the loss") { received.losses.count == 1 }
        #expect(await !connection.isOpen)
        proxy.heal()
    }

    @Test("a bare Sync keeps a session alive that the server would end, and costs no query")
    func sync() async throws {
        let (reactor, received) = (Reactor(), Received())
        defer { reactor.shutdown() }
        let cluster = try await Cluster.shared
        guard cluster.version >= 14 else { return }
        let connection = try await Connection.connect(
            .init(conninfo: cluster.conninfo(), heartbeat: Heartbeat(every: .milliseconds(300), limit: .seconds(60))),
            on: reactor, handlers: received.handlers)
        try await connection.query("set idle_session_timeout = '10s'")
        // A session beside it without a heartbeat shows that the time was over.
        let other = Received()
        try await withConnection(handlers: other.handlers) { idle async throws in
            try await idle.query("set idle_session_timeout = '11s'")
            try await eventually("the other's end") { other.losses.count == 1 }
        }
        #expect(received.losses.isEmpty)
        #expect(
            try await cluster.psql("select query from pg_stat_activity where pid = \(connection.processID)")
                == "set idle_session_timeout = '10s'")
        await connection.close()
    }
}
