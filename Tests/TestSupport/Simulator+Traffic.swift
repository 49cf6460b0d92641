/// What the bot did.
extension Simulator {
    /// A message of the bot that Telegram has accepted.
    public struct SentMessage: Sendable, Decodable {
        /// Its place among all messages sent, from 1.
        public let sequence: Int
        /// Its id in the chat.
        public let messageId: Int64
        /// The chat.
        public let chatId: Int64
        /// What the customer reads, after the markup is parsed.
        public let text: String
        /// What the bot sent, markup included.
        public let rawText: String
        /// The markup's language, if any.
        public let parseMode: String?
        /// The formatted parts.
        public let entities: JSON?
        /// The message it answers.
        public let replyToMessageId: Int64?
        /// The keyboard.
        public let replyMarkup: JSON?
        /// When the simulator accepted it, in microseconds since 1970.
        public let receivedAt: Int64
    }

    /// A call of the Bot API.
    public struct Request: Sendable, Decodable {
        /// Its place among all calls, from 1.
        public let sequence: Int
        /// The method, for example `sendMessage`.
        public let method: String
        /// Its parameters, of whatever encoding.
        public let parameters: JSON?
        /// The HTTP status answered, if any was.
        public let status: Int?
        /// When it came, in microseconds since 1970.
        public let receivedAt: Int64
    }

    /// The messages accepted after a sequence number, in order.
    ///
    /// Returns when there are `count` of them, or with fewer when `wait` is over.
    public func sent(
        count: Int = 1, after sequence: Int = 0, in chat: Int64? = nil, wait: Duration = .seconds(60)
    ) async throws -> [SentMessage] {
        var query = range(count: count, after: sequence, wait: wait)
        if let chat { query["chat_id"] = "\(chat)" }
        return try await control("GET", "sent", query: query, as: [SentMessage].self)
    }

    /// The calls received after a sequence number, in order.
    ///
    /// Returns when there are `count` of them, or with fewer when `wait` is over.
    ///
    /// - Parameter method: Only calls of this method; nil is all.
    public func requests(
        count: Int = 0, of method: String? = nil, after sequence: Int = 0, wait: Duration = .seconds(60)
    ) async throws -> [Request] {
        var query = range(count: count, after: sequence, wait: wait)
        query["method"] = method
        return try await control("GET", "requests", query: query, as: [Request].self)
    }

    /// The simulator's counters.
    public func statistics() async throws -> JSON {
        try await control("GET", "stats")
    }

    private func range(count: Int, after sequence: Int, wait: Duration) -> [String: String] {
        let milliseconds = count == 0 ? 0 : Int(wait / .milliseconds(1))
        return ["count": "\(count)", "after": "\(sequence)", "wait_ms": "\(milliseconds)"]
    }
}
