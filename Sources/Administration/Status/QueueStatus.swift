/// What `tgworker status` shows. Times are in seconds; counts end at a limit, so that a long queue or ledger costs nothing.
package struct QueueStatus: Sendable, Equatable, Encodable {
    /// An instance of the worker.
    package struct Instance: Sendable, Equatable, Encodable {
        package var host: String
        package var processId: Int
        package var role: String
        package var version: String
        package var isAlive: Bool
        package var heartbeatAge: Double
        /// How long its last notification to itself took.
        package var wakeUp: Double?
        package var lastError: String?
    }

    /// What waits of one kind.
    package struct Kind: Sendable, Equatable, Encodable {
        package var kind: String
        package var waiting = 0
        /// Whether there may be more than ``waiting``.
        package var isLimited = false
        package var ready = 0
        package var sending = 0
        /// Tried at least once in vain.
        package var failing = 0
        /// Seconds since the oldest was written.
        package var oldest: Double?
    }

    /// What became of messages lately.
    package struct Rates: Sendable, Equatable, Encodable {
        package var sentLastMinute = 0
        package var sentLast5Minutes = 0
        package var sentLastHour = 0
        package var notSentLastHour = 0
        /// Whether there were more than are counted.
        package var isLimited = false
    }

    /// Somebody whom Telegram asked to leave alone.
    package struct Pause: Sendable, Equatable, Encodable {
        /// nil is the whole bot.
        package var chat: Int64?
        package var until: String
        package var seconds: Double
        package var reason: String?
    }

    /// A message that was not sent.
    package struct Failure: Sendable, Equatable, Encodable {
        package var outboxId: Int64
        package var kind: String
        package var chat: Int64
        package var outcome: String
        package var age: Double
        package var reason: String
    }

    /// A chat that messages do not reach.
    package struct FailingChat: Sendable, Equatable, Encodable {
        package var chat: Int64
        package var messages: Int
        package var reason: String
    }

    package var database = ""
    /// By the database's clock, in UTC.
    package var time = ""
    package var instances: [Instance] = []
    /// Whether an instance that is alive holds the sender's lock.
    package var isSending = false
    package var queue: [Kind] = []
    package var rates = Rates()
    package var pauses: [Pause] = []
    package var pausedChats = 0
    package var lastFailures: [Failure] = []
    package var failingChats: [FailingChat] = []

    package init() {}

    /// Where counting ends.
    package static let limit = QueueFacts.limit
    /// Where counting what was sent within an hour ends: twice as much as Telegram allows a bot.
    package static let rateLimit = 200_000
}
