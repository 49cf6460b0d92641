extension BotState {
    /// The longest text of a message, in UTF-16 units, after its markup is parsed (Bot API, sendMessage).
    static let longestText = 4096
    /// The longest `text` parameter the server looks at, in bytes (its `get_formatted_text`).
    private static let longestParameter = 1 << 15

    /// Checks in the server's order: the text, the reply and the keyboard as they are written, the chat, the message
    /// replied to, the length, and at last what the user or the limits say.
    mutating func sendMessage(_ parameters: Parameters, at now: Timestamp) throws(Refusal) -> Answer {
        let parsed = try formattedText(parameters)
        let reply = try replyParameters(parameters)
        let markup = try ReplyMarkup.read(parameters)
        let chat = try writableChat(parameters)
        var replyTo: Int64?
        if let reply {
            if message(reply.messageID, in: chat.id) != nil {
                replyTo = reply.messageID
            } else if !reply.allowsSendingWithout {
                throw .badRequest("message to be replied not found")
            }
        }
        let content = try checked(parsed)
        try ReplyMarkup.check(markup)
        try checkDelivery(to: chat)
        if let seconds = limits.admit(chatID: chat.id, at: now) {
            counters.rateLimited += 1
            throw .tooManyRequests(retryAfter: seconds)
        }

        let message = Message(
            id: nextMessageID, chatID: chat.id, from: user, isFromBot: true, date: now, replyTo: replyTo,
            content: content, inlineKeyboard: ReplyMarkup.inlineKeyboard(markup))
        keep(message)
        sent.append(
            SentMessage(
                sequence: sent.nextSequence, messageID: message.id, chatID: chat.id, content: content,
                rawText: parameters.string("text"), parseMode: parameters.string("parse_mode"), replyTo: replyTo,
                replyMarkup: markup, receivedAt: now))
        note("bot → \(chat.title)", content.text + ReplyMarkup.summary(markup), at: now)
        return .success(json(message))
    }

    /// The `text` without its markup.
    private func formattedText(_ parameters: Parameters) throws(Refusal) -> FormattedText {
        let text = parameters.string("text")
        if text.isEmpty { throw .badRequest("message text is empty") }
        if text.utf8.count > Self.longestParameter { throw .badRequest("text is too long") }
        let mode = parameters.string("parse_mode").lowercased()
        guard !mode.isEmpty, mode != "none" else { return FormattedText(text: text) }
        guard let mode = ParseMode(rawValue: mode) else { throw .badRequest("unsupported parse_mode") }
        do {
            return try mode.parse(text)
        } catch {
            throw .badRequest("can't parse entities: \(error.message)")
        }
    }

    private func checked(_ parsed: FormattedText) throws(Refusal) -> FormattedText {
        let content = parsed.trimmed()
        if content.text.isEmpty { throw .badRequest("text must be non-empty") }
        if content.text.utf16.count > Self.longestText { throw .badRequest("message is too long") }
        return content
    }

    private func replyParameters(
        _ parameters: Parameters
    ) throws(Refusal) -> (messageID: Int64, allowsSendingWithout: Bool)? {
        let reply: Parameters
        let messageID: Int64
        if let value = try parameters.json("reply_parameters", called: "reply parameters") {
            guard let object = value.objectValue else { throw .badRequest("object expected as reply parameters") }
            if object.fields.isEmpty { return nil }
            guard object["message_id"] != nil else { throw .badRequest("can't find field \"message_id\"") }
            reply = Parameters(object)
            messageID = reply.integer("message_id")
        } else {
            reply = parameters
            messageID = reply.integer("reply_to_message_id")
        }
        return messageID > 0 ? (messageID, reply.bool("allow_sending_without_reply")) : nil
    }

    /// Bot API, editMessageText: only the bot's own messages, and only to something else.
    mutating func editMessageText(_ parameters: Parameters, at now: Timestamp) throws(Refusal) -> Answer {
        let parsed = try formattedText(parameters)
        let markup = try ReplyMarkup.read(parameters)
        var message = try editableMessage(parameters)
        let content = try checked(parsed)
        try ReplyMarkup.check(markup)
        let keyboard = ReplyMarkup.inlineKeyboard(markup)
        if message.content == content, message.inlineKeyboard == keyboard { throw .notModified }
        message.content = content
        message.inlineKeyboard = keyboard
        return .success(edit(&message, at: now))
    }

    /// Bot API, editMessageReplyMarkup.
    mutating func editMessageReplyMarkup(_ parameters: Parameters, at now: Timestamp) throws(Refusal) -> Answer {
        let markup = try ReplyMarkup.read(parameters)
        var message = try editableMessage(parameters)
        try ReplyMarkup.check(markup)
        let keyboard = ReplyMarkup.inlineKeyboard(markup)
        if message.inlineKeyboard == keyboard { throw .notModified }
        message.inlineKeyboard = keyboard
        return .success(edit(&message, at: now))
    }

    private mutating func editableMessage(_ parameters: Parameters) throws(Refusal) -> Message {
        let id = parameters.integer("message_id")
        if parameters.string("chat_id").isEmpty, id == 0 {
            throw .badRequest("message identifier is not specified")
        }
        let chat = try writableChat(parameters)
        guard let message = message(id, in: chat.id) else { throw .badRequest("message to edit not found") }
        guard message.isFromBot else { throw .badRequest("message can't be edited") }
        try checkDelivery(to: chat)
        return message
    }

    private mutating func edit(_ message: inout Message, at now: Timestamp) -> JSON {
        message.editDate = now
        replace(message)
        let title = chats[message.chatID]?.title ?? "\(message.chatID)"
        note("bot → \(title), message \(message.id) edited", message.content?.text ?? "", at: now)
        return json(message)
    }

    /// Bot API, sendChatAction.
    mutating func sendChatAction(_ parameters: Parameters) throws(Refusal) -> Answer {
        let actions = [
            "cancel", "typing", "record_video", "upload_video", "record_audio", "record_voice", "upload_audio",
            "upload_voice", "upload_photo", "upload_document", "choose_sticker", "pick_up_location", "find_location",
            "record_video_note", "upload_video_note",
        ]
        guard actions.contains(parameters.string("action").lowercased()) else {
            throw .badRequest("wrong parameter action in request")
        }
        try checkDelivery(to: try writableChat(parameters))
        return .success(true)
    }
}

extension Refusal {
    fileprivate static let notModified = Refusal.badRequest(
        "message is not modified: specified new message content and reply markup are exactly the same as a current "
            + "content and reply markup of the message")
}
