import Postgres
import Reactor
import Telegram

/// Where every update comes in, polled or posted: has it handled on one of a few connections of its own, and does
/// afterwards what is no part of the transaction. Works on every instance, the standby ones included.
actor UpdateInbox {
    private let pool: ConnectionPool
    /// Looks at the queue by one of these connections.
    nonisolated let queue: QueueObserver
    private let operators: OperatorBus
    private let settler: Settler
    private let reactor: Reactor
    private let events: @Sendable (WorkerEvent) -> Void
    private(set) var reception: Reception?
    private var unavailability: String?

    /// Connections to the database: updates of so many people are handled at once.
    static let connections = 4

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    init(
        database: ConnectionConfiguration, reactor: Reactor, events: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        var configuration = database
        // Telegram asks again by itself: better to say soon that the database is away, or that a row cannot be had.
        configuration.timeout = .seconds(5)
        // Over the name that the command gives to all that it connects to.
        configuration.overrides["application_name"] = "tgworker inbox"
        // Nothing waits long in here: what is not answered is not there any more.
        configuration.heartbeat = Heartbeat(every: nil, limit: .seconds(10))
        pool = ConnectionPool(
            configuration, limit: Self.connections,
            opening: Statement.planning + [Statement("set lock_timeout = '500ms'")], on: reactor)
        queue = QueueObserver(pool: pool, reactor: reactor)
        operators = OperatorBus(pool: pool, database: database, reactor: reactor, events: events)
        settler = Settler(pool: pool, reactor: reactor, events: events)
        self.reactor = reactor
        self.events = events
    }

    /// Receives for this bot from now on; nil for none.
    func open(_ reception: Reception?) {
        self.reception = reception
    }

    /// Ends its connections.
    func close() async {
        reception = nil
        await pool.close()
        await operators.close()
    }

    /// Handles an update.
    ///
    /// - Throws: when that cannot be done now; then nothing has happened.
    func receive(_ update: ReadUpdate, for reception: Reception) async throws {
        let began = ContinuousClock.now
        let handler = UpdateHandler(bot: reception.bot)
        let aftermath = try await pool.withConnection { connection in
            try await handler.handle(update, on: connection)
        }
        if unavailability != nil { events(.receivingResumed) }
        unavailability = nil
        events(
            .updateHandled(
                updateID: update.raw.id, outcome: aftermath.isRepeated ? "repeated" : aftermath.outcome.name,
                took: .now - began))
        if case .failed(let reason) = aftermath.outcome {
            events(.updateFailed(updateID: update.raw.id, reason: reason))
        }
        if let callbackID = aftermath.callbackID {
            // The button stops waiting. Nothing is lost when this fails: it does so by itself after a while.
            Task { try? await reception.api.answerCallbackQuery(callbackID) }
        }
        if !aftermath.notices.isEmpty { await operators.tell(aftermath.notices) }
    }

    /// Says why Telegram has to post an update again, once for each reason.
    func reportUnavailable(_ reason: String) {
        if unavailability != reason { events(.receivingPaused(reason: reason, retryAfter: .zero)) }
        unavailability = reason
    }

    /// Says that the sender is alive and calls it, by another session than its own.
    func announceSender(_ presence: Presence, wakeUp: Duration?, calling payload: String) async throws {
        try await pool.withConnection { connection in
            try await presence.call(payload, wakeUp: wakeUp, on: connection)
        }
    }

    /// Carries out what managers and customers have left to be done, see ``Settlement``.
    func settle() async {
        guard let reception else { return }
        await settler.settle(bot: reception.bot.id)
    }
}
