/// Decides what the sender does next: when to ask the queue for how much, what to send, what to record, when to wait.
///
/// One exchange with the database is under way at a time; what is finished meanwhile is recorded by the next one, so the
/// batches grow with the load by themselves. Knows no socket and no clock but the `now` it is given.
struct SenderStateMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How fast, and how much at once.
    struct Limits: Sendable, Equatable {
        /// Messages a second over all chats; 0 is unlimited.
        var messagesPerSecond: Double = 30
        /// Messages a second in one chat; 0 is unlimited.
        var messagesPerChatPerSecond: Double = 1
        /// Requests under way at once.
        var concurrency = 64

        /// What may be sent at once after a pause. Telegram lets short bursts pass in a chat (Bots FAQ, "My bot is
        /// hitting limits"); over all chats a second of burst would make two seconds' worth in one.
        var burst: Double { messagesPerSecond / 5 }
        var chatBurst: Double { max(3, messagesPerChatPerSecond) }
    }

    /// One message of so many goes because it has waited longest, whatever its priority, when urgent ones crowd.
    static let fairShare = 10
    /// So many rows more than are claimed are looked at; those that turn out to be behind others are marked.
    static let slack = 64
    /// When there are more of them: how many rows, and how many lanes, are looked at. A few milliseconds each.
    static let crowdedWindow = 500, walkedLanes = 256

    /// One exchange with the database: record what is finished, then claim.
    struct Exchange: Sendable, Equatable {
        var finished: [Finished] = []
        var requeued: [Requeued] = []
        /// Messages that wait out an outage which is over.
        var broughtForward: [Int64] = []
        var claim: OutboxClaim?

        var isEmpty: Bool { finished.isEmpty && requeued.isEmpty && broughtForward.isEmpty && claim == nil }
    }

    enum Action: Sendable, Equatable {
        /// Talk to the database, then call ``SenderStateMachine/exchanged(_:now:)``.
        case exchange(Exchange)
        /// Nothing to do before this moment, unless something happens.
        case wait(until: Instant?)
        /// Drained: nothing is under way and everything is recorded.
        case finished
    }

    private let limits: Limits
    private var pace: Pace
    private var horizon = QueueHorizon()
    /// Telegram is not reached, or has troubles of its own: one message is tried then.
    private var disturbedUntil: Instant?
    private var failures = 0
    /// The message that met the last failure.
    private var troubled: Int64?
    private var outage = OutageMemory()

    /// Messages under way to Telegram, or waiting to be recorded; of each chat at most one.
    private var underWay: [Int64: (chat: Int64, attempt: Int, begun: Instant)] = [:]
    private var pending = Exchange()
    private var inExchange: Exchange?
    private var mayHaveWork = true
    private var nextDue: Instant?
    /// Chats that the last claim left out because they have to wait.
    private var paced: Set<Int64> = []
    /// Rows behind others hide what is ready: then lanes are looked at as well.
    private var isCrowded = false
    /// Where the last look at lanes ended.
    private var walkedTo: OutboxClaim.Lane?
    /// Answers and replies claimed since the last message that was claimed for having waited longest.
    private var urgentInRow = 0
    private var isDraining = false

    init(limits: Limits, now: Instant) {
        self.limits = limits
        pace = Pace(limits: limits, now: now)
    }

    // MARK: What happens

    /// A session begins, or it is time to look at the whole queue, however long it may take.
    mutating func lookAround() {
        horizon.searchAll()
        mayHaveWork = true
    }

    /// The queue may hold something that was not there before.
    mutating func wake() {
        mayHaveWork = true
    }

    /// No more claims: finish what is under way.
    mutating func drain() {
        isDraining = true
    }

    /// An attempt is over.
    mutating func attempted(
        _ id: Int64, chat: Int64, verdict: Verdict, flow: Verdict.Flow, now: Instant, jitter: Double
    ) {
        if flow != .untried { pace.attempted(chat, at: now) }
        // The chat is free then, and the next of its lane comes forward.
        mayHaveWork = true
        switch verdict {
        case .finish(let finished):
            pending.finished.append(finished)
            outage.forget(id)
        case .requeue(let requeued):
            pending.requeued.append(requeued)
            let due = now + requeued.delay
            nextDue = nextDue.map { min($0, due) } ?? due
        }
        switch flow {
        case .untried: break
        case .open:
            outage.forget(id)
            // A message that fails alone has only itself to wait for.
            if failures > 1 { pending.broughtForward += outage.end() }
            failures = 0
            troubled = nil
            disturbedUntil = nil
        case .throttled(let pause):
            pace.throttled(chat, for: pause, begun: underWay[id]?.begun ?? now, at: now)
        case .disturbed:
            if case .requeue = verdict { outage.postponed(id) }
            // Those that were under way together fail together: that is one failure. And a message that fails again
            // and again may itself be the cause: only another one's failure speaks of the way to Telegram.
            guard disturbedUntil == nil, troubled != id else { break }
            troubled = id
            failures += 1
            guard failures > 1 else { break }
            disturbedUntil = now + Backoff(limit: .seconds(60)).pause(after: failures - 1, jitter: jitter)
        case .unauthorized:
            // One message is enough to learn whether the token is accepted again.
            failures = max(failures, 2)
            disturbedUntil = now + .seconds(60)
        }
    }

    /// The database has done an exchange.
    ///
    /// - Parameter answer: what it answered to the claim.
    mutating func exchanged(_ answer: OutboxClaim.Answer, now: Instant) {
        guard let done = inExchange else { return }
        inExchange = nil
        for id in done.finished.map(\.id) + done.requeued.map(\.id) { underWay[id] = nil }
        guard let claim = done.claim else { return }
        for message in answer.messages { underWay[message.id] = (message.chatID, message.attempt, now) }
        pace.begin(answer.messages.count, at: now)
        count(answer.messages, of: claim)
        nextDue = answer.dueIn.map { now + $0 }
        walkedTo = answer.walkedTo
        // Fewer cannot hide anything: a window is so much wider than what is claimed.
        isCrowded = answer.marked > Self.slack
        // A full answer, or marked rows, may mean that there is more.
        if answer.messages.count == claim.limit || answer.marked > 0 { mayHaveWork = true }
        if let sight = answer.sight, horizon.saw(sight) { mayHaveWork = true }
        // A chat that had to wait may have ready messages: it is asked for when it may go on, which may be by now.
        paced = claim.busy.subtracting(underWay.values.lazy.map(\.chat))
        pace.forgetIdleChats(now)
    }

    /// Counts towards the next message that goes because it has waited longest.
    private mutating func count(_ messages: [OutboxMessage], of claim: OutboxClaim) {
        if messages.count < claim.limit || claim.reserve == 0 && messages.contains(where: { !$0.isUrgent }) {
            // Nobody is kept waiting.
            urgentInRow = 0
        } else {
            urgentInRow = max(0, urgentInRow + messages.count - Self.fairShare * claim.reserve)
        }
    }

    /// The database did not do the exchange: what it was to record is kept.
    mutating func exchangeFailed() {
        guard let failed = inExchange else { return }
        inExchange = nil
        pending.finished = failed.finished + pending.finished
        pending.requeued = failed.requeued + pending.requeued
        pending.broughtForward = failed.broughtForward + pending.broughtForward
        mayHaveWork = true
    }

    /// Attempts that this process knows about: all others with an intent are somebody else's.
    var known: [OutboxAttempt] { underWay.map { OutboxAttempt(id: $0.key, attempt: $0.value.attempt) } }

    /// Until when nothing is sent at all.
    var pausedUntil: Instant? {
        [throttledUntil, disturbedUntil].compactMap(\.self).max()
    }

    /// Until when Telegram asked the whole bot to wait.
    var throttledUntil: Instant? { pace.pausedUntil }

    /// Takes up a pause that was persisted: a chat's, or without one the bot's.
    mutating func pause(_ chat: Int64? = nil, until: Instant) {
        pace.pause(chat, until: until)
        mayHaveWork = true
    }

    // MARK: What to do

    mutating func next(_ now: Instant) -> Action {
        guard inExchange == nil else { return .wait(until: nil) }
        pace.expire(now)
        if let until = disturbedUntil, until <= now { disturbedUntil = nil }
        if let due = nextDue, due <= now { (nextDue, mayHaveWork) = (nil, true) }
        if paced.contains(where: { !pace.isPaced($0, now) }) { (paced, mayHaveWork) = ([], true) }

        var exchange = pending
        let limit = capacity(now)
        if mayHaveWork, limit > 0 {
            // Ready messages of busy chats are looked at too, so that those behind others get marked: room for them.
            let busy = busyChats(now)
            let window = (isCrowded ? Self.crowdedWindow : limit + Self.slack) + busy.count
            exchange.claim = OutboxClaim(
                limit: limit, window: window, busy: busy,
                reserve: urgentInRow < Self.fairShare - 1 ? 0 : (urgentInRow + limit) / Self.fairShare,
                marks: horizon.marks,
                walk: isCrowded ? OutboxClaim.Walk(after: walkedTo, lanes: Self.walkedLanes) : nil)
            mayHaveWork = false
        }
        guard exchange.isEmpty else {
            pending = Exchange()
            inExchange = exchange
            return .exchange(exchange)
        }
        if isDraining, underWay.isEmpty { return .finished }
        return .wait(until: isDraining ? nil : wakeTime(now))
    }

    private func capacity(_ now: Instant) -> Int {
        guard !isDraining, pausedUntil == nil else { return 0 }
        let concurrency = failures > 1 ? 1 : limits.concurrency
        let inFlight = underWay.count - pending.finished.count - pending.requeued.count
        return max(0, min(concurrency - inFlight, pace.available(at: now)))
    }

    /// Chats that a claim must leave out. Those whose message the same exchange records are free.
    private func busyChats(_ now: Instant) -> Set<Int64> {
        let recorded = Set(pending.finished.map(\.id) + pending.requeued.map(\.id))
        var busy = pace.pacedChats(now)
        for (id, message) in underWay where !recorded.contains(id) { busy.insert(message.chat) }
        return busy
    }

    private func wakeTime(_ now: Instant) -> Instant? {
        var times = [nextDue].compactMap(\.self)
        if mayHaveWork {
            if let pausedUntil {
                times.append(pausedUntil)
            } else if pace.available(at: now) == 0 {
                times.append(pace.refill(after: now))
            }
        }
        times += paced.compactMap { pace.wakeTime(of: $0, now) }
        return times.min()
    }
}
