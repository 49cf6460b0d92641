/// A chat the bot may know, most often a customer's private chat.
struct Chat: Equatable, Sendable {
    /// What becomes of a message to this chat.
    enum State: String, Sendable, CaseIterable {
        /// It arrives.
        case open
        /// The user has blocked the bot.
        case blocked
        /// The user has deleted the account.
        case deactivated
        /// The user never wrote to the bot.
        case uninitiated
    }

    let id: Int64
    /// `private`, `group`, `supergroup` or `channel`.
    var type = "private"
    var firstName = ""
    var lastName: String?
    var username: String?
    var languageCode: String?
    var state = State.open
    /// The supergroup this group has become.
    var migratedTo: Int64?

    /// The chat (Bot API, Chat), its fields in Telegram's order.
    var json: JSON {
        var object = JSONObject()
        object.append("id", .integer(id))
        if type == "private" {
            object.append("first_name", .string(firstName))
            object["last_name"] = lastName.map(JSON.string)
        } else {
            object.append("title", .string(firstName))
        }
        object["username"] = username.map(JSON.string)
        object.append("type", .string(type))
        return .object(object)
    }

    /// The customer of a private chat (Bot API, User).
    var user: JSONObject {
        var object = JSONObject()
        object.append("id", .integer(id))
        object.append("is_bot", false)
        object.append("first_name", .string(firstName))
        object["last_name"] = lastName.map(JSON.string)
        object["username"] = username.map(JSON.string)
        object["language_code"] = languageCode.map(JSON.string)
        return object
    }

    /// How the chat is called in the printed conversation.
    var title: String { firstName.isEmpty ? "\(id)" : "\(firstName) (\(id))" }
}
