import Testing

@testable import Postgres

@Suite("The state machine of a connection")
struct ConnectionStateMachineTests {
    private typealias Action = ConnectionStateMachine.Action

    private let plain: [Exchange.Operation] = [.execute(statement: 0, name: nil)]

    private func exchange(_ id: Int, _ part: Exchange.Part = .none, prepared: Bool = false) -> Exchange {
        Exchange(id: id, content: .group([Statement("select \(id)", prepared: prepared)]), part: part)
    }

    /// Ends the running exchange, with success or an error, and returns its id.
    private func end(_ machine: inout ConnectionStateMachine, _ answer: Answer? = nil) throws -> Int? {
        #expect(machine.receive(try answer ?? .rows()) == nil)
        #expect(machine.receive(.endOfStatement) == nil)
        return machine.receive(.sync)?.id
    }

    private func isEnded(_ action: Action, _ id: Int) -> Bool {
        if case .fail(id, let error) = action { error.kind == .aborted } else { false }
    }

    @Test("runs one exchange after the other, in the order of the calls")
    func order() throws {
        var machine = ConnectionStateMachine()
        #expect(machine.enqueue(exchange(1)) == .send(1, plain))
        for id in 2...4 { #expect(machine.enqueue(exchange(id)) == .none) }
        for id in 1...3 {
            #expect(try end(&machine) == id)
            #expect(machine.next() == .send(id + 1, plain))
            #expect(machine.running?.id == id + 1)
        }
        #expect(try end(&machine, .error) == 4)
        #expect(machine.next() == .none)
        #expect(machine.running == nil)
    }

    @Test("keeps others waiting while a transaction is open, and lets them on afterwards", arguments: [true, false])
    func transaction(commits: Bool) throws {
        var machine = ConnectionStateMachine()
        #expect(machine.enqueue(exchange(1, .opens(1))) == .send(1, plain))
        #expect(machine.enqueue(exchange(2)) == .none)
        #expect(machine.enqueue(exchange(3, .opens(3))) == .none)
        #expect(try end(&machine) == 1)
        #expect(machine.next() == .none)
        #expect(machine.enqueue(exchange(4, .belongs(1))) == .send(4, plain))
        #expect(machine.enqueue(exchange(5, .belongs(1))) == .none)
        #expect(machine.enqueue(exchange(6, .closes(1))) == .none)
        for id in [4, 5] {
            #expect(try end(&machine) == id)
            #expect(machine.next() == .send(id + 1, plain))
        }
        #expect(try end(&machine, commits ? nil : .error) == 6)
        #expect(machine.next() == .send(2, plain))
        #expect(try end(&machine) == 2)
        #expect(machine.next() == .send(3, plain))
    }

    @Test("does not hold others up for a transaction that could not be opened")
    func failedOpening() throws {
        var machine = ConnectionStateMachine()
        _ = machine.enqueue(exchange(1, .opens(1)))
        #expect(machine.enqueue(exchange(2)) == .none)
        #expect(try end(&machine, .error) == 1)
        #expect(machine.next() == .send(2, plain))
        #expect(isEnded(machine.enqueue(exchange(3, .belongs(1))), 3))
    }

    @Test("refuses what comes after the end of its transaction instead of running it outside")
    func afterTheEnd() throws {
        var machine = ConnectionStateMachine()
        _ = machine.enqueue(exchange(1, .opens(1)))
        #expect(try end(&machine) == 1)
        #expect(machine.enqueue(exchange(2, .closes(1))) == .send(2, plain))
        #expect(isEnded(machine.enqueue(exchange(3, .belongs(1))), 3))
        #expect(isEnded(machine.enqueue(exchange(4, .closes(1))), 4))
        #expect(try end(&machine) == 2)
        #expect(isEnded(machine.enqueue(exchange(5, .belongs(1))), 5))
        #expect(machine.enqueue(exchange(6, .opens(6))) == .send(6, plain))
        #expect(try end(&machine) == 6)
        #expect(isEnded(machine.enqueue(exchange(7, .closes(1))), 7))
        #expect(machine.enqueue(exchange(8, .belongs(6))) == .send(8, plain))
    }

    @Test("takes a waiting exchange out when it is interrupted", arguments: [PostgresError.Kind.timeout, .cancelled])
    func interruptWaiting(kind: PostgresError.Kind) throws {
        var machine = ConnectionStateMachine()
        _ = machine.enqueue(exchange(1))
        _ = machine.enqueue(exchange(2))
        _ = machine.enqueue(exchange(3))
        guard case .fail(2, let error) = machine.interrupt(2, kind) else {
            Issue.record("still waiting")
            return
        }
        #expect(error.kind == kind)
        #expect(machine.interrupt(2, kind) == .none)
        #expect(try end(&machine) == 1)
        #expect(machine.next() == .send(3, plain))
    }

    @Test("asks the server once to cancel what runs, and sends nothing until that has arrived")
    func interruptRunning() throws {
        var machine = ConnectionStateMachine()
        _ = machine.enqueue(exchange(1))
        _ = machine.enqueue(exchange(2))
        #expect(machine.interrupt(1, .timeout) == .cancelOnServer)
        #expect(machine.interrupt(1, .cancelled) == .none)
        #expect(machine.receive(.cancelled) == nil)
        let completion = machine.receive(.sync)
        let error = #expect(throws: PostgresError.self) { try #require(completion).outcome.get() }
        #expect(error?.kind == .timeout)
        #expect(machine.next() == .none)
        #expect(machine.enqueue(exchange(3)) == .none)
        #expect(machine.cancelDelivered() == .send(2, plain))
    }

    @Test("does not send anything when the request to cancel arrives before the answer")
    func cancelDeliveredFirst() throws {
        var machine = ConnectionStateMachine()
        _ = machine.enqueue(exchange(1))
        _ = machine.enqueue(exchange(2))
        #expect(machine.interrupt(1, .timeout) == .cancelOnServer)
        #expect(machine.cancelDelivered() == .none)
        #expect(try end(&machine, .cancelled) == 1)
        #expect(machine.next() == .send(2, plain))
    }

    @Test("brings the end of a transaction to the server whatever becomes of its task")
    func endOfTransaction() throws {
        var machine = ConnectionStateMachine()
        _ = machine.enqueue(exchange(1, .opens(1)))
        #expect(try end(&machine) == 1)
        _ = machine.enqueue(exchange(2, .belongs(1)))
        _ = machine.enqueue(exchange(3, .closes(1)))
        #expect(machine.interrupt(3, .cancelled) == .none)
        #expect(machine.interrupt(3, .timeout) == .none)
        #expect(try end(&machine) == 2)
        #expect(machine.next() == .send(3, plain))
        #expect(machine.interrupt(3, .cancelled) == .none)
        #expect(machine.interrupt(3, .timeout) == .cancelOnServer)
    }

    @Test("knows nothing to do for an exchange that is over")
    func interruptUnknown() throws {
        var machine = ConnectionStateMachine()
        _ = machine.enqueue(exchange(1))
        #expect(try end(&machine) == 1)
        #expect(machine.interrupt(1, .timeout) == .none)
        #expect(machine.enqueue(exchange(2)) == .send(2, plain))
    }

    @Test("prepares a statement once, under a name of its own")
    func preparing() throws {
        var machine = ConnectionStateMachine()
        let first = Statement("select 1", prepared: true)
        let second = Statement("select 2", prepared: true)
        let group = Exchange(id: 1, content: .group([first, second, first, Statement("select 3")]))
        #expect(
            machine.enqueue(group)
                == .send(
                    1,
                    [
                        .prepare(name: "s1", sql: "select 1"), .execute(statement: 0, name: "s1"),
                        .prepare(name: "s2", sql: "select 2"), .execute(statement: 1, name: "s2"),
                        .execute(statement: 2, name: "s1"), .execute(statement: 3, name: nil),
                    ]))
        // The first is prepared, the second is refused.
        for answer in [try Answer.rows(), .endOfStatement, try .rows(), .endOfStatement, .error, .endOfStatement] {
            #expect(machine.receive(answer) == nil)
        }
        for _ in 0..<3 {
            #expect(machine.receive(.skipped) == nil)
            #expect(machine.receive(.endOfStatement) == nil)
        }
        #expect(machine.receive(.sync)?.id == 1)
        #expect(
            machine.enqueue(Exchange(id: 2, content: .group([first, second])))
                == .send(
                    2,
                    [
                        .execute(statement: 0, name: "s1"), .prepare(name: "s3", sql: "select 2"),
                        .execute(statement: 1, name: "s3"),
                    ]))
    }

    @Test("fails whoever waits when the connection is gone, once, and whoever comes later")
    func close() {
        var machine = ConnectionStateMachine()
        _ = machine.enqueue(exchange(1, .opens(1)))
        _ = machine.enqueue(exchange(2))
        let error = PostgresError(.connectionLost, message: "gone")
        #expect(machine.close(error) == [1, 2])
        #expect(machine.close(PostgresError(.timeout, message: "later")) == [])
        #expect(machine.failure == error)
        #expect(machine.running == nil)
        #expect(machine.enqueue(exchange(3)) == .fail(3, error))
        #expect(machine.enqueue(exchange(4, .closes(1))) == .fail(4, error))
        #expect(machine.next() == .none)
        #expect(machine.interrupt(1, .timeout) == .none)
        #expect(machine.cancelDelivered() == .none)
    }

    @Test("knows why the server has ended the connection, when that was the last it said")
    func farewell() {
        var machine = ConnectionStateMachine()
        #expect(machine.farewell == nil)
        _ = machine.enqueue(Exchange(id: 1, content: .group([Statement("begin")])))
        #expect(machine.farewell == nil)
        let reason = PostgresError(.server, sqlState: "08P01", message: "not in this mode")
        #expect(machine.receive(.failed(reason)) == nil)
        #expect(
            machine.farewell == PostgresError(.connectionLost, sqlState: "08P01", message: "not in this mode"))
    }
}
