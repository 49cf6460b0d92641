package import Telegram

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
    ///   - limits: when a message that fails for no reason of its own is given up.
    static func decide(
        _ outcome: SendOutcome, of message: OutboxMessage, parts: Int, text: String?, hold: Bool,
        limits: RetryLimits = RetryLimits(), backoff: Backoff = Backoff(), jitter: Double = .random(in: 0...1)
    ) -> (verdict: Verdict, flow: Flow) {
        switch outcome {
        case .sent(let messageID, _):
            return (message.sent(as: messageID, parts: parts, text: text), .open)
        case .refused(let refusal):
            let chat = refusal.closesChat ? ChatState(chatID: message.chatID, reason: refusal.explanation) : nil
            return (message.failed(refusal.explanation, chat: chat), .open)
        case .throttled(let retryAfter, let description):
            let verdict = message.again(
                after: retryAfter, "Telegram asks to wait: \(description)", chat: .pauses(message.chatID, retryAfter))
            return (verdict, .throttled(retryAfter))
        case .migrated(let chatID):
            return (message.followed(to: chatID, limits: limits), .open)
        case .unauthorized(let description):
            let reason = "Telegram does not accept the bot token: \(description)"
            return (message.again(after: .zero, reason), .unauthorized(description))
        case .unreachable(let reason):
            let failure = Failure(reason: "Telegram was not reached: \(reason)", delay: backoff, jitter: jitter)
            return (message.failedOnTheWay(failure, limits: limits), .disturbed(reason))
        case .unknown(let reason):
            let explanation = "no proper answer from Telegram: \(reason)"
            guard !hold else { return (message.held(explanation), .disturbed(reason)) }
            let failure = Failure(reason: explanation, delay: backoff, jitter: jitter, isInDoubt: true)
            return (message.failedOnTheWay(failure, limits: limits), .disturbed(reason))
        case .cancelled(mayHaveBeenSent: true):
            let reason = "the worker stopped while it waited for Telegram's answer"
            return (hold ? message.held(reason) : message.again(after: .zero, reason, inDoubt: true), .untried)
        case .cancelled(mayHaveBeenSent: false):
            return (message.again(after: .zero, "the worker stopped before it was sent"), .untried)
        }
    }

    /// What became of a message that has failed so often that it is not sent again, if it has: it may be what ends its
    /// senders.
    static func spent(_ message: OutboxMessage, limits: RetryLimits) -> Verdict? {
        guard limits.areUsedUp(failures: message.failures) else { return nil }
        return message.failed(
            RetryLimits.explanation(
                failures: message.failures, after: message.failingFor,
                reason: message.lastError ?? "no reason is known",
                mayHaveArrived: message.inDoubt > 0))
    }
}

/// A failure for which the message is not to blame.
private struct Failure {
    let reason: String
    let delay: Backoff
    let jitter: Double
    var isInDoubt = false
}

extension OutboxMessage {
    fileprivate func sent(as messageID: Int64, parts: Int, text: String?) -> Verdict {
        let first = firstMessageID ?? messageID
        let partsSent = self.partsSent + 1
        guard partsSent >= parts else {
            return .requeue(
                Requeued(
                    id: id, attempt: attempt, delay: .zero, partsSent: partsSent, messageID: first, failures: .reset))
        }
        return .finish(
            Finished(
                id: id, outcome: .sent, messageID: first, parts: partsSent, text: text,
                chat: isChatBlocked ? ChatState(chatID: chatID, reason: nil) : nil))
    }

    fileprivate func failed(_ reason: String, chat: ChatState? = nil, inDoubt: Bool = false) -> Verdict {
        .finish(
            Finished(
                id: id, outcome: .failed, reason: reason, messageID: firstMessageID, parts: max(1, partsSent),
                chat: chat,
                isInDoubt: inDoubt))
    }

    fileprivate func held(_ reason: String) -> Verdict {
        .finish(
            Finished(
                id: id, outcome: .unknown, reason: "\(reason): look whether the customer has the message",
                messageID: firstMessageID, parts: max(1, partsSent), isInDoubt: true))
    }

    fileprivate func again(
        after delay: Duration, _ reason: String, inDoubt: Bool = false, failures: Requeued.Failures = .unchanged,
        chat: Requeued.ChatChange? = nil
    ) -> Verdict {
        .requeue(
            Requeued(
                id: id, attempt: attempt, delay: delay, reason: reason, isInDoubt: inDoubt, partsSent: partsSent,
                messageID: firstMessageID, failures: failures, chat: chat))
    }

    fileprivate func failedOnTheWay(_ failure: Failure, limits: RetryLimits) -> Verdict {
        let count = failures + 1
        guard !limits.isReached(failures: count, after: failingFor) else {
            return failed(
                RetryLimits.explanation(
                    failures: count, after: failingFor, reason: failure.reason,
                    mayHaveArrived: failure.isInDoubt || inDoubt > 0),
                inDoubt: failure.isInDoubt)
        }
        return again(
            after: failure.delay.pause(after: count, jitter: failure.jitter), failure.reason,
            inDoubt: failure.isInDoubt, failures: .another)
    }

    /// A move counts as a failure, so that chats which refer to each other do not keep it going round for ever.
    fileprivate func followed(to newChat: Int64, limits: RetryLimits) -> Verdict {
        guard newChat != 0, newChat != chatID else {
            return failed("the group has become a supergroup, and Telegram does not say which")
        }
        let reason = "the group has become a supergroup with the id \(newChat)"
        guard !limits.isReached(failures: failures + 1, after: failingFor) else {
            return failed(
                RetryLimits.explanation(
                    failures: failures + 1, after: failingFor, reason: reason, mayHaveArrived: inDoubt > 0))
        }
        return again(after: .zero, reason, failures: .another, chat: .moves(chatID, to: newChat))
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
    package var explanation: String {
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
