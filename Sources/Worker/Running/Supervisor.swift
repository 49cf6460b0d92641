import Postgres
import Reactor
import Telegram

/// Keeps the worker going: one session with the database after the other, and in each the way from "which bot?" over
/// "is it my turn?" to sending.
actor Supervisor {
    private let configuration: WorkerConfiguration
    private let schemaVersion: Int
    private let reactor: Reactor
    private let events: @Sendable (WorkerEvent) -> Void
    private let presence = Presence()

    private var isStopping = false
    private var hasServed = false
    private var sender: Sender?
    private var senderToken: BotToken?
    private var lastWaiting: String?
    /// What is being waited for, so that it can be cut short.
    private var pausing: Task<Void, Never>?
    private var connecting: Task<Connection, any Error>?
    private var asking: Task<BotUser, any Error>?
    private var lost: PostgresError?
    /// The configuration has changed since the bot was looked for.
    private var isStale = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    init(
        _ configuration: WorkerConfiguration, schemaVersion: Int, reactor: Reactor,
        events: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.configuration = configuration
        self.schemaVersion = schemaVersion
        self.reactor = reactor
        self.events = events
    }

    // MARK: From outside

    /// Finishes what is under way and lets ``run()`` return.
    func stop() {
        guard !isStopping else { return }
        isStopping = true
        pausing?.cancel()
        connecting?.cancel()
        asking?.cancel()
        guard let sender else { return }
        Task {
            events(.draining(inFlight: await sender.inFlight))
            await sender.drain()
            await reactor.sleep(for: configuration.drainTimeout)
            let left = await sender.inFlight
            if left > 0 { events(.abandoned(inFlight: left)) }
            await sender.abandon()
            // What the database does not take now either stays for the next sender to judge.
            await reactor.sleep(for: .seconds(3))
            await sender.disconnected(PostgresError(.timeout, message: "the database did not answer in time"))
        }
    }

    /// Starts over on the same session, so that bot, settings and tables are read again.
    func reload() async {
        guard !isStopping else { return }
        events(.reloading)
        isStale = true
        pausing?.cancel()
        await sender?.drain()
    }

    // MARK: Sessions

    func run() async throws {
        events(.started(version: tgworkerVersion, instance: presence.instance))
        let backoff = Backoff(base: .milliseconds(250), limit: .seconds(10))
        var failures = 0
        while !isStopping {
            do {
                let connection = try await connect()
                let begun = ContinuousClock.now
                // Only what has held for a while ends a row of failures: a session that breaks at once does not.
                defer { if ContinuousClock.now - begun > .seconds(30) { failures = 0 } }
                try await serve(connection)
            } catch {
                lost = nil
                if isStopping { break }
                if !hasServed, isFinal(error) { throw error }
                failures += 1
                await wait("\(error)", for: backoff.pause(after: failures))
            }
        }
        events(.stopped)
    }

    /// Whether waiting cannot mend it: then the first start fails instead of hanging. Once it has worked, everything is
    /// waited for.
    private func isFinal(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return true }
        return !error.isTransient
    }

    private func connect() async throws -> Connection {
        let configuration = configuration.database
        let handlers = Connection.Handlers(
            notification: { [weak self] notification in
                self?.assumeIsolated { $0.notified(notification) }
            },
            lost: { [weak self] error in
                self?.assumeIsolated { $0.disconnected(error) }
            })
        lost = nil
        let task = Task { try await Connection.connect(configuration, on: reactor, handlers: handlers) }
        connecting = task
        defer { connecting = nil }
        return try await task.value
    }

    private func serve(_ connection: Connection) async throws {
        do {
            let database = try await DatabaseCheck.run(on: connection, schemaVersion: schemaVersion)
            lastWaiting = nil
            events(.connected(database: database, serverVersion: connection.serverVersion))
            // LISTEN is committed before the queue is first looked at, so that nothing falls between the two.
            try await connection.group(Self.sessionSettings + [Statement("listen tgworker")])
            try await presence.announce(on: connection)
            hasServed = true
            while !isStopping {
                if let lost { throw lost }
                guard let api = try await findBot(connection) else { continue }
                guard try await takeTurn(connection) else { continue }
                try await send(with: api, on: connection)
            }
            try await presence.record("stopped", on: connection)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    /// The queue's statements take a millisecond, whatever the planner thinks: compiling them would take a hundred. And
    /// the server, too, is to notice within seconds that this machine is gone, and give up its locks then (PostgreSQL,
    /// TCP Settings; without effect on a Unix socket).
    private static let sessionSettings = [
        Statement("set jit = off"),
        Statement("set tcp_keepalives_idle = 5"), Statement("set tcp_keepalives_interval = 3"),
        Statement("set tcp_keepalives_count = 3"), Statement("set tcp_user_timeout = '10s'"),
    ]

    private func notified(_ notification: Notification) {
        switch notification.payload {
        case "configuration": Task { await reload() }
        default: if let sender { Task { await sender.wake() } }
        }
    }

    private func disconnected(_ error: PostgresError) {
        lost = error
        events(.disconnected(reason: error.message))
        pausing?.cancel()
        if let sender { Task { await sender.disconnected(error) } }
    }

    // MARK: Steps to sending

    /// The bot, when there is one and Telegram knows it.
    private func findBot(_ connection: Connection) async throws -> BotAPI? {
        isStale = false
        switch try await BotSource.find(configured: configuration.token, on: connection) {
        case .missing(let advice):
            await wait(advice, for: .seconds(30))
            return nil
        case .bot(let token):
            let api = try BotAPI(reactor: reactor, token: token, server: configuration.telegramAPI)
            do {
                let user = try await ask(api)
                events(.identified(botID: user.id, username: user.username))
                lastWaiting = nil
                try await presence.record(user, on: connection)
                return api
            } catch let error as TelegramError {
                if isStopping { return nil }
                if case .unauthorized(let reason) = error { events(.tokenRejected(reason: reason)) }
                await wait("\(error)", for: .seconds(30))
                return nil
            }
        }
    }

    private func ask(_ api: BotAPI) async throws -> BotUser {
        let task = Task { try await api.getMe() }
        asking = task
        defer { asking = nil }
        return try await task.value
    }

    /// Whether this instance may send: it holds the one lock. Looks again after a while when another does.
    private func takeTurn(_ connection: Connection) async throws -> Bool {
        var looks = 0
        while !isStopping, !isStale, lost == nil {
            // try, never wait inside a statement: a waiting statement would hold back vacuum.
            let row = try await connection.query("select pg_try_advisory_lock($1) as mine", [.integer(Self.lockKey)])[0]
            if try row.get("mine") {
                try await presence.record("sender", on: connection)
                if !isStale, !isStopping { return true }
                try await releaseTurn(connection)
                return false
            }
            if looks == 0 { events(.standingBy) }
            // About once a minute it says that it is alive.
            if looks.isMultiple(of: 30) { try await presence.record("standby", on: connection) }
            looks += 1
            await pause(for: .seconds(2) * Double.random(in: 0.75...1.25))
        }
        return false
    }

    private func releaseTurn(_ connection: Connection) async throws(PostgresError) {
        try await connection.query("select pg_advisory_unlock_all()")
    }

    /// Key of the advisory lock that the sender's session holds ("tgwsendr" in ASCII). There is one active bot in a
    /// database, as in the addon, so there is one sender.
    private static let lockKey: Int64 = 0x7467_7773_656e_6472

    private func send(with api: BotAPI, on connection: Connection) async throws {
        let sender = reuse(for: api)
        self.sender = sender
        events(.becameSender)
        let ticking = Task { await tick(connection, sender) }
        defer { ticking.cancel() }
        let catalog = try await OdooCatalog.load(from: connection)
        switch try await sender.run(on: connection, catalog: catalog) {
        case .drained:
            // What the next one is to do may differ: bot, limits, or nothing at all.
            self.sender = nil
            senderToken = nil
            try await releaseTurn(connection)
        case .disconnected(let error):
            throw error
        }
    }

    /// A sender whose session broke knows what became of the messages that were under way then.
    private func reuse(for api: BotAPI) -> Sender {
        if let sender, senderToken == api.token { return sender }
        senderToken = api.token
        return Sender(
            reactor: reactor, api: api,
            limits: SenderStateMachine.Limits(
                messagesPerSecond: configuration.messagesPerSecond,
                messagesPerChatPerSecond: configuration.messagesPerChatPerSecond),
            events: events)
    }

    /// Once a minute: says that it is alive, looks at the queue and its lanes although nothing was heard, and now and
    /// then reads Odoo's tables again.
    private func tick(_ connection: Connection, _ sender: Sender) async {
        var minutes = 0
        while await reactor.sleep(for: .seconds(60) * Double.random(in: 0.8...1.2)) {
            minutes += 1
            do {
                try await presence.record("sender", on: connection)
                try await connection.group([OutboxStatements.mendLanes])
                if minutes.isMultiple(of: 10) {
                    await sender.use(try await OdooCatalog.load(from: connection))
                }
            } catch {
                // The sender meets the same trouble and ends the session.
            }
            await sender.wake()
        }
    }

    // MARK: Waiting

    /// Says what is missing, once for each reason, and waits.
    private func wait(_ reason: String, for duration: Duration) async {
        if lastWaiting != reason { events(.waiting(reason: reason, retryAfter: duration)) }
        lastWaiting = reason
        await pause(for: duration)
    }

    /// Waits; cut short by ``stop()``, ``reload()`` and a broken session.
    private func pause(for duration: Duration) async {
        guard !isStopping, lost == nil else { return }
        let task = Task { _ = await reactor.sleep(for: duration) }
        pausing = task
        await task.value
        pausing = nil
    }
}
