/// Which update goes to the webhook when: several lanes at a time, one update of a lane at a time, again after a
/// growing pause when it failed.
struct WebhookSchedule: Sendable {
    /// The pause after the first failure and the longest, in milliseconds. Telegram's are longer; tests wait for these.
    private static let pauses: (first: Int64, longest: Int64) = (100, 5000)

    private struct Queue {
        var updates: [Int64] = []
        var head = 0
        var failures = 0
        var isEmpty: Bool { head == updates.count }
    }

    private let maxConnections: Int
    private var queues: [Update.Lane: Queue] = [:]
    private var ready: [Update.Lane] = []
    private var readyHead = 0
    /// Ordered by the end of the pause.
    private var paused: [(until: Timestamp, lane: Update.Lane)] = []
    /// How many updates are on their way.
    private(set) var inFlight = 0

    /// - Parameter maxConnections: how many updates may be on their way at once (setWebhook, `max_connections`).
    init(maxConnections: Int) { self.maxConnections = maxConnections }

    mutating func enqueue(_ update: Update) {
        let isNew = queues[update.lane] == nil
        queues[update.lane, default: Queue()].updates.append(update.id)
        if isNew { ready.append(update.lane) }
    }

    /// The next update to send now, whose result is to be reported with ``finish(_:succeeded:retryAfter:at:)``.
    mutating func start(at now: Timestamp) -> (id: Int64, lane: Update.Lane)? {
        let due = paused.prefix { $0.until <= now }
        if !due.isEmpty {
            ready.append(contentsOf: due.map(\.lane))
            paused.removeFirst(due.count)
        }
        guard inFlight < maxConnections, readyHead < ready.count else { return nil }
        let lane = ready[readyHead]
        readyHead += 1
        if readyHead == ready.count || readyHead > 1024 {
            ready.removeFirst(readyHead)
            readyHead = 0
        }
        guard let queue = queues[lane], !queue.isEmpty else { return nil }
        inFlight += 1
        return (queue.updates[queue.head], lane)
    }

    /// Takes the result of an update that was started.
    mutating func finish(_ lane: Update.Lane, succeeded: Bool, retryAfter: Int64?, at now: Timestamp) {
        inFlight -= 1
        guard var queue = queues.removeValue(forKey: lane) else { return }
        if succeeded {
            queue.head += 1
            queue.failures = 0
            guard !queue.isEmpty else { return }
            if queue.head > 1024 {
                queue.updates.removeFirst(queue.head)
                queue.head = 0
            }
            ready.append(lane)
        } else {
            let growing = min(Self.pauses.first << Int64(min(queue.failures, 16)), Self.pauses.longest)
            queue.failures += 1
            let until = now.adding(milliseconds: retryAfter.map { $0 * 1000 } ?? growing)
            let place = paused.lastIndex { $0.until <= until }.map { $0 + 1 } ?? 0
            paused.insert((until, lane), at: place)
        }
        queues[lane] = queue
    }

    /// When the next pause ends.
    var nextWake: Timestamp? { paused.first?.until }
}
