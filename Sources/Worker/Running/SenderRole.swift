import Postgres
import Reactor
import Telegram

/// What an instance does while its role is the sender's: sends and receives, and looks after the session meanwhile.
///
/// Its `Sender` outlives a broken session: it knows what became of the messages that were under way then.
actor SenderRole {
    /// How it ended, if the session did not break.
    enum End: Sendable, Equatable {
        /// The configuration has changed, or the worker stops.
        case over
        /// Telegram does not accept the token; the reason.
        case rejected(String)
    }

    private let presence: Presence
    private let check: DatabaseCheck
    private let inbox: UpdateInbox
    private let wakePath: WakePath
    private let limits: SenderStateMachine.Limits
    private let reactor: Reactor
    private let events: @Sendable (WorkerEvent) -> Void

    private var sender: Sender?
    private var senderToken: BotToken?
    private var receiving: Task<Void, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    init(
        presence: Presence, check: DatabaseCheck, inbox: UpdateInbox, wakePath: WakePath,
        limits: SenderStateMachine.Limits,
        reactor: Reactor, events: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.presence = presence
        self.check = check
        self.inbox = inbox
        self.wakePath = wakePath
        self.limits = limits
        self.reactor = reactor
        self.events = events
    }

    /// Sends and receives until the session breaks or ``leave()`` is called; then gives the lock back.
    ///
    /// - Parameters:
    ///   - pooler: looks what is in between, where something is.
    ///   - troubled: called when the session is not what it should be although the server has not ended it.
    func perform(
        for reception: Reception, on connection: Connection, pooler: PoolerCheck?,
        troubled: @escaping @Sendable (SenderUpkeep.Trouble) async -> Void
    ) async throws -> End {
        let receiving = Task {
            await inbox.settle()
            let task = ReceivingTask(reception: reception, inbox: inbox, reactor: reactor, events: events)
            if let reason = await task.run() { await sender?.reject(reason) }
        }
        self.receiving = receiving
        let result: Result<End, any Error>
        do {
            result = .success(try await send(with: reception.api, on: connection, pooler: pooler, troubled: troubled))
        } catch {
            result = .failure(error)
        }
        // Telegram serves one receiver: this one has ended before the next one begins.
        receiving.cancel()
        await receiving.value
        self.receiving = nil
        return try result.get()
    }

    private func send(
        with api: BotAPI, on connection: Connection, pooler: PoolerCheck?,
        troubled: @escaping @Sendable (SenderUpkeep.Trouble) async -> Void
    ) async throws -> End {
        let sender = reuse(for: api)
        self.sender = sender
        events(.becameSender)
        let upkeep = SenderUpkeep(
            presence: presence, check: check, sender: sender, inbox: inbox, wakePath: wakePath, pooler: pooler,
            reactor: reactor)
        let looking = Task {
            if let trouble = await upkeep.run(on: connection), !Task.isCancelled { await troubled(trouble) }
        }
        defer { looking.cancel() }
        let catalog = try await OdooCatalog.load(from: connection)
        let end = try await sender.run(on: connection, catalog: catalog)
        if case .disconnected(let error) = end { throw error }
        // What the next one is to do may differ: bot, limits, or nothing at all.
        self.sender = nil
        senderToken = nil
        try await SenderLock.release(on: connection)
        if case .rejected(let reason) = end { return .rejected(reason) }
        return .over
    }

    private func reuse(for api: BotAPI) -> Sender {
        if let sender, senderToken == api.token { return sender }
        senderToken = api.token
        return Sender(reactor: reactor, api: api, limits: limits, events: events)
    }

    // MARK: From outside

    /// The queue may hold something new.
    func wake(byChange: Bool = false) async {
        await sender?.wake(byChange: byChange)
    }

    /// There is something to settle, which is the sender's to do.
    func settle() async {
        if sender != nil { await inbox.settle() }
    }

    /// Begins nothing new; ``perform(for:on:pooler:troubled:)`` returns when what is under way is recorded.
    func leave() async {
        receiving?.cancel()
        await sender?.drain()
    }

    /// Leaves, and cuts short what takes longer than this.
    func leave(within timeout: Duration) async {
        receiving?.cancel()
        guard let sender else { return }
        events(.draining(inFlight: await sender.inFlight))
        await sender.drain()
        await reactor.sleep(for: timeout)
        let left = await sender.inFlight
        if left > 0 { events(.abandoned(inFlight: left)) }
        await sender.abandon()
        // What the database does not take now either stays for the next sender to judge.
        await reactor.sleep(for: .seconds(3))
        await sender.disconnected(PostgresError(.timeout, message: "the database did not answer in time"))
    }

    /// The session is gone: nothing new is begun.
    func disconnected(_ error: PostgresError) async {
        receiving?.cancel()
        await sender?.disconnected(error)
    }
}
