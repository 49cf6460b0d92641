/// What the control API lets a customer do.
extension BotState {
    /// What a customer's deed leads to; no update where the bot does not want its kind.
    struct Deed: Equatable, Sendable {
        let updateID: Int64?
        var messageID: Int64?
        var callbackQueryID: String?

        /// The answer of the control API.
        var json: JSON {
            var object = JSONObject(["update_id": updateID.map(JSON.integer) ?? .null])
            object["message_id"] = messageID.map(JSON.integer)
            object["callback_query_id"] = callbackQueryID.map(JSON.string)
            return .object(object)
        }
    }

    /// Writes to the bot. An unknown chat is registered with the names of `from`; fields the simulator does not know
    /// (`contact`, `photo` and so on) become fields of the message.
    mutating func write(_ fields: JSONObject, at now: Timestamp) throws(ControlError) -> Deed {
        let chatID = try fields.requiredInteger("chat_id")
        let chat = try writingChat(chatID, from: fields["from"])
        var from = chat.type == "private" ? chat.user : Chat(id: abs(chatID), firstName: "Member").user
        for field in fields["from"]?.objectValue?.fields ?? [] { from[field.name] = field.value }

        let text = try fields.string("text")
        var message = Message(
            id: nextMessageID, chatID: chatID, from: .object(from), isFromBot: false, date: now,
            replyTo: try fields.integer("reply_to_message_id"),
            content: text.map { FormattedText(text: $0, entities: Self.botCommands(in: $0)) })
        for field in fields.fields
        where !["bot_id", "chat_id", "from", "text", "reply_to_message_id"].contains(field.name) {
            message.otherFields[field.name] = field.value
        }
        keep(message)
        let content = text ?? message.otherFields.fields.map { "<\($0.name)>" }.joined(separator: " ")
        note("\(chat.title) → bot", content, at: now)
        return Deed(updateID: addUpdate("message", json(message), chatID: chatID), messageID: message.id)
    }

    private mutating func writingChat(_ id: Int64, from: JSON?) throws(ControlError) -> Chat {
        var chat = chats[id] ?? Chat(id: id, type: id < 0 ? "group" : "private", firstName: "Customer \(id)")
        switch chat.state {
        case .blocked:
            throw ControlError("chat \(id) has blocked the bot; unblock it with POST /control/block first")
        case .deactivated: throw ControlError("the user of chat \(id) is deactivated and writes no more")
        case .open, .uninitiated: chat.state = .open
        }
        if chats[id] == nil || chat.type == "private", let names = from?.objectValue {
            chat.firstName = try names.string("first_name") ?? chat.firstName
            chat.lastName = try names.string("last_name") ?? chat.lastName
            chat.username = try names.string("username") ?? chat.username
            chat.languageCode = try names.string("language_code") ?? chat.languageCode
        }
        chats[id] = chat
        return chat
    }

    /// Presses a button under a message of the bot.
    mutating func press(_ fields: JSONObject, at now: Timestamp) throws(ControlError) -> Deed {
        let chatID = try fields.requiredInteger("chat_id")
        let messageID = try fields.requiredInteger("message_id")
        let data = try fields.string("data") ?? ""
        guard let chat = chats[chatID], let message = message(messageID, in: chatID) else {
            throw ControlError("there is no message \(messageID) in chat \(chatID)")
        }
        let id = String(nextCallbackQueryID)
        nextCallbackQueryID += 1
        callbackQueries.insert(id)
        note("\(chat.title) → bot", "(presses \(data))", at: now)
        let query: JSON = [
            "id": .string(id), "from": fields["from"] ?? .object(chat.user), "message": json(message),
            "chat_instance": .string(String(chatID)), "data": .string(data),
        ]
        return Deed(updateID: addUpdate("callback_query", query, chatID: chatID), callbackQueryID: id)
    }

    /// Blocks the bot or unblocks it, of which it hears by `my_chat_member`.
    mutating func block(_ fields: JSONObject, at now: Timestamp) throws(ControlError) -> Deed {
        let chatID = try fields.requiredInteger("chat_id")
        guard let blocked = fields["blocked"]?.boolValue else { throw ControlError("blocked must be true or false") }
        guard var chat = chats[chatID] else {
            throw ControlError("chat \(chatID) is unknown; register it with POST /control/chats first")
        }
        chat.state = blocked ? .blocked : .open
        chats[chatID] = chat
        noteChange(of: chatID)
        note(chat.title, blocked ? "(blocks the bot)" : "(unblocks the bot)", at: now)
        let member: JSON = ["user": user, "status": "member"]
        let kicked: JSON = ["user": user, "status": "kicked", "until_date": 0]
        let change: JSON = [
            "chat": chat.json, "from": .object(chat.user), "date": .integer(now.seconds),
            "old_chat_member": blocked ? member : kicked, "new_chat_member": blocked ? kicked : member,
        ]
        return Deed(updateID: addUpdate("my_chat_member", change, chatID: chatID))
    }

    /// The `/commands` in a text: a slash at the start or after a space, then up to 64 letters, digits or `_`, and
    /// perhaps the name of the bot.
    static func botCommands(in text: String) -> [TextEntity] {
        let units = Array(text.utf16)
        let isName: (UInt16) -> Bool = { unit in
            UInt8(exactly: unit).map { MarkupScanner.isLetter($0) || MarkupScanner.isDigit($0) || $0 == 0x5F } ?? false
        }
        var entities: [TextEntity] = []
        var position = 0
        while position < units.count {
            let start = position
            position += 1
            guard units[start] == 0x2F, start == 0 || units[start - 1] == 0x20 || units[start - 1] == 0x0A else {
                continue
            }
            while position < units.count, isName(units[position]) { position += 1 }
            guard (2...65).contains(position - start) else { continue }
            if position < units.count, units[position] == 0x40 {
                var end = position + 1
                while end < units.count, isName(units[end]) { end += 1 }
                if end - position > 3 { position = end }
            }
            entities.append(TextEntity(kind: .botCommand, offset: start, length: position - start))
        }
        return entities
    }
}
