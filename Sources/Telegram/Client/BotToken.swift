/// The token of a bot, as BotFather gives it: the bot's id, a colon, a secret.
///
/// Whoever has the secret is the bot, and the token is part of every Bot API address (Bot API, "Making requests").
/// So the secret leaves this type only inside a request; `print`, `dump`, string interpolation and reflection show
/// `123456:…`.
public struct BotToken: Sendable, Hashable {
    /// The bot's own user id, the part before the colon. It is public.
    public let botID: Int64

    private let secret: String

    /// Reads a token, ignoring white space around it (a token file usually ends in a newline).
    ///
    /// The shape is what the Bot API server accepts (`ClientManager::send` of tdlib/telegram-bot-api): a positive
    /// number that does not begin with zero and fits in 54 bits, a colon, at most 80 characters in all. A secret of
    /// fewer than six characters is refused too: nobody has one, and it could not be told from ordinary text when it
    /// is removed from messages.
    ///
    /// - Throws: ``TelegramError/invalidToken(_:)`` with what is wrong, never with the text itself.
    public init(_ text: String) throws(TelegramError) {
        let trimmed = text.trimming(while: \.isWhitespace)
        guard !trimmed.isEmpty else { throw .invalidToken(.empty) }
        guard let colon = trimmed.firstIndex(of: ":") else { throw .invalidToken(.noColon) }
        let digits = trimmed[..<colon]
        guard digits.utf8.allSatisfy(\.isDigit), digits.first != "0",
            let botID = Int64(digits), botID > 0, botID < 1 << 54
        else { throw .invalidToken(.noBotID) }
        let secret = trimmed[trimmed.index(after: colon)...]
        guard
            secret.utf8.allSatisfy({ $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
        else { throw .invalidToken(.strangeCharacter) }
        guard secret.utf8.count >= 6, trimmed.utf8.count <= 80 else { throw .invalidToken(.wrongLength) }
        self.botID = botID
        self.secret = String(secret)
    }

    /// The part of a Bot API address that names the bot: `bot<token>`.
    var pathComponent: String { "bot\(botID):\(secret)" }

    /// A text from outside made fit for logs and the database: without the secret, on one line, not too long.
    ///
    /// A proxy or a test server may put the address it was asked for into its answer. The secret is searched without
    /// the bot's id, so that an address with an encoded colon is caught too.
    package func cleaned(_ text: String) -> String {
        let line = String(text.map { $0.isNewline || $0.isControl ? " " : $0 })
        let limit = 300
        let whole = line.replacing(secret, with: "…")
        return whole.count <= limit ? whole : whole.prefix(limit - 1) + "…"
    }
}

extension BotToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The bot's id and no secret: `123456:…`.
    public var description: String { "\(botID):…" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// A mirror that shows the bot's id only, so that `dump` and loggers of structures have nothing to show.
    public var customMirror: Mirror { Mirror(self, children: ["botID": botID], displayStyle: .struct) }
}

extension Character {
    fileprivate var isControl: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}

extension String {
    fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> Substring {
        guard let last = lastIndex(where: { !isTrimmed($0) }) else { return "" }
        return self[...last].drop(while: isTrimmed)
    }
}
