import Reactor

/// The worker in figures, for Prometheus. Fed with the worker's events; what others know better (the queue, the kernel)
/// is asked when the figures are read.
public final class WorkerMetrics: Sendable {
    private let state = LockBox(Tally())

    /// The media type of ``exposition()``.
    public static let contentType = Exposition.contentType

    /// Nothing has happened yet.
    public init() {}

    /// Follows an event.
    public func record(_ event: WorkerEvent) {
        state.withLock { $0.record(event) }
    }

    /// All figures, in Prometheus' text format.
    ///
    /// - Parameter worker: is asked for the queue; when the database does not tell within some seconds, the rest is told.
    public func exposition(of worker: WorkerService) async -> String {
        let queue = await worker.queueFigures()
        return exposition(queue: queue, inboxConnections: await worker.inboxConnections())
    }

    /// - Parameters:
    ///   - queue: nil when the database does not tell.
    ///   - inboxConnections: those besides the session.
    func exposition(queue: QueueFigures?, inboxConnections: Int = 0) -> String {
        let tally = state.withLock { $0 }
        var exposition = Exposition()
        tally.write(to: &exposition, inboxConnections: inboxConnections)
        QueueFigures.write(queue, to: &exposition)
        ProcessFigures.current()?.write(to: &exposition)
        return exposition.text
    }
}
