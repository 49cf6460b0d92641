/// How fast messages may go: the rates of the bot and of each chat, the pauses that Telegram asks for, and what is
/// learnt from them. Knows no clock but the `now` it is given.
///
/// Telegram's limits are neither exact nor promised (Bots FAQ, "My bot is hitting limits"), so the configured rates are
/// what is tried, and a 429 what is learnt from: the rate falls by a factor and rises again slowly, as TCP's does.
struct Pace: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What is left of the bot's rate after a pause of the bot's, and of a chat's after one of its own.
    static let botFactor = 0.7, chatFactor = 0.5
    /// Messages a second below which learning does not go.
    static let botFloor = 1.0, chatFloor = 0.05

    private let limits: SenderStateMachine.Limits
    private var bot: TokenBucket
    private var chats: [Int64: TokenBucket] = [:]
    private var pausedChats: [Int64: Instant] = [:]
    private var suspicion = ThrottleSuspicion()
    /// Paused chats whose limit it seems to be; none while it is the bot's.
    private var suspects: Set<Int64> = []
    /// Telegram asked the whole bot to wait until then.
    private(set) var pausedUntil: Instant?
    private var slowed: Instant?

    init(limits: SenderStateMachine.Limits, now: Instant) {
        self.limits = limits
        bot = TokenBucket(rate: limits.messagesPerSecond, capacity: limits.burst, now: now)
    }

    // MARK: What happens

    /// A message of this chat was handed to Telegram, which has answered. Counted from the answer: so however long
    /// requests take, Telegram sees them no closer than the rate.
    mutating func attempted(_ chat: Int64, at now: Instant) {
        change(chat, now) { $0.take(at: now) }
    }

    /// Messages begin.
    mutating func begin(_ count: Int, at now: Instant) {
        bot.take(count, at: now)
    }

    /// Telegram answered 429 to a message of this chat that was begun then.
    ///
    /// Whose limit it is, ``ThrottleSuspicion`` tells.
    mutating func throttled(_ chat: Int64, for pause: Duration, begun: Instant, at now: Instant) {
        pausedChats[chat] = now + pause
        guard suspicion.isBots(chat, at: now) else {
            suspects.insert(chat)
            return
        }
        suspects = []
        // What was under way together is answered together: that is one lesson.
        if pausedUntil.map({ $0 <= now }) ?? true, slowed.map({ $0 < begun }) ?? true {
            bot.slow(to: Self.botFactor, floor: Self.botFloor, at: now)
            slowed = now
        }
        pausedUntil = max(pausedUntil ?? now, now + pause)
    }

    /// Takes up a pause that was persisted: a chat's, or without one the bot's.
    mutating func pause(_ chat: Int64?, until: Instant) {
        if let chat { pausedChats[chat] = until } else { pausedUntil = until }
    }

    /// Ends the pauses that are over. One that turned out to be the chat's alone slows that chat down.
    mutating func expire(_ now: Instant) {
        if let until = pausedUntil, until <= now { pausedUntil = nil }
        guard pausedChats.values.contains(where: { $0 <= now }) else { return }
        for (chat, until) in pausedChats where until <= now {
            pausedChats[chat] = nil
            guard suspects.remove(chat) != nil else { continue }
            change(chat, now) { $0.slow(to: Self.chatFactor, floor: Self.chatFloor, at: now) }
        }
    }

    /// Forgets the chats that nothing distinguishes from new ones, once there are many.
    mutating func forgetIdleChats(_ now: Instant) {
        guard chats.count > 1024 || limits.messagesPerChatPerSecond <= 0 else { return }
        chats = chats.filter { !$0.value.isFull(at: now) }
    }

    // MARK: What may be done

    /// Messages that the bot may begin now.
    func available(at now: Instant) -> Int { bot.available(at: now) }

    /// When the bot may begin one.
    func refill(after now: Instant) -> Instant { bot.refill(after: now) }

    /// Whether the chat has to wait.
    func isPaced(_ chat: Int64, _ now: Instant) -> Bool {
        if let until = pausedChats[chat], until > now { return true }
        return chats[chat]?.available(at: now) == 0
    }

    /// Chats that have to wait.
    func pacedChats(_ now: Instant) -> Set<Int64> {
        var paced = Set(pausedChats.keys.lazy.filter { isPaced($0, now) })
        for chat in chats.keys where isPaced(chat, now) { paced.insert(chat) }
        return paced
    }

    /// When a chat that has to wait may be looked at again.
    func wakeTime(of chat: Int64, _ now: Instant) -> Instant? {
        var times: [Instant] = []
        if let until = pausedChats[chat], until > now { times.append(until) }
        if let bucket = chats[chat], bucket.available(at: now) == 0 { times.append(bucket.refill(after: now)) }
        return times.min()
    }

    private mutating func change(_ chat: Int64, _ now: Instant, _ change: (inout TokenBucket) -> Void) {
        var bucket =
            chats[chat]
            ?? TokenBucket(rate: limits.messagesPerChatPerSecond, capacity: limits.chatBurst, now: now)
        change(&bucket)
        chats[chat] = bucket
    }
}
