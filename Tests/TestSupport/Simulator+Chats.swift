/// What customers do.
extension Simulator {
    /// Whether the bot can write to a chat.
    public enum ChatState: String, Sendable {
        /// It can.
        case open
        /// The customer has blocked the bot.
        case blocked
        /// The customer's account is gone.
        case deactivated
        /// The customer has never written to the bot.
        case uninitiated
    }

    /// A message or button press that the simulator has turned into an update.
    public struct Written: Sendable, Decodable {
        /// The update's id.
        public let updateId: Int64
        /// The message's id in its chat; a raw update may have none.
        public let messageId: Int64?
    }

    /// Makes a chat known, or changes one.
    ///
    /// - Parameter fields: More of the simulator's fields, for example `["username": "maria", "type": "group"]`.
    public func registerChat(
        _ chat: Int64, firstName: String = "Мария", state: ChatState = .open, fields: [String: JSON] = [:]
    ) async throws {
        let own: [String: JSON] = [
            "id": .integer(chat), "first_name": .string(firstName), "state": .string(state.rawValue),
        ]
        try await control("POST", "chats", body: .object(own.merging(fields) { $1 }))
    }

    /// Writes to the bot as a customer, whose chat becomes known by it.
    ///
    /// - Parameter fields: More fields of Telegram's Message, for example `["contact": [...]]`.
    @discardableResult
    public func write(_ text: String?, in chat: Int64, fields: [String: JSON] = [:]) async throws -> Written {
        var own: [String: JSON] = ["chat_id": .integer(chat)]
        if let text { own["text"] = .string(text) }
        return try await control("POST", "messages", body: .object(own.merging(fields) { $1 }), as: Written.self)
    }

    /// Presses an inline button under a message of the bot.
    @discardableResult
    public func press(_ data: String, under message: Int64, in chat: Int64) async throws -> Written {
        let body: JSON = ["chat_id": .integer(chat), "message_id": .integer(message), "data": .string(data)]
        return try await control("POST", "callbacks", body: body, as: Written.self)
    }

    /// Blocks the bot as a customer, or lets it write again.
    public func block(_ chat: Int64, blocked: Bool = true) async throws {
        try await control("POST", "block", body: ["chat_id": .integer(chat), "blocked": .bool(blocked)])
    }

    /// Puts an update into the bot's queue as it is: an object, or a string of raw JSON.
    public func deliver(update: JSON) async throws {
        try await control("POST", "updates", body: update)
    }
}
