extension BotState {
    /// Registers a chat or changes what the fields name.
    /// - Throws: ``ControlError`` where a field is not what it must be.
    mutating func register(_ fields: JSONObject) throws(ControlError) -> Chat {
        let id = try fields.requiredInteger("id")
        var chat = chats[id] ?? Chat(id: id)
        if id < 0, chats[id] == nil { chat.type = "group" }
        chat.type = try fields.string("type") ?? chat.type
        guard ["private", "group", "supergroup", "channel"].contains(chat.type) else {
            throw ControlError("type must be private, group, supergroup or channel")
        }
        let title = try fields.string("title")
        chat.firstName = try fields.string("first_name") ?? title ?? chat.firstName
        chat.lastName = try fields.string("last_name") ?? chat.lastName
        chat.username = try fields.string("username") ?? chat.username
        chat.languageCode = try fields.string("language_code") ?? chat.languageCode
        chat.migratedTo = try fields.integer("migrate_to_chat_id") ?? chat.migratedTo
        if let name = try fields.string("state") {
            guard let state = Chat.State(rawValue: name) else {
                let names = Chat.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw ControlError("state must be one of \(names)")
            }
            chat.state = state
        }
        chats[id] = chat
        noteChange(of: id)
        return chat
    }

    /// The chat that the parameter `chat_id` names, if the bot may write to it (the server's `check_chat`).
    mutating func writableChat(_ parameters: Parameters) throws(Refusal) -> Chat {
        let name = parameters.string("chat_id")
        if name.isEmpty { throw .badRequest("chat_id is empty") }
        let found: Chat? =
            name.hasPrefix("@")
            ? chats.values.first { $0.type != "private" && $0.username == String(name.dropFirst()) }
            : Int64(name).flatMap { chats[$0] }
        guard let chat = found ?? implicitChat(name) else { throw .badRequest("chat not found") }
        if chat.state == .deactivated { throw .forbidden("user is deactivated") }
        if let target = chat.migratedTo {
            throw Refusal(
                code: 400, description: "Bad Request: group chat was upgraded to a supergroup chat",
                parameters: ["migrate_to_chat_id": .integer(target)])
        }
        return chat
    }

    private mutating func implicitChat(_ name: String) -> Chat? {
        guard options.acceptsAnyChat, let id = Int64(name), id != 0 else { return nil }
        let chat = Chat(id: id, type: id < 0 ? "group" : "private", firstName: "Customer \(id)")
        chats[id] = chat
        return chat
    }

    /// What the user or Telegram says once the message itself is in order.
    func checkDelivery(to chat: Chat) throws(Refusal) {
        switch chat.state {
        case .blocked: throw .forbidden("bot was blocked by the user")
        case .uninitiated: throw .forbidden("bot can't initiate conversation with a user")
        case .open, .deactivated: break
        }
    }
}
