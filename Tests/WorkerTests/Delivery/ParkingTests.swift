import Testing

@testable import Worker

@Suite("A sender that parks", .timeLimit(.minutes(1)))
struct ParkingTests {
    private typealias Snapshot = QueueHorizon.Snapshot

    @Test("looks again until every transaction has ended that was running when it first looked, ever more rarely")
    func stragglers() {
        let start = ContinuousClock.now
        var parking = Parking()
        parking.park()
        #expect(parking.isParked)
        parking.looked(Snapshot(next: 100, running: [90, 95]), now: start)
        var waits: [Duration] = []
        var now = start
        for _ in 0..<12 {
            guard let look = parking.nextLook else { break }
            waits.append(look - now)
            now = look
            let isDue = (parking.isDue(now), parking.isDue(now))
            #expect(isDue == (true, false), "once")
            // Those that began later find it parked.
            parking.looked(Snapshot(next: 120, running: [95, 110]), now: now)
        }
        #expect(waits.prefix(4) == [.milliseconds(1), .milliseconds(2), .milliseconds(4), .milliseconds(8)])
        #expect(waits.last == .seconds(1))
        parking.looked(Snapshot(next: 130, running: [110]), now: now)
        #expect(parking.nextLook == nil)
    }

    @Test("does not look again when nobody was running, nor while it has work")
    func nobody() {
        let now = ContinuousClock.now
        var parking = Parking()
        parking.park()
        parking.looked(Snapshot(next: 100), now: now)
        #expect(parking.nextLook == nil)
        parking.looked(Snapshot(next: 101, running: [100]), now: now)
        #expect(parking.nextLook == nil, "who began later was told")
        parking.leave()
        #expect(!parking.isParked)
        parking.looked(Snapshot(next: 102, running: [101]), now: now)
        #expect(parking.nextLook == nil)
        parking.park()
        parking.looked(Snapshot(next: 103, running: [101]), now: now)
        #expect(parking.nextLook != nil, "who was silent meanwhile")
    }

    @Test("is told to the triggers: not parked with the first exchange after a full claim, parked when nothing is left")
    func toldToTriggers() throws {
        var bench = SenderBench(
            SenderStateMachine.Limits(messagesPerSecond: 0, messagesPerChatPerSecond: 0, concurrency: 2))
        let messages = SenderBench.messages(1...2)
        #expect(try bench.exchange().parks == nil)
        bench.answer(messages)
        for message in messages { bench.end(message) }
        #expect(try bench.exchange().parks == false)
        bench.answer()
        let exchange = try bench.exchange()
        #expect(exchange.parks == true)
        #expect(exchange.claim?.depth == .survey(), "what was silent until then")
        bench.answer(OutboxClaim.Answer(snapshot: Snapshot(next: 9, running: [7])))
        #expect(try bench.wait() == .milliseconds(1))
        bench.pass(.milliseconds(1))
        #expect(try bench.claim().depth == .glance)
        bench.answer(OutboxClaim.Answer(messages: [.sample(3)], snapshot: Snapshot(next: 9)))
        bench.end(.sample(3))
        #expect(try bench.exchange().parks == nil, "one message is no backlog")
    }

    @Test("still looks for who was silent after a look at changed orders only, which does not see all of their rows")
    func changesAreNoLook() throws {
        var bench = SenderBench.unlimited
        let silent = Snapshot(next: 9, running: [7])
        _ = try bench.claim()
        bench.answer(OutboxClaim.Answer(snapshot: silent))
        #expect(try bench.wait() == .milliseconds(1))
        bench.machine.wake(byChange: true)
        #expect(try bench.claim().depth == .changes)
        bench.answer(OutboxClaim.Answer(messages: [.sample(3)], snapshot: Snapshot(next: 10)))
        #expect(try bench.wait() == .milliseconds(1))
        bench.pass(.milliseconds(1))
        bench.machine.wake(byChange: true)
        #expect(try bench.claim().depth == .glance, "it is time to look for all")
        bench.answer(OutboxClaim.Answer(snapshot: Snapshot(next: 10)))
        #expect(try bench.wait() == nil)
    }
}
