/// A command in the bot's menu (Bot API, "BotCommand").
public struct BotCommand: Sendable, Equatable {
    /// The command without `/`: 1 to 32 of `a-z 0-9 _`.
    public var command: String
    /// What it does, 1 to 256 characters.
    public var description: String

    /// A command.
    public init(command: String, description: String) {
        self.command = command
        self.description = description
    }

    /// Who sees a list of commands (Bot API, "BotCommandScope").
    public enum Scope: Sendable, Equatable {
        /// Everybody for whom no narrower list is set.
        case everywhere
        /// All private chats.
        case privateChats
        /// One chat.
        case chat(Int64)
    }
}

extension BotAPI {
    /// Sets the bot's menu (Bot API, "setMyCommands").
    ///
    /// - Parameter languageCode: a two-letter code of the users who see it; nil for those without a list of their own.
    public func setMyCommands(
        _ commands: [BotCommand], scope: BotCommand.Scope = .everywhere, languageCode: String? = nil
    ) async throws(TelegramError) {
        var body = RequestBody()
        body.set("commands", to: commands.map(\.body))
        body.set("scope", to: scope.body)
        body.set("language_code", to: languageCode)
        _ = try await call("setMyCommands", body, as: Bool.self)
    }
}

extension BotCommand {
    fileprivate var body: RequestBody {
        var body = RequestBody()
        body.set("command", to: command)
        body.set("description", to: description)
        return body
    }
}

extension BotCommand.Scope {
    fileprivate var body: RequestBody {
        var body = RequestBody()
        switch self {
        case .everywhere: body.set("type", to: "default")
        case .privateChats: body.set("type", to: "all_private_chats")
        case .chat(let chatID):
            body.set("type", to: "chat")
            body.set("chat_id", to: chatID)
        }
        return body
    }
}
