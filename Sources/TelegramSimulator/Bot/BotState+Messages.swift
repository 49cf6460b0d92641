extension BotState {
    /// The identifier the next message gets.
    var nextMessageID: Int64 { firstMessageID + Int64(messages.count) }

    /// A message by its identifier, in the chat it is said to be in.
    func message(_ id: Int64, in chatID: Int64) -> Message? {
        let position = id - firstMessageID
        guard position >= 0, position < messages.count else { return nil }
        let message = messages[Int(position)]
        return message.chatID == chatID ? message : nil
    }

    /// Adds a message to its chat.
    mutating func keep(_ message: Message) {
        messages.append(message)
        noteChange(of: message.chatID)
    }

    /// Puts a changed message in the place of the old one.
    mutating func replace(_ message: Message) {
        messages[Int(message.id - firstMessageID)] = message
        noteChange(of: message.chatID)
    }

    /// Makes it known that a chat has changed.
    mutating func noteChange(of chatID: Int64) { revisions[chatID, default: 0] += 1 }

    /// The message (Bot API, Message), its fields in Telegram's order.
    func json(_ message: Message, withReply: Bool = true) -> JSON {
        var object = JSONObject()
        object.append("message_id", .integer(message.id))
        object.append("from", message.from)
        object.append("chat", chats[message.chatID]?.json ?? Chat(id: message.chatID).json)
        object.append("date", .integer(message.date.seconds))
        if let date = message.editDate { object.append("edit_date", .integer(date.seconds)) }
        if withReply, let reply = message.replyTo.flatMap({ self.message($0, in: message.chatID) }) {
            object.append("reply_to_message", json(reply, withReply: false))
        }
        if let content = message.content {
            object.append("text", .string(content.text))
            object["entities"] = content.entitiesJSON
        }
        for field in message.otherFields.fields { object[field.name] = field.value }
        if let keyboard = message.inlineKeyboard { object.append("reply_markup", keyboard) }
        return .object(object)
    }

    /// Adds a line to the printed conversation; further lines of the text are indented.
    mutating func note(_ speakers: @autoclosure () -> String, _ text: @autoclosure () -> String, at now: Timestamp) {
        guard options.keepsTranscript else { return }
        let block = text().replacing("\n", with: "\n         ")
        transcript.append("\(now.timeOfDay) \(speakers()): \(block)")
    }
}
