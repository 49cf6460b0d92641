import CLibcurl
import Glibc

/// Runs every job of the actors that share it on the reactor's one thread, between two waits for sockets.
///
/// Actors with this executor call each other without a thread switch, and may be entered synchronously from the
/// reactor's handlers with `assumeIsolated`. It is also an executor of choice for tasks (SE-0417), see ``suspend(isolation:_:)``.
public final class ReactorExecutor: SerialExecutor, TaskExecutor {
    /// What other threads hand to the reactor's thread.
    struct Inbox {
        var jobs: [UnownedJob] = []
        var cancelled: [Reactor.Token] = []
        var thread: pthread_t?
        /// The thread sleeps, or is about to: it must be woken for what comes now.
        var isAsleep = false
        var isStopping = false

        var isEmpty: Bool { jobs.isEmpty && cancelled.isEmpty && !isStopping }
    }

    private let inbox = LockBox(Inbox())
    /// Only `curl_multi_wakeup` is called on it from other threads, which libcurl allows.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer

    init(multi: sending UnsafeMutableRawPointer) {
        self.multi = multi
    }

    /// Takes a job, from any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        post { $0.jobs.append(job) }
    }

    /// Whether this is the reactor's thread.
    public func isIsolatingCurrentContext() -> Bool? {
        inbox.withLock { inbox in inbox.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    /// Stops the process when this is not the reactor's thread.
    public func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the reactor's thread")
    }

    /// Ends the wait with this token; from any thread, harmless when it is over already.
    func cancel(_ token: Reactor.Token) {
        post { $0.cancelled.append(token) }
    }

    func stop() {
        post { $0.isStopping = true }
    }

    func adoptThread() {
        inbox.withLock { $0.thread = pthread_self() }
    }

    /// Takes what has come in, in exchange for the empty `jobs` and `cancelled`; false when the thread is to end.
    func collect(jobs: inout [UnownedJob], cancelled: inout [Reactor.Token]) -> Bool {
        inbox.withLock { inbox in
            swap(&inbox.jobs, &jobs)
            swap(&inbox.cancelled, &cancelled)
            inbox.isAsleep = false
            return !inbox.isStopping
        }
    }

    /// Whether jobs wait to be run.
    var hasJobs: Bool { inbox.withLock { !$0.jobs.isEmpty } }

    /// The thread is awake: what it posts itself need not wake it.
    func wakeUp() {
        inbox.withLock { $0.isAsleep = false }
    }

    /// Whether the thread may sleep: nothing came in. From now on whoever posts wakes it.
    func fallAsleep() -> Bool {
        inbox.withLock { inbox in
            inbox.isAsleep = inbox.isEmpty
            return inbox.isAsleep
        }
    }

    private func post(_ change: (inout Inbox) -> Void) {
        inbox.withLock { inbox in
            change(&inbox)
            // Inside the lock, lest the thread wakes by itself, sees the stop and frees `multi` before the call. It does
            // not block: it writes to a pipe of libcurl's (libcurl: curl_multi_wakeup).
            if inbox.isAsleep { curl_multi_wakeup(multi) }
            inbox.isAsleep = false
        }
    }
}

extension ReactorExecutor {
    /// Suspends the calling task until the continuation is resumed, and lets it go on here, on the reactor's thread.
    ///
    /// Left alone, a resumed continuation goes to the pool of global threads, and an actor's task comes back here from
    /// there: two thread switches. It prefers the executor that its task prefers, if any (SE-0417).
    public func suspend<Value: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: (CheckedContinuation<Value, Never>) -> Void
    ) async -> Value {
        await withTaskExecutorPreference(self) {
            // Captured, the actor is where the closure runs, too (SE-0420).
            _ = isolation
            return await withCheckedContinuation(body)
        }
    }
}
