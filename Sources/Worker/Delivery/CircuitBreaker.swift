/// Keeps from trying in vain while Telegram is not reached, or has troubles of its own: nothing is sent for a while,
/// longer each time, and after that one message at a time, until one succeeds.
///
/// The first failure may be the message's own, so only the second in a row opens the circuit.
struct CircuitBreaker: Sendable {
    typealias Instant = ContinuousClock.Instant

    private var failures = 0
    /// The message that met the last failure.
    private var troubled: Int64?
    private var outage = OutageMemory()
    /// Nothing is sent until then.
    private(set) var openUntil: Instant?

    /// No more than one message at a time is sent, until one succeeds.
    var isTripped: Bool { failures > 1 }

    /// A message had an answer.
    ///
    /// - Returns: the messages that need not wait any longer.
    mutating func succeeded(_ id: Int64) -> [Int64] {
        outage.forget(id)
        defer { (failures, troubled, openUntil) = (0, nil, nil) }
        // A message that fails alone has only itself to wait for.
        return isTripped ? outage.end() : []
    }

    /// A message did not reach Telegram, or had no proper answer.
    mutating func failed(_ id: Int64, at now: Instant, jitter: Double) {
        outage.postponed(id)
        // Those that were under way together fail together: that is one failure. And a message that fails again and
        // again may itself be the cause: only another one's failure speaks of the way to Telegram.
        guard openUntil == nil, troubled != id else { return }
        troubled = id
        failures += 1
        guard isTripped else { return }
        openUntil = now + Backoff(limit: .seconds(60)).pause(after: failures - 1, jitter: jitter)
    }

    /// Telegram did not accept the token. One message is enough to learn whether it is accepted again.
    mutating func rejected(at now: Instant) {
        failures = max(failures, 2)
        openUntil = now + .seconds(60)
    }

    /// A message is done with, whatever became of it.
    mutating func forget(_ id: Int64) {
        outage.forget(id)
    }

    /// Ends a pause that is over.
    mutating func expire(_ now: Instant) {
        if let until = openUntil, until <= now { openUntil = nil }
    }
}
