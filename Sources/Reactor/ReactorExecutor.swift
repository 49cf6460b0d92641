import CLibcurl
import Glibc

/// Runs every job of the actors that share it on the reactor's one thread, between two waits for sockets.
///
/// Actors with this executor call each other without a thread switch, and may be entered synchronously from the
/// reactor's handlers with `assumeIsolated`.
public final class ReactorExecutor: SerialExecutor {
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

    /// Takes what has come in, leaving `jobs` and `cancelled` empty but with their storage.
    func collect(jobs: inout [UnownedJob], cancelled: inout [Reactor.Token]) -> Bool {
        inbox.withLock { inbox in
            swap(&inbox.jobs, &jobs)
            swap(&inbox.cancelled, &cancelled)
            inbox.isAsleep = false
            return !inbox.isStopping
        }
    }

    /// Whether the thread may sleep: nothing came in. From now on whoever posts wakes it.
    func fallAsleep() -> Bool {
        inbox.withLock { inbox in
            inbox.isAsleep = inbox.isEmpty
            return inbox.isAsleep
        }
    }

    private func post(_ change: (inout Inbox) -> Void) {
        let mustWake = inbox.withLock { inbox in
            change(&inbox)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        if mustWake { curl_multi_wakeup(multi) }
    }
}
