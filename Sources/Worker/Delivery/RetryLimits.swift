/// How often and how long a message is tried whose attempts fail for no reason of its own.
struct RetryLimits: Sendable, Equatable {
    /// `tgworker.setting` max_attempts: failures in a row; 0 is no limit.
    var attempts = 100
    /// `tgworker.setting` max_retry_hours: hours since the first of them; 0 is no limit.
    var hours = 24

    /// Whether a message that has failed again is given up.
    ///
    /// - Parameters:
    ///   - failures: in a row, the last one included.
    ///   - time: since the first of them.
    func isReached(failures: Int, after time: Duration) -> Bool {
        areUsedUp(failures: failures) || hours > 0 && time >= .seconds(hours * 3600)
    }

    /// Whether a message is not even tried any more. Only by their number: after a worker was off for days, a message
    /// is tried before it is given up.
    func areUsedUp(failures: Int) -> Bool {
        attempts > 0 && failures >= attempts
    }

    /// Why a message is given up, for an operator.
    static func explanation(failures: Int, after time: Duration, reason: String, mayHaveArrived: Bool) -> String {
        let attempts = failures == 1 ? "1 attempt" : "\(failures) attempts"
        let doubt = mayHaveArrived ? "; the customer may have the message" : ""
        return "gave up after \(attempts) in \(time.spoken): \(reason)\(doubt)"
    }
}

extension Duration {
    /// In the largest unit that says enough, such as "40 s", "12 min", "9 h".
    fileprivate var spoken: String {
        switch components.seconds {
        case ..<120: "\(components.seconds) s"
        case ..<7200: "\(components.seconds / 60) min"
        default: "\(components.seconds / 3600) h"
        }
    }
}
