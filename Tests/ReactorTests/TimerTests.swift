import HeapModule
import Testing

@testable import Reactor

@Suite("A timer", .timeLimit(.minutes(5)))
struct TimerTests {
    private let reactor = Reactor()
    private let fired = LockBox<[Int]>([])

    @Test("fires in the order of time, not of scheduling")
    func order() async {
        defer { reactor.shutdown() }
        await withCheckedContinuation { done in
            let fired = fired
            Task {
                await reactor.run { reactor in
                    // All overdue, by hours: a machine that stalls between two calls does not change their order.
                    for hours in [-3, -1, -5, -2, -4, -6] {
                        reactor.schedule(after: .seconds(3600 * hours)) { fired.withLock { $0.append(hours) } }
                    }
                    reactor.schedule(after: .milliseconds(1)) { done.resume() }
                }
            }
        }
        #expect(fired.withLock { $0 } == [-6, -5, -4, -3, -2, -1])
    }

    @Test("does not fire when it was taken back, not even by a handler of the same moment")
    func cancelled() async {
        defer { reactor.shutdown() }
        await withCheckedContinuation { done in
            let (reactor, fired) = (reactor, fired)
            Task {
                await reactor.run { reactor in
                    let early = reactor.schedule(after: .milliseconds(5)) { fired.withLock { $0.append(1) } }
                    reactor.cancelTimer(early)
                    let victim = LockBox(0)
                    // Both are due when the thread looks next.
                    reactor.schedule(after: .zero) {
                        fired.withLock { $0.append(2) }
                        reactor.assumeIsolated { $0.cancelTimer(victim.withLock { $0 }) }
                    }
                    let token = reactor.schedule(after: .zero) { fired.withLock { $0.append(3) } }
                    victim.withLock { $0 = token }
                    reactor.schedule(after: .milliseconds(10)) { done.resume() }
                }
            }
        }
        #expect(fired.withLock { $0 } == [2])
    }

    @Test("may be set by the handler of another")
    func nested() async {
        defer { reactor.shutdown() }
        await withCheckedContinuation { done in
            let reactor = reactor
            Task {
                await reactor.run { _ = $0.schedule(after: .zero) { again(reactor, 100, done) } }
            }
        }
        @Sendable func again(_ reactor: Reactor, _ left: Int, _ done: CheckedContinuation<Void, Never>) {
            guard left > 0 else { return done.resume() }
            reactor.assumeIsolated { _ = $0.schedule(after: .zero) { again(reactor, left - 1, done) } }
        }
    }

    @Test("leaves nothing behind when it is taken back")
    func noResidue() async {
        defer { reactor.shutdown() }
        let left = await reactor.run { reactor in
            for _ in 0..<10_000 {
                let token = reactor.schedule(after: .seconds(3600)) {}
                reactor.cancelTimer(token)
            }
            return (reactor.timers.count, reactor.deadlines.count)
        }
        #expect(left.0 == 0)
        #expect(left.1 <= 65)
    }

    @Test(
        "bounds the sleep of the thread",
        arguments: [
            (Duration.seconds(-5), 0...0), (.seconds(3000), 2_000_000...3_000_000), (.milliseconds(1), 0...1),
            (.seconds(7200), 3_600_000...3_600_000), (.seconds(Int64.max / 4), 3_600_000...3_600_000),
        ])
    func sleepLimit(delay: Duration, milliseconds: ClosedRange<Int32>) async {
        defer { reactor.shutdown() }
        let limit = await reactor.run { reactor in
            reactor.schedule(after: delay) {}
            return reactor.millisecondsToDeadline
        }
        #expect(milliseconds.contains(limit))
    }

    @Test("lets a task sleep, which tells whether it slept to the end")
    func sleep() async {
        defer { reactor.shutdown() }
        #expect(await reactor.sleep(for: .milliseconds(5)))
        let reactor = reactor
        let sleeper = Task { await reactor.sleep(for: .seconds(3600)) }
        await reactor.until { !$0.waits.isEmpty }
        sleeper.cancel()
        #expect(await !sleeper.value)
        let left = await reactor.run { ($0.waits.count, $0.timers.count) }
        #expect(left == (0, 0))
    }
}
