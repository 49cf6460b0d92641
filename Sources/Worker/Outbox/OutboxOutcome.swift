/// What an attempt has shown of a chat.
struct ChatState: Sendable, Equatable {
    let chatID: Int64
    /// Why nothing reaches it; nil when something has.
    let reason: String?
}

/// A message that is done with.
struct Finished: Sendable, Equatable {
    enum Outcome: String, Sendable { case sent, failed, discarded, unknown }

    let id: Int64
    let outcome: Outcome
    /// In words for an operator, unless sent.
    var reason: String?
    /// Telegram's id of the message, of its first part when it was split.
    var messageID: Int64?
    var parts = 1
    /// The text as it was sent, without markup: for the ledger, and of a notification for Odoo's history.
    var text: String?
    /// What it has shown of the chat, if that is news.
    var chat: ChatState?
    /// Whether the customer may have got it with this attempt, though it is not known to be sent.
    var isInDoubt = false
}

/// A message that goes back to the queue.
struct Requeued: Sendable, Equatable {
    let id: Int64
    let attempt: Int
    let delay: Duration
    var reason: String?
    /// Whether the attempt may have reached the customer.
    var isInDoubt = false
    let partsSent: Int
    let messageID: Int64?
    /// What the attempt means for the limits on failures.
    var failures = Failures.unchanged
    /// What Telegram said of its chat.
    var chat: ChatChange?

    /// What becomes of the count of failures in a row.
    enum Failures: Int, Sendable { case reset = -1, unchanged, another }

    /// What is to become of a chat.
    enum ChatChange: Sendable, Equatable {
        /// To wait so long.
        case pauses(Int64, Duration)
        /// It has another id now.
        case moves(Int64, to: Int64)
    }
}

extension Requeued {
    /// What was claimed and not begun: nothing became of it.
    init(unsent message: OutboxMessage) {
        self.init(
            id: message.id, attempt: message.attempt, delay: .zero, partsSent: message.partsSent,
            messageID: message.firstMessageID)
    }
}
