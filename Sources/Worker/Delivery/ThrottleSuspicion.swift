/// Whose limit a 429 is about, the chat's or the whole bot's: Telegram does not say.
///
/// One chat alone is that chat's own limit; when several meet it within a short time, it is the bot's. That others'
/// messages are accepted meanwhile proves nothing: at the bot's limit some pass and some do not.
struct ThrottleSuspicion: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Chats that met a limit within the last minute, each with the last time.
    private var recent: [Int64: Instant] = [:]

    /// Takes note of a 429 in this chat.
    ///
    /// - Returns: whether it is the bot's: another chat met one within five seconds, or two others within a minute.
    mutating func isBots(_ chat: Int64, at now: Instant) -> Bool {
        recent = recent.filter { now - $0.value < .seconds(60) }
        recent[chat] = now
        return recent.count >= 3 || recent.values.count { now - $0 < .seconds(5) } >= 2
    }
}
