/// A bucket that fills at a rate and from which each message takes one token.
struct TokenBucket: Equatable, Sendable {
    let rate: Double
    let capacity: Double
    private var tokens: Double
    private var filledAt: Timestamp

    /// - Parameters:
    ///   - rate: tokens per second.
    ///   - capacity: how many tokens it holds, and holds at first.
    init(rate: Double, capacity: Double, at now: Timestamp) {
        self.rate = rate
        self.capacity = capacity
        tokens = capacity
        filledAt = now
    }

    /// Whole seconds until a token is there, 0 when one is there now.
    mutating func wait(at now: Timestamp) -> Int64 {
        let elapsed = Double(max(0, now.microseconds - filledAt.microseconds)) / 1_000_000
        tokens = min(capacity, tokens + elapsed * rate)
        filledAt = now
        return tokens >= 1 ? 0 : max(1, Int64(((1 - tokens) / rate).rounded(.up)))
    }

    /// Takes a token that ``wait(at:)`` has found.
    mutating func take() { tokens -= 1 }
}

/// Telegram's sending limits, off until a test turns them on.
struct RateLimits: Sendable {
    private var perSecond: Double?
    private var perChatPerSecond: Double?
    private var perChatBurst: Double?
    private var bot: TokenBucket?
    private var chats: [Int64: TokenBucket] = [:]

    /// - Parameters:
    ///   - perSecond: messages per second over all chats, with a burst of one second's worth.
    ///   - perChatPerSecond: messages per second to one chat.
    ///   - perChatBurst: how many messages to one chat may come at once, at least one.
    init(perSecond: Double? = nil, perChatPerSecond: Double? = nil, perChatBurst: Double? = nil) {
        self.perSecond = perSecond
        self.perChatPerSecond = perChatPerSecond
        self.perChatBurst = perChatBurst
    }

    /// Counts a message.
    /// - Returns: seconds to wait where the limit is reached (the message is then not counted), nil where it may pass.
    mutating func admit(chatID: Int64, at now: Timestamp) -> Int64? {
        if let perSecond, bot == nil { bot = TokenBucket(rate: perSecond, capacity: max(1, perSecond), at: now) }
        if let rate = perChatPerSecond, chats[chatID] == nil {
            chats[chatID] = TokenBucket(rate: rate, capacity: max(1, perChatBurst ?? rate), at: now)
        }
        let wait = max(bot?.wait(at: now) ?? 0, chats[chatID]?.wait(at: now) ?? 0)
        if wait > 0 { return wait }
        bot?.take()
        chats[chatID]?.take()
        return nil
    }
}
