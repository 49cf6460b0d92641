import Glibc
import TestSupport
import Testing

@testable import Reactor

/// An actor on the reactor's thread.
private actor Counter {
    let reactor: Reactor
    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }
    private(set) var count = 0

    init(_ reactor: Reactor) { self.reactor = reactor }

    func add() { count += 1 }

    func threads() async -> [pthread_t] {
        let before = pthread_self()
        let other = await reactor.run { _ in pthread_self() }
        return [before, other, pthread_self()]
    }

    /// What waiting and asking come to, in a loop that goes on after its first wait has ended.
    func outlast(_ descriptor: Int32, _ url: String) async -> [WaitOutcome?] {
        let first = await reactor.ready(descriptor, for: .read)
        let second = await reactor.ready(descriptor, for: .read)
        let slept = await reactor.sleep(for: .seconds(3600))
        do {
            _ = try await reactor.perform(HTTPRequest(url: url))
            return [first, second, slept ? .timedOut : .cancelled, nil]
        } catch {
            return [first, second, slept ? .timedOut : .cancelled, error.reason == .cancelled ? .cancelled : nil]
        }
    }
}

@Suite("The reactor's thread", .timeLimit(.minutes(5)))
struct ExecutorTests {
    private let reactor = Reactor()

    @Test("runs every job that other threads hand to it")
    func jobs() async {
        defer { reactor.shutdown() }
        let counter = Counter(reactor)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1000 { await counter.add() } }
            }
        }
        #expect(await counter.count == 8000)
    }

    @Test("is woken by each job when it sleeps")
    func wakesUp() async {
        defer { reactor.shutdown() }
        let counter = Counter(reactor)
        for _ in 0..<300 {
            await counter.add()
            // Some other thread's turn, so that the reactor has nothing to do in between.
            await offload {}
        }
        #expect(await counter.count == 300)
    }

    @Test("is shared by actors, which call each other without leaving it")
    func sharedThread() async {
        defer { reactor.shutdown() }
        let threads = await Counter(reactor).threads()
        #expect(Set(threads).count == 1)
        #expect(threads.first != pthread_self())
    }

    @Test("may be entered synchronously from a handler")
    func assumeIsolated() async {
        defer { reactor.shutdown() }
        let (reactor, counter) = (reactor, Counter(reactor))
        #expect(reactor.executor.isIsolatingCurrentContext() == false)
        await withCheckedContinuation { done in
            Task {
                await reactor.run { reactor in
                    _ = reactor.schedule(after: .zero) {
                        counter.assumeIsolated { $0.add() }
                        done.resume()
                    }
                }
            }
        }
        #expect(await counter.count == 1)
    }

    @Test("goes on while blocking work runs elsewhere")
    func offloaded() async throws {
        defer { reactor.shutdown() }
        let (reactor, pair) = (reactor, try SocketPair())
        let result = await reactor.run { reactor in
            // It is this timer that ends the blocking read.
            reactor.schedule(after: .milliseconds(1)) { pair.write() }
            return Task {
                await offload {
                    var byte: UInt8 = 0
                    return (recv(pair.near, &byte, 1, 0), pthread_self())
                }
            }
        }.value
        #expect(result.0 == 1)
        #expect(await reactor.run { _ in pthread_self() } != result.1)
    }

    @Test("ends every wait and transfer when it shuts down")
    func shutdownEndsEverything() async throws {
        let (reactor, pair) = (reactor, try SocketPair())
        let server = try HTTPServer { _ in .silence }
        async let wait = reactor.ready(pair.near, for: .read)
        async let sleep = reactor.sleep(for: .seconds(3600))
        let transfer = Task { try await reactor.perform(HTTPRequest(url: server.url())) }
        var arrivals = server.arrivals.makeAsyncIterator()
        _ = await arrivals.next()
        await reactor.until { $0.waits.count == 2 }
        reactor.shutdown()
        reactor.shutdown()
        #expect(await wait == .cancelled)
        #expect(await !sleep)
        let failure = await #expect(throws: HTTPFailure.self) { try await transfer.value }
        #expect(failure?.reason == .cancelled)
        #expect(failure?.requestMayHaveBeenSent == true)
        var closings = server.closings.makeAsyncIterator()
        #expect(await closings.next() == 1)
    }

    @Test("lets nobody wait any more once it has shut down")
    func afterShutdown() async throws {
        let (reactor, counter, pair) = (reactor, Counter(reactor), try SocketPair())
        async let outcomes = counter.outlast(pair.near, "http://127.0.0.1:1/")
        await reactor.until { !$0.waits.isEmpty }
        reactor.shutdown()
        #expect(await outcomes == [.cancelled, .cancelled, .cancelled, .cancelled])
    }

    @Test("may be told to shut down while others still call in, again and again, and gives back its descriptors")
    func manyLives() async throws {
        reactor.shutdown()
        let before = openDescriptors()
        for _ in 0..<200 {
            let reactor = Reactor()
            await withTaskGroup(of: Void.self) { group in
                for token in 1...3 {
                    group.addTask { for _ in 0..<20 { reactor.executor.cancel(token) } }
                }
                group.addTask { reactor.shutdown() }
            }
        }
        try await eventually("the end of the threads") { openDescriptors() < before + 100 }
    }
}
