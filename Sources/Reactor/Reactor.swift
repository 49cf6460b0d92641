import CLibcurl
import Glibc
import HeapModule

/// One thread that waits for every socket of the process in one place: libcurl's transfers, and file descriptors such as
/// libpq's, in `curl_multi_poll` (libcurl: curl_multi_poll, extra_fds).
///
/// Actors that take `executor` as theirs run on that thread too, so a notification from the database can become a
/// request on the wire without a thread switch. Nothing here may block: see ``offload(_:)``.
public actor Reactor {
    /// Names a wait, watch, timer or transfer; never reused.
    public typealias Token = Int

    /// The executor of this actor; give it to actors that work on sockets.
    public nonisolated let executor: ReactorExecutor

    /// The executor, as the runtime asks for it.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let multi: UnsafeMutableRawPointer
    var lastToken: Token = 0
    var watches: [Token: Watch] = [:]
    var timers: [Token: @Sendable () -> Void] = [:]
    var deadlines = Heap<Deadline>()
    var transfers: [Token: Transfer] = [:]
    var idleHandles: [EasyHandle] = []
    var waits: [Token: Wait] = [:]
    /// From now on nothing waits, and `multi` is gone.
    var isShutDown = false
    private var turnsWithoutSockets = 0
    private var descriptors: [curl_waitfd] = []
    private var descriptorTokens: [Token] = []

    /// Starts the thread.
    public init() {
        // Once per process and not thread-safe before 7.84: a global constant runs it exactly once.
        precondition(globalInit == CURLE_OK, "libcurl could not be initialised")
        guard let multi = curl_multi_init() else { preconditionFailure("out of memory") }
        // Keep as many connections as are ever used at once, and prefer one HTTP/2 connection to many.
        tgw_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, 256)
        tgw_multi_setopt_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        nonisolated(unsafe) let shared = multi
        self.multi = shared
        executor = ReactorExecutor(multi: shared)
        startThread(for: self)
    }

    /// Ends the thread and every wait and transfer with it. Actors on this executor do not run any more: call it last,
    /// after the connections to the database are closed.
    public nonisolated func shutdown() {
        executor.stop()
    }

    func nextToken() -> Token {
        lastToken += 1
        return lastToken
    }

    /// One turn without jobs: due timers, transfers, then a wait for whatever comes first.
    func turn(cancelled: [Token]) {
        for token in cancelled { cancel(token) }
        // Jobs make jobs, as one step of a task leads to the next: they run before sockets are looked at, which takes
        // system calls. But jobs that go on making jobs must not keep the sockets from their turn.
        let isSocketsTurn = turnsWithoutSockets == 16
        turnsWithoutSockets += 1
        guard isSocketsTurn || !executor.hasJobs else { return }
        fireTimers()
        advanceTransfers()
        // A transfer may have finished, or a handler have made work, on the way here: then do not sleep.
        let maySleep = executor.fallAsleep()
        guard isSocketsTurn || maySleep else { return }
        turnsWithoutSockets = 0
        waitForSockets(milliseconds: maySleep ? millisecondsToDeadline : 0)
    }

    private func cancel(_ token: Token) {
        if let wait = waits.removeValue(forKey: token) {
            end(wait)
            wait.continuation.resume(returning: .cancelled)
        } else if transfers[token] != nil {
            finishTransfer(token, code: CURLE_ABORTED_BY_CALLBACK, cancelled: true)
        }
    }

    private func waitForSockets(milliseconds: Int32) {
        descriptors.removeAll(keepingCapacity: true)
        descriptorTokens.removeAll(keepingCapacity: true)
        for (token, watch) in watches where !watch.interest.isEmpty {
            descriptors.append(
                curl_waitfd(fd: watch.descriptor, events: watch.interest.pollEvents, revents: 0))
            descriptorTokens.append(token)
        }
        // libcurl shortens the wait by itself for the sake of its own timers (libcurl: curl_multi_poll).
        let count = UInt32(descriptors.count)
        let code = descriptors.withUnsafeMutableBufferPointer { buffer in
            curl_multi_poll(multi, buffer.baseAddress, count, milliseconds, nil)
        }
        precondition(code == CURLM_OK, "curl_multi_poll: \(code)")
        executor.wakeUp()
        for index in descriptors.indices where descriptors[index].revents != 0 {
            // A handler before this one may have ended the watch.
            watches[descriptorTokens[index]]?.handler(Readiness(pollEvents: descriptors[index].revents))
        }
    }
}

private let globalInit: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

/// The thread's whole life.
private func startThread(for reactor: Reactor) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(reactor).toOpaque()
    let code = pthread_create(&thread, &attributes, reactorThreadMain, context)
    pthread_attr_destroy(&attributes)
    precondition(code == 0, "no thread for the reactor: \(code)")
}

private func reactorThreadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let reactor = Unmanaged<Reactor>.fromOpaque(context).takeRetainedValue()
    let executor = reactor.executor
    executor.adoptThread()
    blockSIGPIPE()
    var jobs: [UnownedJob] = []
    var cancelled: [Reactor.Token] = []
    while executor.collect(jobs: &jobs, cancelled: &cancelled) {
        for job in jobs { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
        jobs.removeAll(keepingCapacity: true)
        let ended = cancelled
        reactor.assumeIsolated { $0.turn(cancelled: ended) }
        cancelled.removeAll(keepingCapacity: true)
    }
    reactor.assumeIsolated { $0.endEverything() }
    // What was waiting learns of its end, and may tell others on this thread; but what goes on for ever is left behind.
    for _ in 0..<64 {
        cancelled.removeAll()
        _ = executor.collect(jobs: &jobs, cancelled: &cancelled)
        for job in jobs { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
        jobs.removeAll()
    }
    return nil
}

/// libcurl leaves SIGPIPE to the application when CURLOPT_NOSIGNAL is set; a blocked one becomes EPIPE.
private func blockSIGPIPE() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
}
