/// Whether the sender waits to be notified, as it has told the triggers by `tgworker.sender_parked`, and whom that came too
/// late for.
///
/// A trigger reads the value while its transaction runs, and stays silent when the sender has work. If the sender parks
/// before that transaction commits, nobody tells it. So, once parked, it looks again and again, ever more rarely, until every
/// transaction has ended that was running when it first looked: those that begin to write later find it parked. What the
/// last one inserted is seen by the same look that sees its end.
struct Parking: Sendable, Equatable {
    typealias Instant = ContinuousClock.Instant

    /// Between two looks, at first and at most.
    static let shortest = Duration.milliseconds(1), longest = Duration.seconds(1)

    /// What the triggers are told.
    private(set) var isParked = true
    /// Transactions that may have stayed silent and are still running; nil until the first look after parking.
    private var running: Set<UInt64>?
    private var pause = Self.shortest
    /// When to look again.
    private(set) var nextLook: Instant?

    /// The triggers have been told that the sender waits. Whoever told them otherwise before, the next look is the first.
    mutating func park() {
        self = Parking()
    }

    /// The triggers have been told that it does not.
    mutating func leave() {
        isParked = false
        nextLook = nil
    }

    /// A look at the queue saw which transactions are over.
    mutating func looked(_ snapshot: QueueHorizon.Snapshot, now: Instant) {
        guard isParked else { return }
        let left = (running ?? snapshot.running).filter { !snapshot.isOver($0) }
        running = left
        nextLook = left.isEmpty ? nil : now + pause
        pause = min(pause * 2, Self.longest)
    }

    /// Whether it is time to look again. To be asked once.
    mutating func isDue(_ now: Instant) -> Bool {
        guard let nextLook, nextLook <= now else { return false }
        self.nextLook = nil
        return true
    }
}
