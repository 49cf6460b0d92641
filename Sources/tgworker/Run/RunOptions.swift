import ArgumentParser
import Worker

/// What `run` is told about its machine.
struct RunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where /health, /metrics and webhooks are served; port 0 is any. (default: 127.0.0.1:8080)",
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

    @Flag(
        help: "Run beside the original addon telegram_bot 17.0.1. With an active bot that one sends everything as well."
    )
    var allowOriginalAddon = false

    /// Where the HTTP endpoint listens.
    func listenAddress(_ settings: Settings) throws -> ListenAddress {
        try settings.value(.listen, flag: listen) ?? .standard
    }

    /// The worker's configuration.
    func configuration(
        _ settings: Settings, database: DatabaseOptions, bot: BotOptions
    ) throws -> WorkerConfiguration {
        var configuration = WorkerConfiguration(
            database: try database.configuration(settings, applicationName: "tgworker"),
            token: try BotOptions.token(settings), telegramAPI: try bot.server(settings))
        if let rate = try settings.value(.maxMessagesPerSecond, flag: maxMessagesPerSecond) {
            configuration.messagesPerSecond = rate
        }
        if let rate = try settings.value(.maxMessagesPerChatPerSecond, flag: maxMessagesPerChatPerSecond) {
            configuration.messagesPerChatPerSecond = rate
        }
        if let time = try settings.value(.drainTimeout, flag: drainTimeout) { configuration.drainTimeout = time }
        configuration.allowsOriginalAddon =
            try settings.value(.allowOriginalAddon, flag: allowOriginalAddon ? true : nil) ?? false
        return configuration
    }
}
