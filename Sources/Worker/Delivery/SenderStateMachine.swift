/// Decides what the sender does next: when to ask the queue for how much, what to send, what to record, when to wait.
/// How deep it looks at the queue is ``ClaimPolicy``'s decision, how fast it sends ``Pace``'s, and whether it is of any
/// use ``CircuitBreaker``'s.
///
/// One exchange with the database is under way at a time; what is finished meanwhile is recorded by the next one, so
/// the batches grow with the load by themselves. Knows no socket and no clock but the `now` it is given.
struct SenderStateMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// When so many requests are under way, fewer outcomes than this wait for company, but no longer than that: an
    /// exchange has a price of its own, which they share.
    static let batch = 32, gathering = Duration.milliseconds(2)

    private let limits: Limits
    private var pace: Pace
    private var breaker = CircuitBreaker()

    /// Messages under way to Telegram, or waiting to be recorded; of each chat at most one.
    private var underWay: [Int64: (chat: Int64, attempt: Int, begun: Instant)] = [:]
    private var pending = Exchange()
    /// When the first outcome of `pending` was known.
    private var pendingSince: Instant?
    private var inExchange: Exchange?

    private var policy = ClaimPolicy()
    /// The last claim took all that it was allowed to.
    private var hasBacklog = false
    /// No row waits, as far as the last survey has seen, and none has been claimed since.
    private(set) var foundNothing = false
    private var parking = Parking()
    /// When a message becomes ready that is not yet.
    private var nextDue: Instant?
    /// Chats that the last claim left out because they have to wait.
    private var paced: Set<Int64> = []
    private var isDraining = false

    init(limits: Limits, now: Instant) {
        self.limits = limits
        pace = Pace(limits: limits, now: now)
    }

    // MARK: What happens

    /// It is time to look at the whole queue, however long it may take.
    mutating func lookAround() {
        policy.surveyAll()
    }

    /// A session begins, with the triggers told that the sender waits.
    mutating func begin() {
        parking.park()
        lookAround()
    }

    /// The queue may hold something that was not there before.
    ///
    /// - Parameter byChange: an order's state has changed, with all facts of it in the row.
    mutating func wake(byChange: Bool = false) {
        policy.expect(byChange ? .change : .anything)
    }

    /// Takes up a pause that was persisted: a chat's, or without one the bot's.
    mutating func pause(_ chat: Int64? = nil, until: Instant) {
        pace.pause(chat, until: until)
        policy.expect(.anything)
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
        policy.expect(.anything)
        if pendingSince == nil { pendingSince = now }
        switch flow {
        case .untried: break
        case .open: pending.broughtForward += breaker.succeeded(id)
        case .throttled(let pause): pace.throttled(chat, for: pause, begun: underWay[id]?.begun ?? now, at: now)
        case .disturbed: breaker.failed(id, at: now, jitter: jitter)
        case .unauthorized: breaker.rejected(at: now)
        }
        switch verdict {
        case .finish(let finished):
            pending.finished.append(finished)
            breaker.forget(id)
        case .requeue(let requeued):
            pending.requeued.append(requeued)
            let due = now + requeued.delay
            nextDue = nextDue.map { min($0, due) } ?? due
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
        hasBacklog = answer.messages.count == claim.limit
        if !answer.messages.isEmpty { foundNothing = false }
        policy.saw(answer, of: claim)
        // A look at changes only sees a transaction's end and not all of its rows.
        if claim.depth != .changes, let snapshot = answer.snapshot { parking.looked(snapshot, now: now) }
        if case .survey = claim.depth {
            nextDue = answer.dueIn.map { now + $0 }
            if answer.messages.isEmpty, let sight = answer.sight { foundNothing = sight.oldest == nil }
        }
        // A chat that had to wait may have ready messages: it is asked for when it may go on, which may be by now.
        paced = claim.busy.subtracting(underWay.values.lazy.map(\.chat))
        pace.forgetIdleChats(now)
    }

    /// The database did not do the exchange: what it was to record is kept.
    mutating func exchangeFailed() {
        guard let failed = inExchange else { return }
        inExchange = nil
        pending.finished = failed.finished + pending.finished
        pending.requeued = failed.requeued + pending.requeued
        pending.broughtForward = failed.broughtForward + pending.broughtForward
        policy.survey()
    }

    // MARK: What is known

    /// Attempts that this process knows about: all others with an intent are somebody else's.
    var known: [OutboxAttempt] { underWay.map { OutboxAttempt(id: $0.key, attempt: $0.value.attempt) } }

    /// Until when nothing is sent at all.
    var pausedUntil: Instant? {
        [throttledUntil, breaker.openUntil].compactMap(\.self).max()
    }

    /// Until when Telegram asked the whole bot to wait.
    var throttledUntil: Instant? { pace.pausedUntil }

    // MARK: What to do

    mutating func next(_ now: Instant) -> Action {
        guard inExchange == nil else { return .wait(until: nil) }
        pace.expire(now)
        breaker.expire(now)
        if let due = nextDue, due <= now {
            nextDue = nil
            policy.survey()
        }
        if paced.contains(where: { !pace.isPaced($0, now) }) {
            paced = []
            policy.survey()
        }
        if parking.isDue(now) { policy.expect(.anything) }

        if let gathered = gatheringEnd, now < gathered { return .wait(until: gathered) }
        var exchange = pending
        if policy.expected == .nothing, !parking.isParked, !isDraining {
            exchange.parks = true
            policy.survey()
        }
        // When these are ready, the database tells.
        if !exchange.requeued.isEmpty || !exchange.broughtForward.isEmpty { policy.needsSurvey = true }
        exchange.claim = claim(now)
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

    private mutating func claim(_ now: Instant) -> OutboxClaim? {
        let limit = capacity(now)
        guard policy.expected > .nothing, limit > 0 else { return nil }
        let paced = pace.pacedChats(now)
        return policy.claim(limit, busy: busyChats(paced: paced), paced: paced.count)
    }

    private var inFlight: Int { underWay.count - pending.finished.count - pending.requeued.count }

    /// Until when what is finished waits for more; nil when there is room for many, or nothing that is about to finish.
    private var gatheringEnd: Instant? {
        guard let pendingSince, inFlight >= Self.batch, limits.concurrency - inFlight < Self.batch else { return nil }
        return pendingSince + Self.gathering
    }

    private func capacity(_ now: Instant) -> Int {
        guard !isDraining, pausedUntil == nil else { return 0 }
        let concurrency = breaker.isTripped ? 1 : limits.concurrency
        return max(0, min(concurrency - inFlight, pace.available(at: now)))
    }

    /// Chats that a claim must leave out. Those whose message the same exchange records are free.
    private func busyChats(paced: Set<Int64>) -> Set<Int64> {
        let recorded = Set(pending.finished.map(\.id) + pending.requeued.map(\.id))
        var busy = paced
        for (id, message) in underWay where !recorded.contains(id) { busy.insert(message.chat) }
        return busy
    }

    private func wakeTime(_ now: Instant) -> Instant? {
        var times = [nextDue, parking.nextLook].compactMap(\.self)
        if policy.expected > .nothing {
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
