/// Who the bot is (Bot API, "User", as `getMe` returns it).
public struct BotUser: Decodable, Sendable, Equatable {
    /// The bot's user id.
    public let id: Int64
    /// The bot's name as people see it.
    public let firstName: String
    /// The bot's user name without `@`: the `<bot>` of `https://t.me/<bot>?start=…`.
    public let username: String?

    /// A user as described.
    public init(id: Int64, firstName: String, username: String?) {
        self.id = id
        self.firstName = firstName
        self.username = username
    }

    private enum CodingKeys: String, CodingKey {
        case id, username
        case firstName = "first_name"
    }
}

extension BotAPI {
    /// Asks who the bot is: the usual test of a token (Bot API, "getMe").
    public func getMe() async throws(TelegramError) -> BotUser {
        try await call("getMe")
    }

    /// The same, with the server's time: seconds since 1970, nil where the answer does not say it (RFC 9110, "Date").
    public func getMeWithTime() async throws(TelegramError) -> (user: BotUser, time: Int64?) {
        let (user, time) = try await callWithTime("getMe", as: BotUser.self)
        return (user, time)
    }
}
