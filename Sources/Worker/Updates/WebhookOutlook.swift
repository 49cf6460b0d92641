package import Postgres
package import Telegram

/// How updates are to come in and what Telegram says of the webhook, looked at without changing anything. Holds no secret.
package struct WebhookOutlook: Sendable, Equatable {
    /// What is set at Telegram.
    package enum Registered: Sendable, Equatable {
        /// Nothing.
        case nothing
        /// The one that belongs to this configuration; https or not.
        case ours(host: String)
        /// Another one.
        case foreign(host: String)
    }

    /// Whether the configuration says webhook and not polling.
    package var isWanted: Bool
    /// What is set.
    package var registered: Registered
    /// Whether what is set is an https address.
    package var isSecure = true
    /// Whether what is set is not at the public address that is configured.
    package var isElsewhere = false
    /// Why there can be no webhook at the public address; nil when there can.
    package var addressProblem: String?
    /// The address as configured, without its secret.
    package var address = ""
    /// Updates that wait for delivery.
    package var pending = 0
    /// Why a delivery failed last, in Telegram's words.
    package var lastError: String?
    /// Seconds since that.
    package var lastErrorAge: Int64?

    /// An outlook.
    package init(isWanted: Bool, registered: Registered) {
        self.isWanted = isWanted
        self.registered = registered
    }

    /// Compares Telegram's state with the configuration.
    ///
    /// - Throws: `PostgresError`, or `TelegramError` when Telegram does not say.
    package static func look(
        _ bot: BotUser, api: BotAPI, on connection: Connection
    ) async throws -> WebhookOutlook {
        let row = try await connection.query(Reception.readSQL, [.integer(bot.id)])[0]
        let secret = try row.find("webhook_secret", as: String.self) ?? row.find("webhook_path", as: String.self)
        // Without a secret made yet, none that is set can be ours.
        let reception = Reception(
            bot: bot, api: api, mode: try row.get("by_webhook") ? .webhook : .polling,
            pathSecret: secret ?? "\u{0}", token: "", publicURL: try row.find("public_url"))
        let info = try await api.getWebhookInfo()
        let registered: Registered =
            switch WebhookRegistration.state(of: info, for: reception) {
            case .missing: .nothing
            case .ours: .ours(host: info.host)
            case .foreign(let host): .foreign(host: host)
            }
        var outlook = WebhookOutlook(isWanted: reception.mode == .webhook, registered: registered)
        outlook.isSecure = info.url.lowercased().hasPrefix("https://")
        let registration = WebhookRegistration(reception: reception)
        do {
            let address = try registration.address()
            outlook.address = registration.shownAddress
            outlook.isElsewhere = info.url != address
        } catch {
            outlook.addressProblem = "\(error)"
        }
        outlook.pending = info.pendingUpdateCount
        outlook.lastError = info.lastErrorMessage.map { message in
            let cleaned = api.token.cleaned(message)
            return secret.map { cleaned.replacing($0, with: "…") } ?? cleaned
        }
        outlook.lastErrorAge = info.lastErrorDate.map { max(0, WallClock.microseconds / 1_000_000 - $0) }
        return outlook
    }
}
