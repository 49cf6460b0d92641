import Glibc
import Testing

@testable import Reactor

/// Whose every job makes the next one before the thread looks at its descriptors again.
private actor Busy {
    private let reactor: Reactor
    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    init(_ reactor: Reactor) { self.reactor = reactor }

    func work(until isOver: @escaping @Sendable () -> Bool) {
        if !isOver() { Task { self.work(until: isOver) } }
    }
}

@Suite("A wait for a descriptor", .timeLimit(.minutes(5)))
struct ReadinessTests {
    private let reactor = Reactor()

    @Test("ends when bytes can be read")
    func readable() async throws {
        defer { reactor.shutdown() }
        let (reactor, pair) = (reactor, try SocketPair())
        async let outcome = reactor.ready(pair.near, for: .read)
        await reactor.until { !$0.waits.isEmpty }
        pair.write()
        #expect(await outcome == .ready(.read))
        // What is there already counts too.
        #expect(await reactor.ready(pair.near, for: .read) == .ready(.read))
    }

    @Test("ends when bytes can be written")
    func writable() async throws {
        defer { reactor.shutdown() }
        let (reactor, pair) = (reactor, try SocketPair())
        #expect(await reactor.ready(pair.near, for: [.read, .write]) == .ready(.write))
        pair.fill()
        async let outcome = reactor.ready(pair.near, for: .write)
        await reactor.until { !$0.waits.isEmpty }
        pair.empty()
        #expect(await outcome == .ready(.write))
    }

    @Test("ends when the other side hangs up, whatever is waited for", arguments: [Readiness.read, .write])
    func hangUp(interest: Readiness) async throws {
        defer { reactor.shutdown() }
        let (reactor, pair) = (reactor, try SocketPair())
        pair.fill()
        async let outcome = reactor.ready(pair.near, for: interest)
        await reactor.until { !$0.waits.isEmpty }
        pair.hangUp()
        guard case .ready(let readiness) = await outcome else {
            Issue.record("not ready")
            return
        }
        #expect(!readiness.isEmpty)
    }

    @Test("ends at its limit, and leaves nothing behind", arguments: [Duration.milliseconds(10), .zero, .seconds(-1)])
    func timeout(limit: Duration) async throws {
        defer { reactor.shutdown() }
        let pair = try SocketPair()
        #expect(await reactor.ready(pair.near, for: .read, within: limit) == .timedOut)
        let left = await reactor.run { ($0.waits.count, $0.watches.count, $0.timers.count) }
        #expect(left == (0, 0, 0))
    }

    @Test("ends when its task is cancelled, and leaves nothing behind")
    func cancelled() async throws {
        defer { reactor.shutdown() }
        let (reactor, pair) = (reactor, try SocketPair())
        let waiting = Task { await reactor.ready(pair.near, for: .read, within: .seconds(3600)) }
        await reactor.until { !$0.waits.isEmpty }
        waiting.cancel()
        #expect(await waiting.value == .cancelled)
        let left = await reactor.run { ($0.waits.count, $0.watches.count, $0.timers.count) }
        #expect(left == (0, 0, 0))
    }

    @Test("ends when its task was cancelled before it began")
    func cancelledBefore() async throws {
        defer { reactor.shutdown() }
        let (reactor, pair) = (reactor, try SocketPair())
        let waiting = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await reactor.ready(pair.near, for: .read)
        }
        #expect(await waiting.value == .cancelled)
    }

    @Test("ends exactly once when readiness, limit and cancellation race")
    func race() async throws {
        defer { reactor.shutdown() }
        let reactor = reactor
        for _ in 0..<300 {
            let pair = try SocketPair()
            let waiting = Task { await reactor.ready(pair.near, for: .read, within: .microseconds(200)) }
            async let written: Void = pair.write()
            waiting.cancel()
            _ = await (waiting.value, written)
        }
        let left = await reactor.run { ($0.waits.count, $0.watches.count, $0.timers.count) }
        #expect(left == (0, 0, 0))
    }

    @Test("is one of many at the same time")
    func many() async throws {
        defer { reactor.shutdown() }
        let reactor = reactor
        let pairs = try (0..<150).map { _ in try SocketPair() }
        let ready = await withTaskGroup(of: WaitOutcome.self) { group in
            for pair in pairs {
                for _ in 0..<2 { group.addTask { await reactor.ready(pair.near, for: .read) } }
            }
            await reactor.until { $0.waits.count == 300 }
            for pair in pairs.reversed() { pair.write() }
            return await group.reduce(into: 0) { $0 += $1 == .ready(.read) ? 1 : 0 }
        }
        #expect(ready == 300)
    }

    @Test("is served although jobs never cease to make jobs")
    func noStarvation() async throws {
        defer { reactor.shutdown() }
        let (reactor, pair) = (reactor, try SocketPair())
        let isReady = LockBox(false)
        await Busy(reactor).work { isReady.withLock { $0 } }
        pair.write()
        #expect(await reactor.ready(pair.near, for: .read) == .ready(.read))
        isReady.withLock { $0 = true }
    }
}

@Suite("A watched descriptor", .timeLimit(.minutes(5)))
struct WatchTests {
    private let reactor = Reactor()

    @Test("is reported again and again, unless paused, until the watch ends")
    func lifecycle() async throws {
        defer { reactor.shutdown() }
        let pair = try SocketPair()
        let calls = LockBox<[Readiness]>([])
        let token = await reactor.run { reactor in
            reactor.watch(pair.near, for: .read) { readiness in
                pair.drain()
                calls.withLock { $0.append(readiness) }
            }
        }
        for count in 1...3 {
            pair.write()
            await reactor.until { _ in calls.withLock { $0.count } == count }
        }
        await reactor.changeWatch(token, to: [])
        pair.write()
        // Another wait for the same byte shows that the thread has looked at its descriptors.
        #expect(await reactor.ready(pair.near, for: .read) == .ready(.read))
        #expect(calls.withLock { $0.count } == 3)
        await reactor.changeWatch(token, to: [.read, .write])
        await reactor.until { _ in calls.withLock { $0.count } > 3 }
        #expect(calls.withLock { $0[3] } == [.read, .write])
        await reactor.endWatch(token)
        let count = calls.withLock { $0.count }
        pair.write()
        #expect(await reactor.ready(pair.near, for: .read) == .ready(.read))
        #expect(calls.withLock { $0.count } == count)
    }

    @Test("is not reported any more once the handler of another has ended the watch")
    func endedByAnother() async throws {
        defer { reactor.shutdown() }
        let (reactor, pair) = (reactor, try SocketPair())
        let calls = LockBox(0)
        let tokens = LockBox<[Reactor.Token]>([])
        pair.write()
        await reactor.run { reactor in
            for _ in 0..<5 {
                let token = reactor.watch(pair.near, for: .read) { [weak reactor] _ in
                    calls.withLock { $0 += 1 }
                    for token in tokens.withLock({ $0 }) { reactor?.assumeIsolated { $0.endWatch(token) } }
                }
                tokens.withLock { $0.append(token) }
            }
        }
        await reactor.until { $0.watches.isEmpty }
        #expect(calls.withLock { $0 } == 1)
    }
}
