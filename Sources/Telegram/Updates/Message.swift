/// A message as it comes in (Bot API, "Message").
public struct Message: Decodable, Sendable, Equatable {
    /// Its number in the chat.
    public let id: Int64
    /// When it was sent, in Unix seconds.
    public let date: Int64
    /// When it was changed last, in Unix seconds.
    public let editDate: Int64?
    /// Where it was written.
    public let chat: Chat
    /// Who wrote it; absent for channels.
    public let from: User?
    /// The text.
    public let text: String?
    /// The text under a photo, video, document or such.
    public let caption: String?
    /// The number of the message that it answers.
    public let replyTo: Int64?
    /// What it consists of besides text.
    public let attachment: Attachment?

    private enum Key: String, CodingKey {
        case date, chat, from, text, caption
        case id = "message_id"
        case editDate = "edit_date"
        case replyTo = "reply_to_message"
    }

    /// Reads a message. Its number, date and chat must be there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        id = try container.decode(Int64.self, forKey: .id)
        date = try container.decode(Int64.self, forKey: .date)
        chat = try container.decode(Chat.self, forKey: .chat)
        from = try container.decodeIfPresent(User.self, forKey: .from)
        editDate = try? container.decodeIfPresent(Int64.self, forKey: .editDate)
        text = try container.decodeIfPresent(String.self, forKey: .text)
        caption = try? container.decodeIfPresent(String.self, forKey: .caption)
        replyTo = (try? container.nestedContainer(keyedBy: Key.self, forKey: .replyTo)).flatMap {
            try? $0.decode(Int64.self, forKey: .id)
        }
        attachment = text == nil ? Attachment(in: decoder) : nil
    }
}

/// A chat (Bot API, "Chat").
public struct Chat: Decodable, Sendable, Equatable {
    /// Its number; a private chat has the user's, a group a negative one.
    public let id: Int64
    /// `private`, `group`, `supergroup` or `channel`.
    public let type: String

    /// Whether there is one person on the other side, and nobody reads along.
    public var isPrivate: Bool { type == "private" }
}

/// A person or a bot (Bot API, "User").
public struct User: Decodable, Sendable, Equatable {
    /// The user's number.
    public let id: Int64
    /// Whether it is a bot.
    public let isBot: Bool
    /// The first name, which everybody has.
    public let firstName: String
    /// The last name.
    public let lastName: String?
    /// The user name without `@`.
    public let username: String?
    /// The language of the user's app, an IETF tag such as `ru` or `pt-br`.
    public let languageCode: String?

    private enum Key: String, CodingKey {
        case id, username
        case isBot = "is_bot"
        case firstName = "first_name"
        case lastName = "last_name"
        case languageCode = "language_code"
    }

    /// Reads a user. The number must be there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        id = try container.decode(Int64.self, forKey: .id)
        isBot = (try? container.decodeIfPresent(Bool.self, forKey: .isBot)) ?? false
        firstName = (try? container.decodeIfPresent(String.self, forKey: .firstName)) ?? ""
        lastName = try? container.decodeIfPresent(String.self, forKey: .lastName)
        username = try? container.decodeIfPresent(String.self, forKey: .username)
        languageCode = try? container.decodeIfPresent(String.self, forKey: .languageCode)
    }
}

/// A button that was pressed (Bot API, "CallbackQuery").
public struct CallbackQuery: Decodable, Sendable, Equatable {
    /// For `answerCallbackQuery`.
    public let id: String
    /// Who pressed it.
    public let from: User
    /// Where the message with the button is; absent for messages that are too old.
    public let chat: Chat?
    /// What the button holds, at most 64 bytes.
    public let data: String?

    private enum Key: String, CodingKey {
        case id, from, data, message, chat
    }

    /// Reads a query. Its id and its user must be there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        id = try container.decode(String.self, forKey: .id)
        from = try container.decode(User.self, forKey: .from)
        data = try? container.decodeIfPresent(String.self, forKey: .data)
        chat = (try? container.nestedContainer(keyedBy: Key.self, forKey: .message)).flatMap {
            try? $0.decode(Chat.self, forKey: .chat)
        }
    }
}

/// A change of what the bot is in a chat; in a private chat: blocked or not (Bot API, "ChatMemberUpdated").
public struct ChatMemberChange: Decodable, Sendable, Equatable {
    /// The chat.
    public let chat: Chat
    /// Who did it.
    public let from: User
    /// The bot's status now: `kicked` when it was blocked, `member` when it was let in again.
    public let status: String

    private enum Key: String, CodingKey {
        case chat, from, status
        case member = "new_chat_member"
    }

    /// Reads a change. All of it must be there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        chat = try container.decode(Chat.self, forKey: .chat)
        from = try container.decode(User.self, forKey: .from)
        status = try container.nestedContainer(keyedBy: Key.self, forKey: .member).decode(String.self, forKey: .status)
    }
}
