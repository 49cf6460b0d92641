import Telegram

/// What customers can order the bot to do.
enum Command: String, Sendable, CaseIterable {
    case start, orders, help
}

extension Command {
    /// A message that begins with a slash.
    enum Reading: Sendable, Equatable {
        /// A command, with what stands behind it.
        case known(Command, argument: String)
        /// A command that this bot does not have, or another bot's.
        case unknown
    }

    /// Reads `/orders`, ` /Orders@shop_bot now`; nil when the text is no command.
    ///
    /// - Parameter bot: the bot's user name, if it is known; another name behind the `@` is another bot's.
    static func read(_ text: String, bot: String?) -> Reading? {
        let text = text.drop { $0.isWhitespace }
        guard text.first == "/" else { return nil }
        let word = text.dropFirst().prefix { !$0.isWhitespace }
        let parts = word.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        if parts.count > 1, let bot, parts[1].lowercased() != bot.lowercased() { return .unknown }
        guard let command = Command(rawValue: name.lowercased()) else { return .unknown }
        let argument = text[word.endIndex...].split(whereSeparator: \.isWhitespace).first ?? ""
        return .known(command, argument: String(argument))
    }

    /// The bot's menu in one language.
    static func menu(in language: MessageLanguage) -> [BotCommand] {
        [Command.orders, .help, .start].map {
            BotCommand(command: $0.rawValue, description: language.texts.menu($0))
        }
    }
}
