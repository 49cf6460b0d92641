package import Postgres
package import Reactor
package import Telegram
import Worker

/// Gathers the facts for a ``CheckReport``. Reads only: nothing is written, locked or asked of Telegram that would disturb
/// a running worker. In particular there is no `getUpdates`: it would end the one of whoever receives.
package struct FactFinder: Sendable {
    /// What a check is about, besides the database.
    package struct Question: Sendable {
        /// The token that wins over Odoo's, or why there is none.
        package var token: Result<BotToken?, TokenProblem>
        /// The Bot API server.
        package var server: String
        /// The schema version that the program works with.
        package var schemaVersion: Int
        /// Whether the worker is told to work beside the original addon.
        package var allowsOriginalAddon: Bool
        /// A partner's id or a part of the name; nil is everybody.
        package var partner: String?

        package init(
            token: Result<BotToken?, TokenProblem>, server: String, schemaVersion: Int,
            allowsOriginalAddon: Bool = false, partner: String? = nil
        ) {
            (self.token, self.server) = (token, server)
            (self.schemaVersion, self.partner) = (schemaVersion, partner)
            self.allowsOriginalAddon = allowsOriginalAddon
        }
    }

    /// Why the token of this machine's configuration cannot be used.
    package struct TokenProblem: Error, Sendable {
        package let line: String
        package init(_ line: String) { self.line = line }
    }

    let question: Question
    let database: ConnectionConfiguration
    let reactor: Reactor

    package init(_ question: Question, database: ConnectionConfiguration, reactor: Reactor) {
        (self.question, self.database, self.reactor) = (question, database, reactor)
    }

    /// No statement of a check takes longer, or it is skipped.
    static let timeout = Duration.seconds(20)

    /// Everything, in an order in which what fails explains what is skipped.
    package func facts(on connection: Connection) async -> CheckFacts {
        var facts = CheckFacts()
        facts.session = await gather { try await lookAtSession(connection) }
        if case .unknown(let reason) = facts.session {
            facts.connectionProblem = (reason, "see the log of the database server or of the pooler before it")
            return facts
        }
        // Facts that would only repeat that the schema is not there are not asked for.
        let session = facts.session.facts
        let isUsable = session?.isInstalled == true && session?.mayUseSchema == true
        func inSchema<Facts>(_ look: () async throws -> Facts) async -> Gathered<Facts> {
            isUsable ? await gather(look) : .unknown(because: "schema tgworker cannot be used")
        }
        facts.schema = await inSchema { try await schema(connection) }
        facts.rights = await inSchema { try await missingRights(connection) }
        facts.listening = await gather { try await listening(connection) }
        facts.identityProblem = await inSchema {
            try await StartupCheck.identityProblem(
                on: connection, schemaVersion: question.schemaVersion)?.description
        }
        facts.startupProblem = await gather {
            try await StartupCheck.problem(
                on: connection, schemaVersion: question.schemaVersion,
                allowsOriginalAddon: question.allowsOriginalAddon)?.description
        }
        facts.addon = await gather { try await addon(connection) }
        await lookAtBot(&facts, connection)
        facts.workers = await inSchema { try await workers(connection) }
        facts.queue = await inSchema { try await queue(connection) }
        facts.horizon = await gather { try await horizon(connection) }
        facts.customers = await inSchema { try await customers(connection) }
        facts.failures = await inSchema { try await failures(connection) }
        if let partner = question.partner {
            facts.partners = await inSchema { try await partners(named: partner, connection) }
        }
        if await !connection.isOpen {
            facts.connectionProblem = ("the connection to the database broke during the check", "run it again")
        }
        return facts
    }

    /// What came of looking, or why nothing did.
    func gather<Facts>(_ look: () async throws -> Facts) async -> Gathered<Facts> {
        do {
            return .known(try await look())
        } catch let error as PostgresError {
            // DETAIL and SQL are left out: they may hold data.
            return .unknown(because: Words.line(error.message))
        } catch {
            return .unknown(because: Words.line("\(error)"))
        }
    }

    private func lookAtBot(_ facts: inout CheckFacts, _ connection: Connection) async {
        var token: BotToken?
        facts.bot = await gather {
            var bot = try await bots(connection)
            switch question.token {
            case .failure(let problem): bot.problem = problem.line
            case .success(let configured):
                bot.isConfiguredHere = configured != nil
                switch try await BotSource.find(configured: configured, on: connection) {
                case .bot(let found): token = found
                case .missing(let advice): bot.problem = advice
                }
            }
            return bot
        }
        guard let token else {
            facts.telegram = .unknown(because: "there is no bot token")
            facts.webhook = .unknown(because: "there is no bot token")
            return
        }
        guard var api = try? BotAPI(reactor: reactor, token: token, server: question.server) else {
            facts.telegram = .known(.failed(.invalidServerAddress))
            facts.webhook = .unknown(because: "the Bot API server's address is none")
            return
        }
        api.timeout = Self.timeout
        do {
            let before = Self.now
            let (user, time) = try await api.getMeWithTime()
            let here = (before + Self.now) / 2
            facts.telegram = .known(.bot(user, time.map { TelegramClock(telegram: $0, here: here / 1000) }))
            let server = api
            facts.webhook = await gather { try await WebhookOutlook.look(user, api: server, on: connection) }
        } catch {
            facts.telegram = .known(.failed(error))
            facts.webhook = .unknown(because: "Telegram does not say who the bot is, see token")
        }
    }
}
