public import Reactor
public import ServiceLifecycle

/// The worker as a service: connects, stands by until it may send, sends, and starts over when something breaks.
public struct WorkerService: Service {
    private let supervisor: Supervisor

    /// - Parameters:
    ///   - schemaVersion: the schema version that this program works with.
    ///   - events: called for everything that happens; on the reactor's thread, so it must be quick.
    public init(
        _ configuration: WorkerConfiguration, schemaVersion: Int, reactor: Reactor,
        events: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        supervisor = Supervisor(
            configuration, schemaVersion: schemaVersion, reactor: reactor, events: events)
    }

    /// Runs until the service group is shut down gracefully: then finishes what is under way, within the drain timeout.
    ///
    /// - Throws: ``StartupProblem`` or `PostgresError` for what waiting cannot mend, when it is met at the start.
    public func run() async throws {
        try await withGracefulShutdownHandler {
            try await withTaskCancellationHandler {
                try await supervisor.run()
            } onCancel: {
                stop()
            }
        } onGracefulShutdown: {
            stop()
        }
    }

    /// Takes the updates that Telegram posts.
    public var webhooks: WebhookReceiver { WebhookReceiver(inbox: supervisor.inbox) }

    /// The queue as the database has it now, or had it two seconds ago.
    func queueFigures() async -> QueueFigures? { await supervisor.inbox.queue.figures() }

    /// How many connections with the database are open besides the session.
    func inboxConnections() async -> Int { await supervisor.inbox.queue.connections() }

    /// Ends what serves webhooks. To be called when nothing is posted any more.
    public func close() async {
        await supervisor.inbox.close()
    }

    /// Reads the configuration in the database again.
    public func reload() async {
        await supervisor.reload()
    }

    private func stop() {
        Task { await supervisor.stop() }
    }
}
