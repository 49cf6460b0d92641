import Telegram

/// Decides what a poller asks for next. Knows no socket and no clock.
///
/// The offset is not kept over a restart: without one Telegram begins with the oldest update that was not confirmed, and
/// those that were handled already are known by their entries. So it needs no trust in numbers that grow for ever: after
/// a quiet week they begin somewhere else (Bot API, "Update").
struct PollingStateMachine: Sendable {
    struct Request: Sendable, Equatable {
        /// Confirms everything before.
        var offset: Int64?
        var limit: Int
    }

    /// How long to wait after a failure, and what to say of it.
    struct Pause: Sendable, Equatable {
        var duration: Duration
        var reason: String
        /// Whether a webhook is in the way, which polling takes down.
        var isWebhookSet = false
    }

    /// Updates asked for at once (Bot API, "getUpdates").
    static let batch = 100

    private var offset: Int64?
    private var failures = 0
    private var oneByOne = false
    private let backoff = Backoff(base: .seconds(1), limit: .seconds(60))

    var next: Request { Request(offset: offset, limit: oneByOne ? 1 : Self.batch) }

    /// A batch was handled and committed: the next request confirms it.
    ///
    /// - Returns: a pause when the batch holds nothing that can be confirmed.
    mutating func handled(_ updates: [RawUpdate], jitter: Double) -> Pause? {
        oneByOne = false
        // The last one counts, not the highest: the numbers may have begun anew.
        if let last = updates.last(where: { $0.id != nil })?.id, last < .max {
            // A server that does not take a confirmation must not be asked without end.
            if offset == last + 1 { return pause("an update comes again although it was confirmed", jitter) }
            offset = last + 1
            failures = 0
        } else if !updates.isEmpty {
            return pause("an update without a number stands in the way", jitter)
        } else {
            failures = 0
        }
        return nil
    }

    /// A batch could not be handled from an update on: from there it is asked for again.
    ///
    /// - Parameter isBusy: whether somebody was only in the way of some of them; the others' next updates come along.
    mutating func notHandled(from update: RawUpdate, _ reason: String, isBusy: Bool, jitter: Double) -> Pause {
        if let id = update.id { offset = id }
        // Asked for again within half a second, Telegram gives them one at a time.
        return isBusy ? Pause(duration: .milliseconds(600), reason: reason) : pause(reason, jitter)
    }

    /// Telegram did not give updates.
    mutating func failed(_ error: TelegramError, jitter: Double) -> Pause {
        switch error {
        case .throttled(let retryAfter, let description):
            return Pause(duration: retryAfter, reason: description)
        case .conflict(let description):
            // Telegram may see the poll of a process that has just ended for half a minute.
            failures = max(failures, 2)
            var pause = pause("\(error)", jitter)
            pause.isWebhookSet = description.contains("webhook")
            return pause
        case .unauthorized:
            failures = max(failures, 5)
            return pause("\(error)", jitter)
        case .unknown where !oneByOne:
            // Perhaps one of them breaks the answer.
            oneByOne = true
            return pause("\(error)", jitter)
        default:
            return pause("\(error)", jitter)
        }
    }

    private mutating func pause(_ reason: String, _ jitter: Double) -> Pause {
        failures += 1
        return Pause(duration: backoff.pause(after: failures, jitter: jitter), reason: reason)
    }
}
