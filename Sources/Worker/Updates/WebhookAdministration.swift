public import Postgres
public import Reactor
public import Telegram

/// What an administrator does with the webhook. Each function returns lines for the screen, without secrets.
public struct WebhookAdministration: Sendable {
    private let connection: Connection
    private let reception: Reception
    private let reactor: Reactor

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
        // Nothing is sent, so it does not matter here whether the original addon is installed.
        _ = try await DatabaseCheck(schemaVersion: schemaVersion, allowsOriginalAddon: true).run(on: connection)
        switch try await BotSource.find(configured: token, on: connection) {
        case .missing(let advice): throw WebhookProblem(advice)
        case .bot(let token):
            let api = try BotAPI(reactor: reactor, token: token, server: server)
            let bot = try await api.getMe()
            try await Presence.record(bot, on: connection)
            self.init(try await Reception.load(bot, api: api, on: connection), on: connection, reactor: reactor)
        }
    }

    /// For a bot that is known already.
    init(_ reception: Reception, on connection: Connection, reactor: Reactor) {
        var reception = reception
        reception.api.timeout = Self.timeout
        self.reception = reception
        self.connection = connection
        self.reactor = reactor
    }

    /// Somebody waits for an answer.
    private static let timeout = Duration.seconds(10)

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
            try await patiently { try await registration.set(dropPending: dropPending) }
        } catch {
            try await choose(reception.mode)
            throw error
        }
        return ["the webhook is set at \(registration.shownAddress); updates come in by it from now on"]
    }

    /// Removes the webhook; updates are polled then.
    public func delete(dropPending: Bool) async throws -> [String] {
        try await choose(.polling)
        try await patiently { try await reception.api.deleteWebhook(dropPending: dropPending) }
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
        try await connection.query(
            "select tgworker.receive_by($1)", [.text(mode == .webhook ? "webhook" : "polling")])
    }

    /// Calls again after a moment what may succeed then. Both calls may be repeated: their effect is the same.
    private func patiently(_ call: () async throws -> Void) async throws {
        var failures = 0
        while true {
            do {
                return try await call()
            } catch let error as TelegramError {
                failures += 1
                guard let pause = error.pause(after: failures), await reactor.sleep(for: pause) else { throw error }
            }
        }
    }
}

extension TelegramError {
    /// How long to wait before a call is tried again for which somebody waits; nil when that is of no use, or has been
    /// tried enough.
    func pause(after failures: Int) -> Duration? {
        guard failures < 3 else { return nil }
        return switch self {
        case .unreachable, .unknown: .seconds(failures)
        case .throttled(let pause, _): pause <= .seconds(5) ? pause : nil
        case .conflict, .refused, .unauthorized, .cancelled, .invalidToken, .invalidServerAddress: nil
        }
    }
}
