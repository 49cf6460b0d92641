/// Why Telegram will not deliver a message.
///
/// The Bot API has one number for many reasons, so the reason is read from the description. The texts are those of the
/// Bot API server and of TDLib below it: `Client::fail_query_with_error` and `check_chat_access` in
/// tdlib/telegram-bot-api `Client.cpp`, `process_send_message_fail_error` in tdlib/td `MessagesManager.cpp`, and
/// `MessageEntity.cpp`. The server writes the first letter of a reason small or large depending on its origin.
public struct Refusal: Sendable, Equatable {
    /// The reason.
    public let reason: Reason
    /// The Bot API's `error_code`.
    public let errorCode: Int
    /// Telegram's own words.
    public let description: String

    /// The reasons that are told apart. The raw value is a stable name for a ledger.
    public enum Reason: String, Sendable, Equatable, CaseIterable {
        /// The user stopped the bot. Only the user can undo it.
        case blockedByUser
        /// The user's account is deleted.
        case userDeactivated
        /// No such chat, as far as this bot knows: the user never wrote to it, or the id is wrong.
        case chatNotFound
        /// The user is known and never wrote to the bot.
        case cannotInitiateConversation
        /// The bot was removed from the group or channel, or that was deleted.
        case removedFromChat
        /// The text's markup is broken.
        case badEntities
        /// The text is longer than 4096 characters.
        case messageTooLong
        /// No visible text is left.
        case emptyText
        /// The message to answer is gone.
        case replyNotFound
        /// Any other reason: see the description.
        case other
    }

    /// A refusal with the reason that `errorCode` and `description` stand for.
    public init(errorCode: Int, description: String) {
        self.errorCode = errorCode
        self.description = description
        self.reason = Reason(errorCode: errorCode, description: description)
    }

    /// Whether no message at all can reach the chat until the customer, or a group's administrator, does something.
    public var closesChat: Bool {
        switch reason {
        case .blockedByUser, .userDeactivated, .chatNotFound, .cannotInitiateConversation, .removedFromChat: true
        case .badEntities, .messageTooLong, .emptyText, .replyNotFound, .other: false
        }
    }
}

extension Refusal.Reason {
    init(errorCode: Int, description: String) {
        var text = Substring(description.lowercased())
        for prefix in ["bad request: ", "forbidden: "] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
        }
        self =
            switch (errorCode, text) {
            case (403, "bot was blocked by the user"): .blockedByUser
            case (403, "user is deactivated"), (400, "user_deleted"): .userDeactivated
            case (400, "chat not found"), (400, "private chat not found"), (400, "peer_id_invalid"): .chatNotFound
            case (403, "bot can't initiate conversation with a user"): .cannotInitiateConversation
            case (403, "the group chat was deleted"): .removedFromChat
            case (403, _) where text.hasPrefix("bot was kicked from the "): .removedFromChat
            case (403, _) where text.hasPrefix("bot is not a member of the "): .removedFromChat
            case (400, _) where text.hasPrefix("can't parse entities"): .badEntities
            case (400, "message is too long"), (400, "text is too long"): .messageTooLong
            case (400, "message text is empty"), (400, "text must be non-empty"): .emptyText
            case (400, "message to be replied not found"): .replyNotFound
            default: .other
            }
    }
}
