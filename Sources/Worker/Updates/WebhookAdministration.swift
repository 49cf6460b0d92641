public import Postgres
public import Reactor
public import Telegram

/// What an administrator does with the webhook. Each function returns lines for the screen, without secrets.
public struct WebhookAdministration: Sendable {
    private let connection: Connection
    private let reception: Reception

    /// Looks at the database and asks Telegram who the bot is.
    ///
    /// - Parameters:
    ///   - token: wins over Odoo's.
    ///   - server: the Bot API server.
    ///   - schemaVersion: the schema version that this program works with.
    /// - Throws: ``StartupProblem`` in a database that the worker would not run in, ``WebhookProblem`` without a bot,
    ///   `PostgresError`, `TelegramError`.
    public init(
        token: BotToken?, server: String, schemaVersion: Int, on connection: Connection, reactor: Reactor
    ) async throws {
        self.connection = connection
        _ = try await DatabaseCheck.run(on: connection, schemaVersion: schemaVersion)
        switch try await BotSource.find(configured: token, on: connection) {
        case .missing(let advice): throw WebhookProblem(advice)
        case .bot(let token):
            let api = try BotAPI(reactor: reactor, token: token, server: server)
            let bot = try await api.getMe()
            try await Presence.record(bot, on: connection)
            reception = try await Reception.load(bot, api: api, on: connection)
        }
    }

    /// Sets the webhook and makes it the way that updates come in. Should Telegram refuse, that stays as it was.
    ///
    /// - Parameter publicURL: remembered when it is given.
    public func set(publicURL: String?, dropPending: Bool) async throws -> [String] {
        var wanted = reception
        if let publicURL { wanted.publicURL = publicURL }
        let registration = WebhookRegistration(reception: wanted)
        _ = try registration.address()
        if let publicURL {
            try await connection.query(
                "update tgworker.setting set value = $1 where name = 'public_url'", [.text(publicURL)])
        }
        // First, lest a running worker that polls takes the webhook down again.
        try await choose(.webhook)
        do {
            try await registration.set(dropPending: dropPending)
        } catch {
            try await choose(reception.mode)
            throw error
        }
        return ["the webhook is set at \(registration.shownAddress); updates come in by it from now on"]
    }

    /// Removes the webhook; updates are polled then.
    public func delete(dropPending: Bool) async throws -> [String] {
        try await choose(.polling)
        try await reception.api.deleteWebhook(dropPending: dropPending)
        return ["the webhook is removed; updates are polled from now on"]
    }

    /// How updates are to come in, and how Telegram sees it.
    public func info() async throws -> [String] {
        let info = try await reception.api.getWebhookInfo()
        var lines = [
            "bot         \(reception.bot.username.map { "@\($0)" } ?? "\(reception.bot.id)")",
            "configured  \(reception.mode == .polling ? "polling" : "webhook")",
        ]
        switch WebhookRegistration.state(of: info, for: reception) {
        case .missing: lines.append("webhook     none")
        case .ours: lines.append("webhook     at \(info.host)\(Reception.path)…")
        case .foreign(let host): lines.append("webhook     another one, at \(host)")
        }
        lines.append("waiting     \(info.pendingUpdateCount) updates")
        if let message = info.lastErrorMessage { lines.append("last error  \(message)") }
        return lines
    }

    /// Makes a way the one that updates come in by: Odoo's field where the addon has it, else the setting.
    private func choose(_ mode: Reception.Mode) async throws {
        let byWebhook = mode == .webhook
        try await connection.query(
            "update tgworker.setting set value = $1 where name = 'receive' and coalesce(value, default_value) <> $1",
            [.text(byWebhook ? "webhook" : "polling")])
        let field = try await connection.query(
            """
            select coalesce(has_column_privilege(a.attrelid, a.attnum, 'update'), false) as is_ours
            from pg_attribute a
            where a.attrelid = to_regclass('public.telegram_bot_config') and a.attname = 'use_webhook' and not a.attisdropped
            """)
        // Where this version of the addon has no such field, the setting alone decides.
        guard let row = field.first else { return }
        guard try row.get("is_ours") else {
            throw WebhookProblem(
                "this role may not change Odoo's bot configuration: switch \"use webhook\" \(byWebhook ? "on" : "off") there, or run as the owner of Odoo's database"
            )
        }
        try await connection.query(
            "update public.telegram_bot_config set use_webhook = $1 where active and use_webhook is distinct from $1",
            [.boolean(byWebhook)])
    }
}
