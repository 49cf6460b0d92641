import Testing

@testable import Worker

@Suite("The sender in trouble", .timeLimit(.minutes(5)))
struct SenderTroubleTests {
    // MARK: Telegram asks to wait

    @Test("lets a chat wait when Telegram asks it to, and nobody else")
    func chatThrottled() throws {
        var bench = SenderBench.unlimited
        try bench.begin(SenderBench.messages(1...2))
        bench.end(.sample(1, chat: 1), flow: .throttled(.seconds(20)))
        #expect(bench.machine.pausedUntil == nil)
        let claim = try bench.claim()
        #expect(claim.busy == [1, 2])
        #expect(claim.limit == 63)
        bench.answer(due: .seconds(20))
        bench.end(.sample(2, chat: 2))
        _ = try bench.exchange()
        bench.answer(due: .seconds(20))
        #expect(try bench.wait() == .seconds(20))
        bench.pass(.seconds(20))
        #expect(try bench.claim().busy.isEmpty)
    }

    @Test("lets the whole bot wait when Telegram asks several chats to, and for no longer than it asks")
    func botThrottled() throws {
        var bench = SenderBench.unlimited
        try bench.begin(SenderBench.messages(1...3))
        bench.end(.sample(1, chat: 1), flow: .throttled(.seconds(3600)))
        bench.end(.sample(2, chat: 2), flow: .throttled(.seconds(5)))
        #expect(bench.machine.throttledUntil == bench.now + .seconds(5))
        let exchange = try bench.exchange()
        #expect(exchange.requeued.count == 2)
        #expect(exchange.claim == nil)
        bench.answer()
        // A message that was under way does not end the pause: Telegram has asked for it.
        bench.end(.sample(3, chat: 3))
        #expect(try bench.exchange().claim == nil)
        bench.answer()
        #expect(try bench.wait() == .seconds(5))
        bench.pass(.seconds(5))
        #expect(try bench.claim().busy == [1])
        #expect(bench.machine.pausedUntil == nil)
    }

    @Test("takes up a pause that was persisted, and ends it")
    func persistedPause() throws {
        var bench = SenderBench.unlimited
        bench.machine.pause(until: bench.now + .seconds(9))
        #expect(try bench.wait() == .seconds(9))
        bench.machine.wake()
        #expect(try bench.wait() == .seconds(9))
        bench.pass(.seconds(9))
        _ = try bench.claim()
    }

    // MARK: Telegram is in trouble

    @Test("counts as one failure what was under way together and fails together")
    func failTogether() throws {
        var bench = SenderBench.unlimited
        let messages = SenderBench.messages(1...64)
        try bench.begin(messages)
        for message in messages { bench.end(message, flow: .disturbed("no route")) }
        #expect(bench.machine.pausedUntil == bench.now + .seconds(1))
        #expect(try bench.exchange().requeued.count == 64)
        bench.answer()
        #expect(try bench.wait() == .seconds(1))
    }

