/// A chat as the customer sees it in Telegram, for whoever draws it.
extension BotState {
    /// What `GET /control/chat` shows: the messages of both sides, the keyboard under them, and whether the bot is blocked.
    func view(of chatID: Int64) -> JSON {
        [
            "revision": .int(revision(of: chatID)), "state": .string((chats[chatID]?.state ?? .uninitiated).rawValue),
            "keyboard": keyboard(of: chatID) ?? .null,
            "messages": .array(messages.filter { $0.chatID == chatID }.map(view)),
        ]
    }

    /// Another number after each change of the chat.
    func revision(of chatID: Int64) -> Int { revisions[chatID] ?? 0 }

    private func view(_ message: Message) -> JSON {
        var object = JSONObject()
        object.append("message_id", .integer(message.id))
        object.append("is_from_bot", .bool(message.isFromBot))
        object.append("sent_at", .integer(message.date.microseconds))
        object["edited_at"] = message.editDate.map { .integer($0.microseconds) }
        object["reply_to_message_id"] = message.replyTo.map(JSON.integer)
        object["text"] = message.content.map { .string($0.text) }
        object["entities"] = message.content?.entitiesJSON
        object["inline_keyboard"] = message.inlineKeyboard?["inline_keyboard"]
        for field in message.otherFields.fields { object[field.name] = field.value }
        return .object(object)
    }

    /// The last keyboard that the bot has shown and not taken away (Bot API, ReplyKeyboardMarkup, ReplyKeyboardRemove).
    private func keyboard(of chatID: Int64) -> JSON? {
        for message in sent.messages(after: 0, chatID: chatID).reversed() {
            if message.replyMarkup?["remove_keyboard"] != nil { return nil }
            if let keyboard = message.replyMarkup?["keyboard"] { return keyboard }
        }
        return nil
    }
}
