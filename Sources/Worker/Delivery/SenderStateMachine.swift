/// Decides what the sender does next: when to ask the queue for how much, what to send, what to record, when to wait.
///
/// One exchange with the database is under way at a time; what is finished meanwhile is recorded by the next one, so the
/// batches grow with the load by themselves. Knows no socket and no clock but the `now` it is given.
struct SenderStateMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// One message of so many goes because it has waited longest, whatever its priority, when urgent ones crowd.
    static let fairShare = 10
    /// So many rows more than are claimed are looked at; those that turn out to be behind others are marked, and where
    /// there were any, more are looked at the next time. Each row that is looked at costs as much as one that is claimed.
    static let slack = 8, wideSlack = 64
    /// When there are more of them: how many rows, and how many lanes, are looked at. A few milliseconds each.
    static let crowdedWindow = 500, walkedLanes = 256
    /// When so many requests are under way, fewer outcomes than this wait for company, but no longer than that: an exchange
    /// has a price of its own, which they share.
    static let batch = 32, gathering = Duration.milliseconds(2)

    /// So many glances follow one another at most, lest what only a survey tells grows old.
    static let glancesInARow = 32
    /// So many changed orders are taken at once when one has woken the sender.
    static let changes = 8

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
    /// When the first outcome of `pending` was known.
    private var pendingSince: Instant?
    private var inExchange: Exchange?
    /// What there may be to claim.
    private enum Expectation: Comparable {
        case nothing
        /// A changed order, with all facts of it in the row.
        case change
        case anything
    }
    private var expected = Expectation.anything
    /// The next claim is a survey: a glance cannot tell what is to be known.
    private var needsSurvey = true
    private var glances = 0
    /// The last claim took all that it was allowed to.
    private var hasBacklog = false
    /// No row waits, as far as the last survey has seen, and none has been claimed since.
    private(set) var foundNothing = false
    private var parking = Parking()
    private var nextDue: Instant?
    /// Chats that the last claim left out because they have to wait.
    private var paced: Set<Int64> = []
    /// Rows that the last claim found behind others. If they are many they hide what is ready: then lanes are looked at as
    /// well.
    private var marked = 0
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

    /// It is time to look at the whole queue, however long it may take.
    mutating func lookAround() {
        horizon.searchAll()
        survey()
    }

    /// A session begins, with the triggers told that the sender waits.
    mutating func begin() {
        parking.park()
        lookAround()
    }

    private mutating func survey() {
        expected = .anything
        needsSurvey = true
    }

    /// The queue may hold something that was not there before.
    ///
    /// - Parameter byChange: an order's state has changed, with all facts of it in the row.
    mutating func wake(byChange: Bool = false) {
        expected = max(expected, byChange ? .change : .anything)
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
        expected = .anything
        if pendingSince == nil { pendingSince = now }
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
        if let parks = done.parks { parks ? parking.park() : parking.leave() }
        guard let claim = done.claim else { return }
        for message in answer.messages { underWay[message.id] = (message.chatID, message.attempt, now) }
        pace.begin(answer.messages.count, at: now)
        count(answer.messages, of: claim)
        // A look at changes only sees a transaction's end and not all of its rows.
        if claim.depth != .changes, let snapshot = answer.snapshot { parking.looked(snapshot, now: now) }
        // A full answer may mean that there is more.
        hasBacklog = answer.messages.count == claim.limit
        if hasBacklog { expected = .anything }
        if !answer.messages.isEmpty { foundNothing = false }
        switch claim.depth {
        case .changes: sawChanges(answer, of: claim)
        case .glance: glanced(answer)
        case .survey: surveyed(answer, now)
        }
        // A chat that had to wait may have ready messages: it is asked for when it may go on, which may be by now.
        paced = claim.busy.subtracting(underWay.values.lazy.map(\.chat))
        pace.forgetIdleChats(now)
    }

    private mutating func surveyed(_ answer: OutboxClaim.Answer, _ now: Instant) {
        if answer.messages.isEmpty, let sight = answer.sight { foundNothing = sight.oldest == nil }
        nextDue = answer.dueIn.map { now + $0 }
        walkedTo = answer.walkedTo
        marked = answer.marked
        glances = 0
        needsSurvey = answer.marked > 0
        if needsSurvey { expected = .anything }
        if let sight = answer.sight, horizon.saw(sight) { survey() }
    }

    private mutating func sawChanges(_ answer: OutboxClaim.Answer, of claim: OutboxClaim) {
        glances += 1
        // Whoever has woken us was not among them, or there are more.
        if answer.messages.isEmpty || answer.messages.count == claim.window { expected = .anything }
        if let snapshot = answer.snapshot, horizon.hasLeftBehind(snapshot) { lookAround() }
    }

    private mutating func glanced(_ answer: OutboxClaim.Answer) {
        glances += 1
        // What it saw and left is behind others, or too much, or somebody has locked it: the survey can tell.
        guard answer.seen == answer.messages.count else { return survey() }
        if let sight = answer.sight, horizon.saw(sight) { survey() }
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
        survey()
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
        expected = .anything
    }

    // MARK: What to do

    mutating func next(_ now: Instant) -> Action {
        guard inExchange == nil else { return .wait(until: nil) }
        pace.expire(now)
        if let until = disturbedUntil, until <= now { disturbedUntil = nil }
        if let due = nextDue, due <= now {
            nextDue = nil
            survey()
        }
        if paced.contains(where: { !pace.isPaced($0, now) }) {
            paced = []
            survey()
        }
        if parking.isDue(now) { expected = .anything }

        if let gathered = gatheringEnd, now < gathered { return .wait(until: gathered) }
        var exchange = pending
        if expected == .nothing, !parking.isParked, !isDraining {
            exchange.parks = true
            survey()
        }
        // When these are ready, the database tells.
        if !exchange.requeued.isEmpty || !exchange.broughtForward.isEmpty { needsSurvey = true }
        let limit = capacity(now)
        if expected > .nothing, limit > 0 {
            exchange.claim = claim(limit, now)
            expected = .nothing
        }
        if hasBacklog, parking.isParked, !exchange.isEmpty { exchange.parks = false }
        guard exchange.isEmpty else {
            pending = Exchange()
            pendingSince = nil
            inExchange = exchange
            return .exchange(exchange)
        }
        if isDraining, underWay.isEmpty { return .finished }
        return .wait(until: isDraining ? nil : wakeTime(now))
    }

    private func claim(_ limit: Int, _ now: Instant) -> OutboxClaim {
        // Ready messages of chats that have to wait are looked at too: room for them.
        let paced = pace.pacedChats(now)
        let busy = busyChats(now, paced: paced)
        let reserve = urgentInRow < Self.fairShare - 1 ? 0 : (urgentInRow + limit) / Self.fairShare
        let onlyChanges = expected == .change
        if !needsSurvey, paced.isEmpty, reserve == 0, glances < Self.glancesInARow {
            return OutboxClaim(
                limit: limit, window: onlyChanges ? Self.changes : limit, busy: busy, marks: horizon.marks,
                depth: onlyChanges ? .changes : .glance)
        }
        let isCrowded = marked > Self.wideSlack
        let window =
            (isCrowded ? Self.crowdedWindow : limit + (marked > 0 ? Self.wideSlack : Self.slack)) + paced.count
        return OutboxClaim(
            limit: limit, window: window, busy: busy, marks: horizon.marks,
            depth: .survey(
                reserve: reserve, walk: isCrowded ? OutboxClaim.Walk(after: walkedTo, lanes: Self.walkedLanes) : nil))
    }

    private var inFlight: Int { underWay.count - pending.finished.count - pending.requeued.count }

    /// Until when what is finished waits for more; nil when there is room for many, or nothing that is about to finish.
    private var gatheringEnd: Instant? {
        guard let pendingSince, inFlight >= Self.batch, limits.concurrency - inFlight < Self.batch else { return nil }
        return pendingSince + Self.gathering
    }

    private func capacity(_ now: Instant) -> Int {
        guard !isDraining, pausedUntil == nil else { return 0 }
        let concurrency = failures > 1 ? 1 : limits.concurrency
        return max(0, min(concurrency - inFlight, pace.available(at: now)))
    }

    /// Chats that a claim must leave out. Those whose message the same exchange records are free.
    private func busyChats(_ now: Instant, paced: Set<Int64>) -> Set<Int64> {
        let recorded = Set(pending.finished.map(\.id) + pending.requeued.map(\.id))
        var busy = paced
        for (id, message) in underWay where !recorded.contains(id) { busy.insert(message.chat) }
        return busy
    }

    private func wakeTime(_ now: Instant) -> Instant? {
        var times = [nextDue, parking.nextLook].compactMap(\.self)
        if expected > .nothing {
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
