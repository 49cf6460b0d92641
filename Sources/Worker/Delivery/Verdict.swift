import Telegram

/// What follows from an attempt, for the message and for the flow. Decided without any state but the arguments.
enum Verdict: Sendable, Equatable {
    /// Done with, for the ledger.
    case finish(Finished)
    /// Back to the queue.
    case requeue(Requeued)

    /// What an attempt says about the way to Telegram.
    enum Flow: Sendable, Equatable {
        /// Nothing: Telegram was not asked.
        case untried
        /// Telegram answered as usual.
        case open
        /// Telegram asks this chat, or all of the bot, to wait.
        case throttled(Duration)
        /// Telegram was not reached, or answers with errors of its own.
        case disturbed(String)
        /// The token is not accepted: nothing can be sent.
        case unauthorized(String)
    }

    /// - Parameters:
    ///   - message: what was attempted.
    ///   - parts: how many messages its text takes.
    ///   - text: the whole text without markup, for the ledger.
    ///   - hold: keep a message of unknown outcome for the operator instead of sending it again.
    static func decide(
        _ outcome: SendOutcome, of message: OutboxMessage, parts: Int, text: String?, hold: Bool,
        backoff: Backoff = Backoff(), jitter: Double = .random(in: 0...1)
    ) -> (verdict: Verdict, flow: Flow) {
        func again(after delay: Duration, _ reason: String, inDoubt: Bool = false) -> Verdict {
            .requeue(
                Requeued(
                    id: message.id, attempt: message.attempt, delay: delay, reason: reason, isInDoubt: inDoubt,
                    partsSent: message.partsSent, messageID: message.firstMessageID))
        }
        let pause = backoff.pause(after: message.attempt, jitter: jitter)
        switch outcome {
        case .sent(let messageID, _):
            let first = message.firstMessageID ?? messageID
            let partsSent = message.partsSent + 1
            guard partsSent >= parts else {
                return (
                    .requeue(
                        Requeued(
                            id: message.id, attempt: message.attempt, delay: .zero, partsSent: partsSent,
                            messageID: first)),
                    .open
                )
            }
            return (
                .finish(
                    Finished(
                        id: message.id, outcome: .sent, messageID: first, parts: partsSent, text: text,
                        chat: message.isChatBlocked ? ChatState(chatID: message.chatID, reason: nil) : nil)),
                .open
            )
        case .refused(let refusal):
            return (
                .finish(
                    Finished(
                        id: message.id, outcome: .failed, reason: refusal.explanation,
                        messageID: message.firstMessageID, parts: max(1, message.partsSent),
                        chat: refusal.closesChat
                            ? ChatState(chatID: message.chatID, reason: refusal.explanation) : nil)),
                .open
            )
        case .throttled(let retryAfter, let description):
            return (again(after: retryAfter, description), .throttled(retryAfter))
        case .migrated(let chatID):
            // The old id never works again, and a row of the queue cannot move to another chat's lane.
            return (
                .finish(
                    Finished(
                        id: message.id, outcome: .failed,
                        reason: "the group has become a supergroup with the id \(chatID): enter that id in Odoo",
                        messageID: message.firstMessageID, parts: max(1, message.partsSent))),
                .open
            )
        case .unauthorized(let description):
            return (again(after: .zero, description), .unauthorized(description))
        case .unreachable(let reason):
            return (again(after: pause, reason), .disturbed(reason))
        case .unknown(let reason):
            guard hold else { return (again(after: pause, reason, inDoubt: true), .disturbed(reason)) }
            return (
                .finish(
                    Finished(
                        id: message.id, outcome: .unknown, reason: reason, messageID: message.firstMessageID,
                        parts: max(1, message.partsSent))),
                .disturbed(reason)
            )
        }
    }
}

extension Refusal {
    /// The reason in words for an operator.
    var explanation: String {
        switch reason {
        case .badEntities, .messageTooLong, .other: "Telegram refuses the message: \(description)"
        default: reason.explanation
        }
    }
}

extension Refusal.Reason {
    /// The reason in words for an operator.
    var explanation: String {
        switch self {
        case .blockedByUser: "the customer has blocked the bot"
        case .userDeactivated: "the customer's Telegram account is deleted"
        case .chatNotFound: "Telegram knows no such chat: the customer has never written to the bot, or the id is wrong"
        case .cannotInitiateConversation: "the customer has never written to the bot, and a bot may not write first"
        case .removedFromChat: "the bot is no longer in this chat"
        case .badEntities, .messageTooLong, .other: "Telegram refuses the message"
        case .emptyText: "the message has no text"
        case .replyNotFound: "the message that this one answers is gone"
        }
    }
}
