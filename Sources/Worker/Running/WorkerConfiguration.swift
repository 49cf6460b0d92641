public import Postgres
public import Telegram

/// What a machine tells the worker; what the shop decides is in `tgworker.setting`.
public struct WorkerConfiguration: Sendable {
    /// The database.
    public var database: ConnectionConfiguration
    /// A token that wins over the one in `telegram_bot_config`.
    public var token: BotToken?
    /// The Bot API server.
    public var telegramAPI: String
    /// Messages a second over all chats; 0 is unlimited.
    public var messagesPerSecond: Double
    /// Messages a second in one chat; 0 is unlimited.
    public var messagesPerChatPerSecond: Double
    /// Time that messages under way have to end after the worker was told to stop.
    public var drainTimeout: Duration
    /// Whether to run beside the original addon, which sends as well.
    public var allowsOriginalAddon: Bool

    /// A configuration with the documented defaults.
    public init(
        database: ConnectionConfiguration, token: BotToken? = nil, telegramAPI: String = BotAPI.publicServer,
        messagesPerSecond: Double = 30, messagesPerChatPerSecond: Double = 1, drainTimeout: Duration = .seconds(20),
        allowsOriginalAddon: Bool = false
    ) {
        self.database = database
        self.token = token
        self.telegramAPI = telegramAPI
        self.messagesPerSecond = messagesPerSecond
        self.messagesPerChatPerSecond = messagesPerChatPerSecond
        self.drainTimeout = drainTimeout
        self.allowsOriginalAddon = allowsOriginalAddon
    }
}
