import Testing

@testable import Worker

@Suite("The sender's rates", .timeLimit(.minutes(5)))
struct SenderRateTests {
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
