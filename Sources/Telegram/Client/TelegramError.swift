/// Why a call of the Bot API gave no result, or could not be made.
///
/// `sendMessage` reports its expected outcomes as ``SendOutcome`` instead. No case holds an address or a token.
public enum TelegramError: Error, Sendable, Equatable {
    /// The text is not a bot token.
    case invalidToken(TokenProblem)
    /// The address of the Bot API server is not a plain `http://` or `https://` address.
    case invalidServerAddress
    /// The server does not accept the token: 401, 404 (malformed), 421, or the bot was logged out of this server.
    case unauthorized(String)
    /// Somebody else receives this bot's updates: another `getUpdates`, or a webhook (409). May last about 30 s after
    /// a restart.
    case conflict(String)
    /// Too many requests: the same call may be repeated after this time (429).
    case throttled(retryAfter: Duration, String)
    /// The request was understood and refused. Repeating it unchanged gives the same answer.
    case refused(code: Int, String)
    /// The request surely had no effect: no connection, or something before the Bot API answered.
    case unreachable(String)
    /// The request may have had its effect: no answer, a broken one, or a server error.
    case unknown(String)
    /// The task that waited for the answer was cancelled. The request may have had its effect.
    case cancelled

    /// What is wrong with the text of a token.
    public enum TokenProblem: Sendable, Equatable {
        /// There is no token.
        case empty
        /// There is no colon.
        case noColon
        /// What stands before the colon is not a bot's id.
        case noBotID
        /// The secret holds a character that no token has.
        case strangeCharacter
        /// The secret is too short, or the token too long.
        case wrongLength
    }
}

extension TelegramError: CustomStringConvertible {
    /// One line for an administrator. Never holds a secret.
    public var description: String {
        switch self {
        case .invalidToken(let problem): "\(problem): copy it whole from @BotFather, it looks like 123456789:AAE…"
        case .invalidServerAddress:
            "the Bot API server's address must begin with http:// or https:// and hold neither white space, '?' nor '#'"
        case .unauthorized(let description): "Telegram does not accept the bot token (\(description))"
        case .conflict(let description): "another receiver takes this bot's updates (\(description))"
        case .throttled(let pause, let description):
            "Telegram asks to wait \(pause.components.seconds) s (\(description))"
        case .refused(let code, let description): "Telegram refused the request with \(code): \(description)"
        case .unreachable(let reason): "Telegram cannot be reached: \(reason)"
        case .unknown(let reason): "Telegram gave no usable answer: \(reason)"
        case .cancelled: "the call was cancelled"
        }
    }
}

extension TelegramError.TokenProblem: CustomStringConvertible {
    /// What is wrong, without the token's text.
    public var description: String {
        switch self {
        case .empty: "the bot token is empty"
        case .noColon: "the bot token has no colon"
        case .noBotID: "the bot token does not begin with the bot's number"
        case .strangeCharacter: "the bot token holds a character other than letters, digits, '-' and '_'"
        case .wrongLength: "the bot token is cut off or too long"
        }
    }
}
