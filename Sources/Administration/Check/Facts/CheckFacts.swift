package import Telegram
package import Worker

/// What could be learnt of one subject, or why nothing could.
package enum Gathered<Facts: Sendable>: Sendable {
    case known(Facts)
    case unknown(because: String)

    /// The facts, if there are any.
    package var facts: Facts? { if case .known(let facts) = self { facts } else { nil } }

    /// A finding on the facts; skipped without them.
    func finding(_ name: Finding.Name, _ judge: (Facts) -> Finding) -> Finding {
        switch self {
        case .known(let facts): judge(facts)
        case .unknown(let reason): .skipped(name, because: reason)
        }
    }
}

/// Everything that `tgworker check` decides on. A value without connections, so that each conclusion is tested as a table.
package struct CheckFacts: Sendable {
    /// Why there is no connection, or none any more, and what to do.
    package var connectionProblem: (problem: String, remedy: String)?
    package var session: Gathered<SessionFacts> = .unknown(because: "there is no connection")
    package var schema: Gathered<SchemaFacts> = .unknown(because: notLooked)
    package var rights: Gathered<[String]> = .unknown(because: notLooked)
    package var listening: Gathered<Listening> = .unknown(because: notLooked)
    package var identityProblem: Gathered<String?> = .unknown(because: notLooked)
    package var startupProblem: Gathered<String?> = .unknown(because: notLooked)
    package var addon: Gathered<AddonFacts> = .unknown(because: notLooked)
    package var bot: Gathered<BotFacts> = .unknown(because: notLooked)
    package var telegram: Gathered<TelegramFacts> = .unknown(because: notLooked)
    package var webhook: Gathered<WebhookOutlook> = .unknown(because: notLooked)
    package var workers: Gathered<WorkerFacts> = .unknown(because: notLooked)
    package var queue: Gathered<QueueFacts> = .unknown(because: notLooked)
    package var horizon: Gathered<[SnapshotHolder]> = .unknown(because: notLooked)
    package var customers: Gathered<CustomersFacts> = .unknown(because: notLooked)
    package var failures: Gathered<FailureFacts> = .unknown(because: notLooked)
    /// Whom it was asked about by name; nil when it is about all.
    package var partners: Gathered<[PartnerFacts]>?

    static let notLooked = "it was not looked at"

    package init() {}
}

/// Whether notifications arrive on this connection.
package enum Listening: Sendable, Equatable {
    /// They do, after so many milliseconds.
    case heard(milliseconds: Int, throughPooler: Bool)
    /// They do not.
    case deaf
    /// A pooler shares sessions; the words of the worker.
    case shared(String)
}

/// Who Telegram says the bot is.
package enum TelegramFacts: Sendable {
    case bot(BotUser, TelegramClock?)
    case failed(TelegramError)
}

extension Gathered<TelegramFacts> {
    /// Whether Telegram has refused the token.
    var isTokenRefused: Bool {
        if case .known(.failed(.unauthorized(_))) = self { true } else { false }
    }
}

/// Seconds since 1970 by Telegram, and by this machine at the same moment.
package struct TelegramClock: Sendable, Equatable {
    package var telegram: Int64
    package var here: Int64

    package init(telegram: Int64, here: Int64) {
        self.telegram = telegram
        self.here = here
    }
}