    @Test("tries one message after each pause, pauses longer each time, and opens up at the first success")
    func outage() throws {
        var bench = SenderBench.unlimited
        try bench.begin(SenderBench.messages(1...2))
        for message in SenderBench.messages(1...2) { bench.end(message, flow: .disturbed("no route")) }
        _ = try bench.exchange()
        bench.answer()
        var id: Int64 = 2
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(try bench.wait() == .seconds(seconds))
            bench.pass(.seconds(seconds))
            id += 1
            #expect(try bench.claim().limit == 1)
            bench.answer([.sample(id, chat: id)])
            #expect(try bench.wait() == nil, "one at a time")
            bench.end(.sample(id, chat: id), flow: .disturbed("no route"))
            _ = try bench.exchange()
            bench.answer()
        }
        bench.pass(.seconds(60))
        #expect(try bench.claim().limit == 1)
        bench.answer([.sample(100, chat: 100)])
        bench.end(.sample(100, chat: 100))
        #expect(try bench.claim().limit == 64)
    }

    @Test("does not blame the way to Telegram for one message that fails again and again")
    func poison() throws {
        var bench = SenderBench.unlimited
        for attempt in 1...10 {
            try bench.begin([.sample(1, attempt: attempt)])
            bench.end(.sample(1, attempt: attempt), flow: .disturbed("HTTP 500"))
            #expect(bench.machine.pausedUntil == nil)
        }
        try bench.begin([.sample(2, chat: 2)])
        bench.end(.sample(2, chat: 2), flow: .disturbed("HTTP 500"))
        #expect(bench.machine.pausedUntil != nil, "another one fails too")
    }

    @Test("brings forward what an outage has postponed, once")
    func bringsForward() throws {
        var bench = SenderBench.unlimited
        let messages = SenderBench.messages(1...3)
        try bench.begin(messages)
        for message in messages { bench.end(message, flow: .disturbed("no route")) }
        #expect(try bench.exchange().broughtForward == [])
        bench.answer(due: .seconds(300))
        bench.pass(.seconds(1))
        _ = try bench.claim()
        bench.answer([.sample(4, chat: 4)])
        bench.end(.sample(4, chat: 4))
        let exchange = try bench.exchange()
        #expect(exchange.broughtForward == [1, 2, 3])
        #expect(exchange.claim?.limit == 64, "and they are asked for at once")
        // Nobody knows whether that had effect.
        bench.machine.exchangeFailed()
        #expect(try bench.exchange().broughtForward == [1, 2, 3])
        bench.answer(messages)
        // Two that Telegram never answers wait out their own backoff, whatever becomes of the others.
        for message in messages.prefix(2) { bench.end(message, flow: .disturbed("HTTP 500")) }
        bench.end(messages[2])
        #expect(try bench.exchange().broughtForward == [])
    }

    @Test("brings nothing forward when one message failed alone: it may be its own fault")
    func bringsNotForward() throws {
        var bench = SenderBench.unlimited
        try bench.begin(SenderBench.messages(1...2))
        bench.end(.sample(1, chat: 1), flow: .disturbed("HTTP 500"))
        bench.end(.sample(2, chat: 2))
        #expect(try bench.exchange().broughtForward == [])
    }

    @Test("takes up chats' pauses that were persisted")
    func persistedChatPause() throws {
        var bench = SenderBench.unlimited
        bench.machine.pause(5, until: bench.now + .seconds(9))
        #expect(bench.machine.pausedUntil == nil)
        #expect(try bench.claim().busy == [5])
        bench.answer()
        #expect(try bench.wait() == .seconds(9))
        bench.pass(.seconds(9))
        #expect(try bench.claim().busy.isEmpty)
    }

    @Test("learns nothing from a message that there was no need to send")
    func untried() throws {
        var bench = SenderBench(SenderStateMachine.Limits(messagesPerSecond: 0))
        try bench.begin(SenderBench.messages(1...3))
        bench.end(.sample(1, chat: 1), flow: .disturbed("no route"))
        bench.end(.sample(2, chat: 2), flow: .disturbed("no route"))
        bench.end(.sample(3, chat: 3), flow: .untried)
        #expect(bench.machine.pausedUntil == bench.now + .seconds(1))
        _ = try bench.exchange()
        bench.answer()
        bench.pass(.seconds(1))
        #expect(try bench.claim().limit == 1, "still in trouble")
        bench.answer([.sample(4, chat: 3)])
        bench.end(.sample(4, chat: 3))
        // Nor does it count against the chat's rate.
        for id in Int64(5)...6 {
            #expect(try bench.claim().busy.contains(3) == false)
            bench.answer([.sample(id, chat: 3)])
            bench.end(.sample(id, chat: 3))
        }
        #expect(try bench.claim().busy.contains(3))
    }

    @Test("waits a minute when the token is not accepted, then tries one message")
    func unauthorized() throws {
        var bench = SenderBench.unlimited
        try bench.begin(SenderBench.messages(1...2))
        for message in SenderBench.messages(1...2) { bench.end(message, flow: .unauthorized("Unauthorized")) }
        _ = try bench.exchange()
        bench.answer()
        #expect(try bench.wait() == .seconds(60))
        bench.pass(.seconds(60))
        #expect(try bench.claim().limit == 1)
        bench.answer([.sample(1, chat: 1, attempt: 2)])
        bench.end(.sample(1, chat: 1, attempt: 2))
        #expect(try bench.claim().limit == 64)
    }

    // MARK: The database is in trouble

    @Test("keeps what a failed exchange was to record, and records it first")
    func exchangeFails() throws {
        var bench = SenderBench.unlimited
        try bench.begin(SenderBench.messages(1...4))
        bench.end(.sample(1, chat: 1))
        bench.end(.sample(2, chat: 2), flow: .disturbed("reset"))
        let failed = try bench.exchange()
        bench.end(.sample(3, chat: 3))
        bench.machine.exchangeFailed()
        #expect(Set(bench.machine.known.map(\.id)) == [1, 2, 3, 4])
        bench.machine.wake()
        let again = try bench.exchange()
        #expect(again.finished.map(\.id) == [1, 3])
        #expect(again.requeued == failed.requeued)
        #expect(again.claim?.busy == [4])
        bench.answer()
        #expect(bench.machine.known == [OutboxAttempt(id: 4, attempt: 1)])
    }

    @Test("repeats a claim that failed")
    func claimFails() throws {
        var bench = SenderBench.unlimited
        let claim = try bench.claim()
        bench.machine.exchangeFailed()
        #expect(try bench.claim() == claim)
        bench.answer()
        bench.machine.exchangeFailed()
        #expect(try bench.wait() == nil, "there is none to fail")
    }

    @Test("knows its attempts by their number: a later one of the same message may be another's")
    func knownAttempts() throws {
        var bench = SenderBench.unlimited
        try bench.begin([.sample(1, attempt: 3)])
        #expect(bench.machine.known == [OutboxAttempt(id: 1, attempt: 3)])
        // The next part of it, claimed by the exchange that records this one.
        bench.end(.sample(1, attempt: 3))
        _ = try bench.exchange()
        #expect(bench.machine.known == [OutboxAttempt(id: 1, attempt: 3)])
        bench.answer([.sample(1, attempt: 4)])
        #expect(bench.machine.known == [OutboxAttempt(id: 1, attempt: 4)])
    }

    // MARK: Draining

    @Test("is done at once when it is drained without work")
    func drainIdle() throws {
        var bench = SenderBench.unlimited
        bench.machine.drain()
        #expect(bench.next() == .finished)
    }

    @Test("claims nothing more when it is drained, and is done when everything is recorded")
    func drain() throws {
        var bench = SenderBench.unlimited
        try bench.begin(SenderBench.messages(1...2))
        bench.machine.drain()
        bench.machine.wake()
        #expect(try bench.wait() == nil)
        bench.end(.sample(1, chat: 1))
        #expect(try bench.exchange().claim == nil)
        bench.end(.sample(2, chat: 2), flow: .disturbed("reset"))
        bench.answer()
        #expect(try bench.exchange().requeued.map(\.id) == [2])
        bench.machine.exchangeFailed()
        let again = try bench.exchange()
        #expect(again.requeued.map(\.id) == [2])
        #expect(again.claim == nil)
        bench.answer()
        #expect(bench.next() == .finished)
    }

    @Test("sends what it was claiming when it was drained")
    func drainDuringClaim() throws {
        var bench = SenderBench.unlimited
        _ = try bench.claim()
        bench.machine.drain()
        bench.answer([.sample(1)])
        #expect(try bench.wait() == nil)
        bench.end(.sample(1))
        #expect(try bench.exchange().finished.map(\.id) == [1])
        bench.answer()
        #expect(bench.next() == .finished)
    }

    @Test("does not let a pause keep it from being drained")
    func drainPaused() throws {
        var bench = SenderBench.unlimited
        bench.machine.pause(until: bench.now + .seconds(86_400))
        bench.machine.drain()
        #expect(bench.next() == .finished)
    }
}
