import Reactor

/// What is wrong with this instance at the moment, for its row in `tgworker.worker`. Follows the worker's events.
struct Troubles: Sendable, Equatable {
    private enum Matter: Sendable {
        /// What is missing before anything can be done: database, bot, token.
        case start
        case sending, receiving
    }

    /// Oldest first.
    private var standing: [(matter: Matter, words: String)] = []

    /// The latest that has not passed.
    var latest: String? { standing.last?.words }

    /// Follows an event.
    mutating func record(_ event: WorkerEvent) {
        switch event {
        case .waiting(let reason, _): set(.start, reason)
        case .tokenRejected(let reason): set(.start, "Telegram does not accept the bot token (\(reason))")
        case .connected, .becameSender: clear(.start)
        case .standingBy:
            // What it met as the sender is the next one's to meet.
            standing = []
        case .disconnected:
            clear(.sending)
            clear(.receiving)
        case .identified:
            clear(.start)
            clear(.sending)
        case .paused(let reason, _): set(.sending, reason)
        case .resumed, .sent: clear(.sending)
        case .receivingPaused(let reason, _), .webhookTrouble(let reason): set(.receiving, reason)
        case .receiving, .receivingResumed, .webhookSet: clear(.receiving)
        case .started, .listening, .wokenUp, .deaf, .recovered, .postponed, .gaveUp, .sentPlain,
            .chatMoved, .updateHandled, .updateFailed, .webhookRemoved, .webhookRequested, .settlingFailed,
            .toastFailed, .menuFailed, .reloading, .draining, .abandoned, .stopped:
            break
        }
    }

    private mutating func set(_ matter: Matter, _ words: String) {
        clear(matter)
        standing.append((matter, words))
    }

    private mutating func clear(_ matter: Matter) {
        if !standing.isEmpty { standing.removeAll { $0.matter == matter } }
    }

    static func == (one: Troubles, other: Troubles) -> Bool {
        one.standing.elementsEqual(other.standing) { $0 == $1 }
    }
}

/// The instance's ``Troubles``, where all its parts see them.
final class TroubleBoard: Sendable {
    private let troubles = LockBox(Troubles())

    func record(_ event: WorkerEvent) { troubles.withLock { $0.record(event) } }

    var latest: String? { troubles.withLock { $0.latest } }
}
