import Testing

@testable import Worker

@Suite("The sender", .timeLimit(.minutes(5)))
struct SenderStateMachineTests {
    // MARK: Asking the queue

    @Test("asks the queue at the start, then only when there is a reason")
    func start() throws {
        var bench = SenderBench.unlimited
        #expect(try bench.claim() == SenderStateMachine.Claim(limit: 64, window: 128, busy: []))
        #expect(try bench.wait() == nil, "one exchange at a time")
        bench.answer()
        #expect(try bench.wait() == nil)
        bench.machine.wake()
        _ = try bench.claim()
        bench.answer(due: .seconds(5))
        #expect(try bench.wait() == .seconds(5))
        bench.pass(.seconds(5))
        _ = try bench.claim()
        bench.answer()
        #expect(try bench.wait() == nil)
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
        #expect(try bench.claim() == SenderStateMachine.Claim(limit: 1, window: 2002, busy: [1, 2]))
        bench.answer(SenderBench.messages(3...3), marked: 5)
        #expect(try bench.wait() == nil, "as many are under way as may be")
        bench.end(.sample(1, chat: 1))
        #expect(try bench.claim() == SenderStateMachine.Claim(limit: 1, window: 67, busy: [2, 3]))
        bench.answer()
        #expect(try bench.wait() == nil)
    }

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

    // MARK: Limits

    @Test("keeps to the bot's rate: a fifth of a second's worth at once, then one after the other")
    func botRate() throws {
        var bench = SenderBench(SenderStateMachine.Limits(messagesPerChatPerSecond: 0))
        #expect(try bench.claim().limit == 6)
        bench.answer(SenderBench.messages(1...6))
        let pause = try #require(try bench.wait())
        #expect(abs(pause / .seconds(1) - 1.0 / 30) < 1e-6)
        bench.pass(pause)
        #expect(try bench.claim().limit == 1)
    }

    @Test("leaves a chat out that has had its share, and asks for it when it may go on")
    func chatRate() throws {
        var bench = SenderBench(SenderStateMachine.Limits(messagesPerSecond: 0))
        for id in Int64(1)...3 {
            try bench.begin([.sample(id)])
            bench.end(.sample(id))
        }
        #expect(try bench.claim().busy == [10])
        bench.answer()
        #expect(try bench.wait() == .seconds(1))
        bench.pass(.seconds(1))
        #expect(try bench.claim().busy.isEmpty)
    }

    @Test("asks for a chat that may go on by the time the answer comes that left it out")
    func chatRateDuringExchange() throws {
        var bench = SenderBench(SenderStateMachine.Limits(messagesPerSecond: 0))
        for id in Int64(1)...3 {
            try bench.begin([.sample(id)])
            bench.end(.sample(id))
        }
        bench.pass(.milliseconds(999))
        #expect(try bench.claim().busy == [10])
        bench.pass(.milliseconds(2))
        bench.answer()
        #expect(try bench.claim().busy.isEmpty)
    }

    @Test("forgets chats that are idle")
    func memory() throws {
        var bench = SenderBench(SenderStateMachine.Limits(messagesPerSecond: 0))
        for id in Int64(1)...3000 {
            try bench.begin([.sample(id, chat: id)])
            bench.end(.sample(id, chat: id), flow: id.isMultiple(of: 7) ? .throttled(.milliseconds(1)) : .open)
            bench.pass(.milliseconds(10))
        }
        _ = try bench.claim()
        bench.answer()
        for child in Mirror(reflecting: bench.machine).children
        where child.label == "chats" || child.label == "pausedChats" {
            #expect(Mirror(reflecting: child.value).children.count <= 1025, "\(child.label ?? "")")
        }
    }
}
