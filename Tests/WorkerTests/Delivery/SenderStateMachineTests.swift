import Testing

@testable import Worker

@Suite("The sender", .timeLimit(.minutes(5)))
struct SenderStateMachineTests {
    // MARK: Asking the queue

    @Test("asks the queue at the start, then only when there is a reason")
    func start() throws {
        var bench = SenderBench.unlimited
        #expect(try bench.claim() == OutboxClaim(limit: 64, window: 72, busy: []))
        #expect(try bench.wait() == nil, "one exchange at a time")
        bench.answer()
        #expect(try bench.wait() == nil)
        bench.machine.wake()
        #expect(try bench.claim() == OutboxClaim(limit: 64, window: 64, busy: [], depth: .glance))
        bench.answer()
        #expect(try bench.wait() == nil)
        bench.machine.lookAround()
        #expect(try bench.claim().depth == .survey())
        bench.answer(due: .seconds(5))
        #expect(try bench.wait() == .seconds(5))
        bench.pass(.seconds(5))
        _ = try bench.claim()
        bench.answer()
        #expect(try bench.wait() == nil)
    }

    @Test("looks for changed orders only when one has woken it, and for the next of a chat when it is free")
    func changes() throws {
        var bench = SenderBench.unlimited
        _ = try bench.claim()
        bench.answer()
        bench.machine.wake(byChange: true)
        #expect(try bench.claim() == OutboxClaim(limit: 64, window: 8, busy: [], depth: .changes))
        bench.answer([.sample(1)])
        #expect(try bench.wait() == nil)
        bench.end(.sample(1))
        #expect(try bench.claim().depth == .glance)
        bench.machine.wake(byChange: true)
        bench.machine.wake()
        bench.answer()
        #expect(try bench.claim().depth == .glance, "something else has come as well")
    }

    @Test("lets outcomes gather for a moment while all places are taken")
    func gathers() throws {
        var bench = SenderBench.unlimited
        let messages = SenderBench.messages(1...64)
        try bench.begin(messages)
        bench.end(messages[0])
        #expect(try bench.wait() == .milliseconds(2))
        for message in messages[1...30] { bench.end(message) }
        #expect(try bench.wait() == .milliseconds(2))
        bench.end(messages[31])
        #expect(try bench.exchange().finished.count == 32)
        bench.answer(SenderBench.messages(65...96))
        bench.end(messages[32])
        bench.pass(.milliseconds(2))
        #expect(try bench.exchange().finished.count == 1)
    }

    @Test("does not lose what it hears during an exchange")
    func wokenDuringExchange() throws {
        var bench = SenderBench.unlimited
        _ = try bench.claim()
        bench.machine.wake()
        #expect(try bench.wait() == nil)
        bench.answer()
        _ = try bench.claim()
    }

    @Test("asks again when the answer was full, or rows were marked, which may hide others")
    func asksAgain() throws {
        var bench = SenderBench(
            SenderStateMachine.Limits(messagesPerSecond: 0, messagesPerChatPerSecond: 0, concurrency: 3))
        #expect(try bench.claim().limit == 3)
        bench.answer(SenderBench.messages(1...2), marked: 40)
        #expect(try bench.claim() == OutboxClaim(limit: 1, window: 65, busy: [1, 2]))
        bench.answer(SenderBench.messages(3...3), marked: 5)
        #expect(try bench.wait() == nil, "as many are under way as may be")
        bench.end(.sample(1, chat: 1))
        #expect(try bench.claim() == OutboxClaim(limit: 1, window: 65, busy: [2, 3]))
        bench.answer()
        #expect(try bench.exchange().parks == true)
        bench.answer()
        #expect(try bench.wait() == nil)
    }

    @Test("searches from the mark, and everything when a session begins, or it is time to")
    func marks() throws {
        var bench = SenderBench.unlimited
        let all = QueueHorizon.Marks()
        func sight(_ second: Int64) -> QueueHorizon.Sight {
            QueueHorizon.Sight(
                moment: second * 1_000_000, left: Array(repeating: second * 1_000_000, count: 3),
                snapshot: QueueHorizon.Snapshot(next: UInt64(second)))
        }
        for second in Int64(1)...2 {
            #expect(try bench.claim().marks == all)
            bench.answer(OutboxClaim.Answer(sight: sight(second)))
            bench.machine.wake()
        }
        #expect(try bench.claim().marks.moments == [750_000, 750_000, 750_000])
        bench.answer()
        bench.machine.lookAround()
        #expect(try bench.claim().marks == all)
    }

    // MARK: Recording

    @Test("records a message and asks for the next of its chat in one exchange")
    func recordsAndClaims() throws {
        var bench = SenderBench.unlimited
        try bench.begin([.sample(1, chat: 10), .sample(2, chat: 20)])
        bench.end(.sample(1, chat: 10))
        let exchange = try bench.exchange()
        #expect(exchange.finished.map(\.id) == [1])
        #expect(exchange.claim?.busy == [20])
        #expect(exchange.claim?.limit == 63)
        bench.answer()
        #expect(bench.machine.known == [OutboxAttempt(id: 2, attempt: 1)])
    }

    @Test("records what ended during an exchange with the next one")
    func endsDuringExchange() throws {
        var bench = SenderBench.unlimited
        try bench.begin(SenderBench.messages(1...3))
        bench.end(.sample(1, chat: 1))
        _ = try bench.exchange()
        bench.end(.sample(2, chat: 2))
        bench.end(.sample(3, chat: 3), flow: .disturbed("reset"))
        #expect(try bench.wait() == nil)
        bench.answer()
        let exchange = try bench.exchange()
        #expect(exchange.finished.map(\.id) == [2])
        #expect(exchange.requeued.map(\.id) == [3])
    }

    @Test("wakes for a message that was put back, although the database did not name its time")
    func putBack() throws {
        var bench = SenderBench.unlimited
        try bench.begin([.sample(1)])
        bench.end(.sample(1), flow: .disturbed("reset"))
        let exchange = try bench.exchange()
        #expect(exchange.requeued.map(\.id) == [1])
        #expect(exchange.claim != nil)
        #expect(exchange.claim?.depth == .survey(), "when it is due, the database tells")
        bench.answer(due: .seconds(1))
        #expect(try bench.wait() == .seconds(1))
        bench.pass(.seconds(1))
        #expect(try bench.claim().busy.isEmpty)
    }

    @Test("ignores an answer that it did not ask for")
    func unasked() throws {
        var bench = SenderBench.unlimited
        bench.answer(SenderBench.messages(1...3))
        #expect(bench.machine.known.isEmpty)
        _ = try bench.claim()
    }

}
