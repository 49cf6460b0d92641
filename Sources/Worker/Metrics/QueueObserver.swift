import Postgres
import Reactor

/// Reads the queue's figures when they are asked for, not more often than every few seconds, however many ask.
actor QueueObserver {
    private let pool: ConnectionPool
    private let reactor: Reactor
    private var last: (figures: QueueFigures, at: ContinuousClock.Instant)?
    private var reading: Task<QueueFigures?, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    /// As old may the figures be.
    private static let freshness = Duration.seconds(2)
    /// Prometheus gives up after ten seconds.
    private static let patience = Duration.seconds(3)

    init(pool: ConnectionPool, reactor: Reactor) {
        self.pool = pool
        self.reactor = reactor
    }

    /// - Returns: nil when the database does not tell.
    func figures() async -> QueueFigures? {
        if let last, .now - last.at < Self.freshness { return last.figures }
        let task = reading ?? Task { await read() }
        reading = task
        return await task.value
    }

    /// How many connections serve updates and such looks at this moment.
    func connections() async -> Int { await pool.connections }

    private func read() async -> QueueFigures? {
        defer { reading = nil }
        let figures = try? await pool.withConnection { connection in
            let answers = try await connection.group(QueueFigures.statements, timeout: Self.patience)
            return try QueueFigures(waiting: answers[0], rest: answers[1][0])
        }
        if let figures { last = (figures, .now) }
        return figures
    }
}
