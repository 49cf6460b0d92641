import ArgumentParser
import Postgres
import Telegram
import Worker

/// What `run` is told about its machine.
struct RunOptions: ParsableArguments {
    @Option(
        name: .customLong("telegram-api-url"),
        help: ArgumentHelp(
            "The Bot API server, for one of your own. (default: https://api.telegram.org)", valueName: "url"),
        transform: Setting.telegramAPIURL.parse)
    var telegramAPIURL: String?

    @Option(
        help: ArgumentHelp(
            "Where /health is served; port 0 is any. (default: 127.0.0.1:8080)",
            valueName: "host:port"),
        transform: Setting.listen.parse)
    var listen: ListenAddress?

    @Option(
        help: ArgumentHelp(
            "Messages a second over all chats, 0 for no limit. (default: 30, what Telegram allows)", valueName: "number"
        ),
        transform: Setting.maxMessagesPerSecond.parse)
    var maxMessagesPerSecond: Double?

    @Option(
        help: ArgumentHelp(
            "Messages a second in one chat, 0 for no limit. (default: 1, what Telegram allows)", valueName: "number"),
        transform: Setting.maxMessagesPerChatPerSecond.parse)
    var maxMessagesPerChatPerSecond: Double?

    @Option(
        help: ArgumentHelp(
            "How long messages under way may take to end after SIGTERM. (default: 20)", valueName: "seconds"),
        transform: Setting.drainTimeout.parse)
    var drainTimeout: Duration?

    /// Where the HTTP endpoint listens.
    func listenAddress(_ settings: Settings) throws -> ListenAddress {
        try settings.value(.listen, flag: listen) ?? .standard
    }

    /// The worker's configuration.
    func configuration(_ settings: Settings, database: DatabaseOptions) throws -> WorkerConfiguration {
        var configuration = WorkerConfiguration(
            database: try database.configuration(settings, applicationName: "tgworker"),
            token: try Self.token(settings))
        if let url = try settings.value(.telegramAPIURL, flag: telegramAPIURL) { configuration.telegramAPI = url }
        if let rate = try settings.value(.maxMessagesPerSecond, flag: maxMessagesPerSecond) {
            configuration.messagesPerSecond = rate
        }
        if let rate = try settings.value(.maxMessagesPerChatPerSecond, flag: maxMessagesPerChatPerSecond) {
            configuration.messagesPerChatPerSecond = rate
        }
        if let time = try settings.value(.drainTimeout, flag: drainTimeout) { configuration.drainTimeout = time }
        return configuration
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
