/// How the simulator differs from Telegram for the convenience of tests.
struct SimulatorOptions: Equatable, Sendable {
    /// Any chat exists, without having been registered.
    var acceptsAnyChat = false
    /// A webhook may be plain http, on any port.
    var allowsHTTPWebhook = false
    /// Every answer comes so many milliseconds late.
    var latency: Int64 = 0
    /// The conversation is kept for printing.
    var keepsTranscript = false
}

/// One bot: its chats, messages, updates and webhook. Pure: it is told the time, and it answers with values.
struct BotState: Sendable {
    /// What a method leads to.
    enum Step: Equatable, Sendable {
        case answer(Answer)
        /// A getUpdates that waits; ask ``BotState/pollAnswer(_:at:)`` until it has an answer.
        case wait(Poll)
    }

    let id: Int64
    var options: SimulatorOptions
    var chats: [Int64: Chat] = [:]
    var sent = SentLog()
    var limits = RateLimits()
    var queue: UpdateQueue
    var allowedUpdates = AllowedUpdates()
    var webhook: Webhook?
    var webhookGeneration = 0
    var polling = Polling()
    /// The messages of all chats; a message's identifier is its position, counted from ``firstMessageID``.
    var messages: [Message] = []
    /// How often each chat has changed, see ``revision(of:)``.
    var revisions: [Int64: Int] = [:]
    let firstMessageID: Int64
    var callbackQueries: Set<String> = []
    var nextCallbackQueryID: Int64 = 1
    var commands: [String: JSON] = [:]
    var isLoggedOut = false
    /// How many updates were made, and how the webhook took them.
    var counters = Counters()
    /// Lines of the conversation not yet printed.
    var transcript: [String] = []

    /// Totals for `GET /control/stats`.
    struct Counters: Sendable {
        var updates = 0
        var rateLimited = 0
        var webhookDeliveries = 0
        var webhookFailures = 0
    }

    /// - Parameters:
    ///   - id: the digits before the colon of the bot's tokens.
    ///   - firstUpdateID: where update identifiers start.
    ///   - firstMessageID: where message identifiers start.
    init(id: Int64, options: SimulatorOptions, firstUpdateID: Int64 = 100_000_001, firstMessageID: Int64 = 1) {
        self.id = id
        self.options = options
        self.firstMessageID = firstMessageID
        queue = UpdateQueue(nextID: firstUpdateID)
    }

    /// A bot as new that goes on counting where this one is, so that nobody mistakes an old identifier for a new one.
    func reset() -> BotState {
        var fresh = BotState(id: id, options: options, firstUpdateID: queue.nextID, firstMessageID: nextMessageID)
        fresh.webhookGeneration = webhookGeneration + 1
        fresh.polling.nextID = polling.nextID
        // Whoever watches a chat sees that it is empty.
        fresh.revisions = revisions.mapValues { $0 + 1 }
        return fresh
    }

    /// The bot's name at Telegram.
    var username: String { "simulator_\(id)_bot" }

    /// The bot (Bot API, User).
    var user: JSON {
        ["id": .integer(id), "is_bot": true, "first_name": "Simulator", "username": .string(username)]
    }

    /// Carries out a method.
    mutating func perform(_ method: BotMethod, _ parameters: Parameters, at now: Timestamp) -> Step {
        do throws(Refusal) {
            if isLoggedOut { throw Refusal(code: 400, description: "Logged out") }
            if method == .getUpdates { return try getUpdates(parameters, at: now) }
            return .answer(try answer(method, parameters, at: now))
        } catch {
            return .answer(error.answer)
        }
    }

    private mutating func answer(
        _ method: BotMethod, _ parameters: Parameters, at now: Timestamp
    ) throws(Refusal) -> Answer {
        switch method {
        case .getMe: return .success(profile)
        case .sendMessage: return try sendMessage(parameters, at: now)
        case .editMessageText: return try editMessageText(parameters, at: now)
        case .editMessageReplyMarkup: return try editMessageReplyMarkup(parameters, at: now)
        case .sendChatAction: return try sendChatAction(parameters)
        case .answerCallbackQuery: return try answerCallbackQuery(parameters)
        case .setWebhook: return try setWebhook(parameters)
        case .deleteWebhook: return deleteWebhook(parameters)
        case .getWebhookInfo: return .success(webhookInfo)
        case .setMyCommands: return try setMyCommands(parameters)
        case .getMyCommands: return .success(commands[try commandsKey(parameters)] ?? .array([]))
        case .deleteMyCommands:
            commands[try commandsKey(parameters)] = nil
            return .success(true)
        case .logOut:
            isLoggedOut = true
            queue.keepLast(0)
            return .success(true)
        case .close: return .success(true)
        case .getUpdates: preconditionFailure("getUpdates may wait and has no plain answer")
        }
    }

    private var profile: JSON {
        var object = user.objectValue ?? JSONObject()
        object.append("can_join_groups", true)
        for name in [
            "can_read_all_group_messages", "supports_inline_queries", "supports_guest_queries",
            "can_connect_to_business", "has_main_web_app", "has_topics_enabled", "allows_users_to_create_topics",
            "can_manage_bots",
        ] {
            object.append(name, false)
        }
        return .object(object)
    }
}
