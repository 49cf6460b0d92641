import CLibcurl
import Glibc
import HeapModule

/// What a descriptor is ready for, or what is waited for.
public struct Readiness: OptionSet, Sendable {
    /// The bits of libcurl's `curl_waitfd`.
    public let rawValue: Int16
    /// A set of libcurl's bits.
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// Bytes, or an end or error of the connection, can be read.
    public static let read = Readiness(rawValue: Int16(CURL_WAIT_POLLIN))
    /// Bytes can be written, or a connect has ended.
    public static let write = Readiness(rawValue: Int16(CURL_WAIT_POLLOUT))

    init(pollEvents: Int16) { rawValue = pollEvents }
    var pollEvents: Int16 { rawValue }
}

/// How a wait ended.
public enum WaitOutcome: Sendable, Equatable {
    /// The descriptor is ready for this.
    case ready(Readiness)
    /// The deadline has come.
    case timedOut
    /// The task was cancelled, or the reactor shut down.
    case cancelled
}

struct Watch {
    let descriptor: Int32
    var interest: Readiness
    let handler: @Sendable (Readiness) -> Void
}

struct Wait {
    let continuation: CheckedContinuation<WaitOutcome, Never>
    var watch: Reactor.Token?
    var timer: Reactor.Token?
}

struct Deadline: Comparable {
    let instant: ContinuousClock.Instant
    let token: Reactor.Token

    static func < (left: Deadline, right: Deadline) -> Bool {
        (left.instant, left.token) < (right.instant, right.token)
    }
}

extension Reactor {
    /// Calls `handler` on the reactor's thread whenever `descriptor` is ready for `interest`, until ``endWatch(_:)``.
    ///
    /// End the watch before the descriptor is closed.
    public func watch(
        _ descriptor: Int32, for interest: Readiness, handler: @escaping @Sendable (Readiness) -> Void
    ) -> Token {
        let token = nextToken()
        watches[token] = Watch(descriptor: descriptor, interest: interest, handler: handler)
        return token
    }

    /// Changes what a watch waits for; an empty interest pauses it.
    public func changeWatch(_ token: Token, to interest: Readiness) {
        watches[token]?.interest = interest
    }

    /// Ends a watch.
    public func endWatch(_ token: Token) {
        watches[token] = nil
    }

    /// Calls `handler` once on the reactor's thread after `delay`.
    @discardableResult
    public func schedule(after delay: Duration, _ handler: @escaping @Sendable () -> Void) -> Token {
        let token = nextToken()
        timers[token] = handler
        deadlines.insert(Deadline(instant: .now + delay, token: token))
        return token
    }

    /// Takes a timer back, if it has not fired.
    public func cancelTimer(_ token: Token) {
        timers[token] = nil
        // Most timers are time limits that are never reached; their deadlines must not pile up.
        if deadlines.count > 2 * timers.count + 64 {
            deadlines = Heap(deadlines.unordered.filter { timers[$0.token] != nil })
        }
    }

    /// Waits until `descriptor` is ready for one of `interest`, the time is over, or the task is cancelled.
    public func ready(
        _ descriptor: Int32, for interest: Readiness, within timeout: Duration? = nil
    ) async -> WaitOutcome {
        await wait(for: (descriptor, interest), within: timeout)
    }

    /// Waits for `duration`. Returns early, with false, when the task is cancelled.
    @discardableResult
    public func sleep(for duration: Duration) async -> Bool {
        await wait(for: nil, within: duration) == .timedOut
    }

    private func wait(
        for descriptor: (number: Int32, interest: Readiness)?, within timeout: Duration?
    ) async -> WaitOutcome {
        let token = nextToken()
        return await withTaskCancellationHandler {
            await executor.suspend { continuation in
                // A cancellation that came before this has found nothing to end.
                guard !isShutDown, !Task.isCancelled else { return continuation.resume(returning: .cancelled) }
                var wait = Wait(continuation: continuation)
                wait.watch = descriptor.map { number, interest in
                    watch(number, for: interest) { readiness in
                        self.assumeIsolated { $0.complete(token, .ready(readiness)) }
                    }
                }
                wait.timer = timeout.map { timeout in
                    schedule(after: timeout) { self.assumeIsolated { $0.complete(token, .timedOut) } }
                }
                waits[token] = wait
            }
        } onCancel: {
            executor.cancel(token)
        }
    }

    private func complete(_ token: Token, _ outcome: WaitOutcome) {
        guard let wait = waits.removeValue(forKey: token) else { return }
        end(wait)
        wait.continuation.resume(returning: outcome)
    }

    func end(_ wait: Wait) {
        if let watch = wait.watch { endWatch(watch) }
        if let timer = wait.timer { cancelTimer(timer) }
    }

    func fireTimers() {
        guard !deadlines.isEmpty else { return }
        let now = ContinuousClock.now
        while let next = deadlines.min, next.instant <= now || timers[next.token] == nil {
            deadlines.removeMin()
            timers.removeValue(forKey: next.token)?()
        }
    }

    /// Milliseconds until the next timer, rounded up; an hour when there is none.
    var millisecondsToDeadline: Int32 {
        guard let next = deadlines.min else { return 3_600_000 }
        let (seconds, attoseconds) = (next.instant - .now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 3600 else { return 3_600_000 }
        return Int32(seconds * 1000) + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    func endEverything() {
        isShutDown = true
        for token in Array(transfers.keys) {
            finishTransfer(token, code: CURLE_ABORTED_BY_CALLBACK, cancelled: true)
        }
        let ended = waits
        waits = [:]
        for wait in ended.values { wait.continuation.resume(returning: .cancelled) }
        watches = [:]
        timers = [:]
        idleHandles = []
        curl_multi_cleanup(multi)
    }
}

/// Runs `body`, which may block (a name look-up, a connect of libpq's own), on a thread of its own.
public func offload<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        let box = Unmanaged.passRetained(OffloadedWork { continuation.resume(returning: body()) })
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, offloadedThreadMain, box.toOpaque())
        precondition(code == 0, "no thread for blocking work: \(code)")
        pthread_detach(thread)
    }
}

private final class OffloadedWork: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
}

private func offloadedThreadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<OffloadedWork>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
