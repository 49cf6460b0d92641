import Postgres
import Reactor
import Telegram

/// Keeps the worker going: one session with the database after the other, and in each the way from "which bot?" over
/// "is it my turn?" to sending.
actor Supervisor {
    let configuration: WorkerConfiguration
    let check: DatabaseCheck
    let reactor: Reactor
    let events: @Sendable (WorkerEvent) -> Void
    let presence = Presence()
    /// Takes updates as soon as the bot is known, whoever sends.
    nonisolated let inbox: UpdateInbox
    private let pooler: PoolerCheck
    private let wakePath: WakePath
    let requests: WebhookRequests
    private let role: SenderRole

    var isStopping = false
    private var hasServed = false
    /// Since when this session has been of use.
    private var servingSince: ContinuousClock.Instant?
    /// Something between it and the server pools sessions.
    private var isPooled = false
    var lastWaiting: String?
    /// What is being waited for, so that it can be cut short.
    private var pausing: Task<Void, Never>?
    private var connecting: Task<Connection, any Error>?
    var asking: Task<BotUser, any Error>?
    var answering: Task<Bool, any Error>?
    var lost: PostgresError?
    /// Why customers must not be written to from this database any more.
    private var refusal: StartupProblem?
    /// The configuration has changed since the bot was looked for.
    var isStale = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    init(
        _ configuration: WorkerConfiguration, schemaVersion: Int, reactor: Reactor,
        events: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        var configuration = configuration
        configuration.database.heartbeat = SenderLease.clientHeartbeat
        self.configuration = configuration
        check = DatabaseCheck(
            schemaVersion: schemaVersion, allowsOriginalAddon: configuration.allowsOriginalAddon)
        self.reactor = reactor
        let troubles = presence.troubles
        let events: @Sendable (WorkerEvent) -> Void = { event in
            troubles.record(event)
            events(event)
        }
        self.events = events
        inbox = UpdateInbox(database: configuration.database, reactor: reactor, events: events)
        pooler = PoolerCheck(configuration.database, reactor: reactor)
        wakePath = WakePath(presence: presence, inbox: inbox, reactor: reactor, events: events)
        requests = WebhookRequests(reactor: reactor, events: events)
        role = SenderRole(
            presence: presence, check: check, inbox: inbox, wakePath: wakePath,
            limits: SenderStateMachine.Limits(
                messagesPerSecond: configuration.messagesPerSecond,
                messagesPerChatPerSecond: configuration.messagesPerChatPerSecond),
            reactor: reactor, events: events)
    }

    // MARK: From outside

    /// Finishes what is under way and lets ``run()`` return.
    func stop() {
        guard !isStopping else { return }
        isStopping = true
        pausing?.cancel()
        connecting?.cancel()
        asking?.cancel()
        answering?.cancel()
        Task { await role.leave(within: configuration.drainTimeout) }
    }

    /// Starts over on the same session, so that bot, settings and tables are read again.
    func reload() async {
        guard !isStopping else { return }
        events(.reloading)
        isStale = true
        pausing?.cancel()
        await role.leave()
    }

    // MARK: Sessions

    func run() async throws {
        events(.started(version: tgworkerVersion, instance: presence.instance))
        let backoff = Backoff(base: .milliseconds(250), limit: .seconds(10))
        var failures = 0
        while !isStopping {
            do {
                let connection = try await connect()
                servingSince = nil
                // Only what has been of use for a moment ends a row of failures: a session that breaks at once does not.
                defer { if let servingSince, .now - servingSince > .seconds(3) { failures = 0 } }
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
        refusal = nil
        do {
            isPooled = try await pooler.run(on: connection)
            let database = try await check.run(on: connection)
            lastWaiting = nil
            events(.connected(database: database, serverVersion: connection.serverVersion))
            // LISTEN is committed before the queue is first looked at, so that nothing falls between the two.
            try await connection.group(
                Statement.planning + SenderLease.settings(serverVersion: connection.serverVersion)
                    + [Statement("listen tgworker")])
            try await presence.announce(on: connection)
            hasServed = true
            servingSince = .now
            while !isStopping {
                if let lost { throw lost }
                try await check.checkAgain(on: connection)
                let reception = try await findBot(connection)
                await inbox.open(reception)
                guard let reception else { continue }
                guard try await takeTurn(connection) else { continue }
                if try await answerRequests(for: reception, on: connection) {
                    // What they have changed is read as any other change is.
                    try await SenderLock.release(on: connection)
                    continue
                }
                let end = try await role.perform(
                    for: reception, on: connection, pooler: isPooled ? pooler : nil,
                    troubled: { [weak self] trouble in await self?.handle(trouble, on: connection) })
                if let refusal { throw refusal }
                if case .rejected(let reason) = end, !isStale {
                    try await waitForBot("\(TelegramError.unauthorized(reason))", on: connection)
                }
            }
            try await presence.record("stopped", on: connection)
        } catch {
            if error is StartupProblem {
                // Nor are updates taken for it.
                await inbox.open(nil)
                try? await presence.record("starting", on: connection)
            }
            await connection.close()
            throw error
        }
        await connection.close()
    }

    private func notified(_ notification: Notification) {
        switch notification.payload {
        case "configuration": Task { await reload() }
        case "errand": Task { await role.settle() }
        case let payload where wakePath.assumeIsolated({ $0.hear(payload) }): break
        case "change": Task { await role.wake(byChange: true) }
        default: Task { await role.wake() }
        }
    }

    private func disconnected(_ error: PostgresError) {
        lost = error
        events(.disconnected(reason: error.message))
        pausing?.cancel()
        Task { await role.disconnected(error) }
    }

    /// The sender's session is not what it should be, although the server would keep it.
    private func handle(_ trouble: SenderUpkeep.Trouble, on connection: Connection) async {
        let reason: String
        switch trouble {
        case .refused(let problem):
            // What is under way is recorded; then a new session looks again and again whether that was undone.
            refusal = problem
            say(problem.description, retryAfter: .seconds(10))
            await inbox.open(nil)
            return await role.leave()
        case .asked: return await reload()
        case .deaf:
            events(.deaf)
            reason = "notifications do not arrive"
        case .shared(let problem): reason = problem
        }
        guard await connection.isOpen else { return }
        await connection.close()
        disconnected(PostgresError(.connectionLost, message: reason))
    }

    // MARK: Waiting

    /// Says what is missing, once for each reason, and waits.
    private func wait(_ reason: String, for duration: Duration) async {
        say(reason, retryAfter: duration)
        await pause(for: duration)
    }

    func say(_ reason: String, retryAfter duration: Duration) {
        if lastWaiting != reason { events(.waiting(reason: reason, retryAfter: duration)) }
        lastWaiting = reason
    }

    /// Waits; cut short by ``stop()``, ``reload()`` and a broken session.
    func pause(for duration: Duration) async {
        guard !isStopping, lost == nil else { return }
        let task = Task { _ = await reactor.sleep(for: duration) }
        pausing = task
        await task.value
        pausing = nil
    }
}
