/// Where and how Telegram delivers updates by itself (Bot API, "setWebhook").
public struct Webhook: Sendable, Equatable {
    /// The https address, on port 443, 80, 88 or 8443.
    public var url: String
    /// What Telegram sends back as `X-Telegram-Bot-Api-Secret-Token`: 1 to 256 of `A-Z a-z 0-9 _ -`.
    public var secretToken: String?
    /// How many updates may be under way at once, 1 to 100; nil is Telegram's default, 40.
    public var maxConnections: Int?
    /// The kinds of update wanted; nil leaves the server's last list in force.
    public var allowedUpdates: [String]?

    /// A webhook.
    public init(
        url: String, secretToken: String? = nil, maxConnections: Int? = nil, allowedUpdates: [String]? = nil
    ) {
        self.url = url
        self.secretToken = secretToken
        self.maxConnections = maxConnections
        self.allowedUpdates = allowedUpdates
    }

    /// The state of a webhook as Telegram sees it (Bot API, "WebhookInfo"). `url` may hold a secret: do not log it.
    public struct Info: Decodable, Sendable, Equatable {
        /// The address, empty when no webhook is set.
        public let url: String
        /// How many updates wait for delivery.
        public let pendingUpdateCount: Int
        /// When a delivery failed last, in Unix seconds.
        public let lastErrorDate: Int64?
        /// Why it failed.
        public let lastErrorMessage: String?
        /// How many updates may be under way at once.
        public let maxConnections: Int?
        /// The kinds of update wanted; nil for Telegram's default list.
        public let allowedUpdates: [String]?

        private enum CodingKeys: String, CodingKey {
            case url
            case pendingUpdateCount = "pending_update_count"
            case lastErrorDate = "last_error_date"
            case lastErrorMessage = "last_error_message"
            case maxConnections = "max_connections"
            case allowedUpdates = "allowed_updates"
        }
    }
}

extension BotAPI {
    /// Sets the webhook, or changes it (Bot API, "setWebhook").
    ///
    /// - Parameter dropPending: whether Telegram forgets the updates that wait.
    public func setWebhook(_ webhook: Webhook, dropPending: Bool = false) async throws(TelegramError) {
        var body = RequestBody()
        body.set("url", to: webhook.url)
        body.set("secret_token", to: webhook.secretToken)
        body.set("max_connections", to: webhook.maxConnections.map(Int64.init))
        body.set("allowed_updates", to: webhook.allowedUpdates)
        if dropPending { body.set("drop_pending_updates", to: true) }
        _ = try await call("setWebhook", body, as: Bool.self)
    }

    /// Removes the webhook, so that `getUpdates` works again (Bot API, "deleteWebhook").
    ///
    /// - Parameter dropPending: whether Telegram forgets the updates that wait.
    public func deleteWebhook(dropPending: Bool = false) async throws(TelegramError) {
        var body = RequestBody()
        if dropPending { body.set("drop_pending_updates", to: true) }
        _ = try await call("deleteWebhook", body, as: Bool.self)
    }

    /// Asks for the state of the webhook (Bot API, "getWebhookInfo").
    public func getWebhookInfo() async throws(TelegramError) -> Webhook.Info {
        try await call("getWebhookInfo")
    }
}
