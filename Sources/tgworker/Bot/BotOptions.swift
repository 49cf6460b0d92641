import ArgumentParser
import Telegram

/// Which bot, at which server: for every command that calls Telegram.
struct BotOptions: ParsableArguments {
    @Option(
        name: .customLong("telegram-api-url"),
        help: ArgumentHelp(
            "The Bot API server, for one of your own. (default: https://api.telegram.org)", valueName: "url"),
        transform: Setting.telegramAPIURL.parse)
    var telegramAPIURL: String?

    /// The Bot API server.
    func server(_ settings: Settings) throws -> String {
        try settings.value(.telegramAPIURL, flag: telegramAPIURL) ?? BotAPI.publicServer
    }

    /// The token that wins over Odoo's: from the environment, else from the configuration file, and in each either itself
    /// or a file that holds it.
    ///
    /// - Throws: ``CommandError``, which never shows the text.
    static func token(_ settings: Settings) throws -> BotToken? {
        for source in [Settings.Source.environment, .file] {
            let direct = try settings.find(.botToken, in: source)
            let path = try settings.find(.botTokenFile, in: source)
            let place = settings.place(of: .botToken, in: source)
            let placeOfFile = settings.place(of: .botTokenFile, in: source)
            switch (direct, path) {
            case (nil, nil): continue
            case (_?, _?): throw CommandError("\(place) and \(placeOfFile) are both given", "give one of them")
            case (let text?, nil): return try token(text, from: place)
            case (nil, let path?):
                return try token(TextFile.text(of: path, what: "the bot token file"), from: "\(path) (\(placeOfFile))")
            }
        }
        return nil
    }

    private static func token(_ text: String, from place: String) throws -> BotToken {
        do {
            return try BotToken(text)
        } catch {
            throw CommandError("no bot token in \(place)", "\(error)")
        }
    }
}
