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

    @Test("surveys when a glance has left something, and every so often")
    func surveys() throws {
        var bench = SenderBench.unlimited
        _ = try bench.claim()
        bench.answer()
        bench.machine.wake()
        #expect(try bench.claim().depth == .glance)
        bench.answer(OutboxClaim.Answer(messages: [.sample(1)], seen: 2))
        #expect(try bench.claim().depth == .survey())
        bench.answer()
        for _ in 0..<32 {
            bench.machine.wake()
            #expect(try bench.claim().depth == .glance)
            bench.answer()
        }
        bench.machine.wake()
        #expect(try bench.claim().depth == .survey())
    }

    @Test("looks for changed orders only when one has woken it, and for the rest when that is not all")
    func changes() throws {
        var bench = SenderBench.unlimited
        _ = try bench.claim()
        bench.answer()
        let changes = OutboxClaim(limit: 64, window: 8, busy: [], depth: .changes)
        bench.machine.wake(byChange: true)
        #expect(try bench.claim() == changes)
        bench.answer([.sample(1)])
        #expect(try bench.wait() == nil)
        bench.end(.sample(1))
        #expect(try bench.claim().depth == .glance, "whatever comes next in its chat")
        bench.answer()
        bench.machine.wake(byChange: true)
        #expect(try bench.claim() == changes)
        bench.answer()
        #expect(try bench.claim().depth == .glance, "the one that has woken it was not among them")
        bench.answer()
        bench.machine.wake(byChange: true)
        _ = try bench.claim()
        bench.answer(SenderBench.messages(1...8))
        #expect(try bench.claim().depth == .glance, "there may be more")
        bench.answer()
        bench.machine.wake(byChange: true)
        bench.machine.wake()
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

    @Test("looks from lane to lane as long as rows behind others fill the window, and goes on where it was")
    func walks() throws {
        var bench = SenderBench.unlimited
        let lane = OutboxClaim.Lane(chat: 7, priority: 1)
        func walk(after lane: OutboxClaim.Lane?) -> OutboxClaim.Depth {
            .survey(walk: OutboxClaim.Walk(after: lane, lanes: 256))
        }
        #expect(try bench.claim().depth == .survey())
        bench.answer(marked: 64)
        #expect(try bench.claim().depth == .survey(), "so many hide nothing")
        bench.answer(marked: 65)
        let claim = try bench.claim()
        #expect(claim.window == 500)
        #expect(claim.depth == walk(after: nil))
        bench.answer(OutboxClaim.Answer(marked: 500, walkedTo: lane))
        #expect(try bench.claim().depth == walk(after: lane))
        bench.answer(OutboxClaim.Answer(marked: 500))
        #expect(try bench.claim().depth == walk(after: nil), "from the beginning again")
        bench.answer(marked: 3)
        #expect(try bench.claim().depth == .survey())
        bench.answer()
        #expect(try bench.wait() == nil)
    }

    // MARK: Whose turn

    @Test("lets the one that has waited longest go after nine urgent ones in a row")
    func fairShare() throws {
        var bench = SenderBench(
            SenderStateMachine.Limits(messagesPerSecond: 0, messagesPerChatPerSecond: 0, concurrency: 1))
        for round in 1...3 {
            for number in Int64(1)...10 {
                #expect(try bench.claim().reserve == (number < 10 ? 0 : 1), "\(number) in round \(round)")
                // What is claimed for having waited may be urgent as well.
                let message = OutboxMessage.sample(number, priority: number == 10 && round != 2 ? 2 : 0)
                bench.answer([message])
                bench.end(message)
            }
        }
    }

    @Test("keeps nothing back for those who wait while notifications go anyway, or nobody waits")
    func noReserve() throws {
        var bench = SenderBench(
            SenderStateMachine.Limits(messagesPerSecond: 0, messagesPerChatPerSecond: 0, concurrency: 1))
        for number in Int64(1)...30 {
            #expect(try bench.claim().reserve == 0)
            let message = OutboxMessage.sample(number, priority: number.isMultiple(of: 5) ? 2 : 1)
            bench.answer([message])
            bench.end(message)
        }
        for number in Int64(31)...39 {
            #expect(try bench.claim().reserve == 0)
            bench.answer([.sample(number, priority: 0)])
            bench.end(.sample(number, priority: 0))
        }
        #expect(try bench.claim().reserve == 1)
        bench.answer()
        bench.machine.wake()
        #expect(try bench.claim().reserve == 0, "nothing was ready")
    }

    @Test("keeps the share in batches, on the average of all")
    func fairBatches() throws {
        var bench = SenderBench(
            SenderStateMachine.Limits(messagesPerSecond: 0, messagesPerChatPerSecond: 0, concurrency: 6))
        var reserved = 0
        for round in Int64(0)..<50 {
            let claim = try bench.claim()
            reserved += claim.reserve
            #expect(claim.reserve < claim.limit, "an urgent one goes with the next token")
            let messages = SenderBench.messages(round * 6 + 1...round * 6 + 6, priority: 1)
            bench.answer(messages)
            for message in messages { bench.end(message) }
        }
        #expect(reserved == 30, "a tenth of 300")
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
        let pace = try #require(Mirror(reflecting: bench.machine).descendant("pace"))
        for child in Mirror(reflecting: pace).children
        where child.label == "chats" || child.label == "pausedChats" {
            #expect(Mirror(reflecting: child.value).children.count <= 1025, "\(child.label ?? "")")
        }
    }
}
