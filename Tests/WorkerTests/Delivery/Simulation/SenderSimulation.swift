import Telegram
import TestSupport

@testable import Worker

/// Runs a ``SenderStateMachine`` as `Sender` does, in virtual time, against a simulated queue, Telegram and network.
///
/// There is no slow timer: whatever the machine misses is missed for ever, and found at the end.
struct SenderSimulation {
    typealias Instant = ContinuousClock.Instant

    /// What becomes of an exchange.
    enum Fate {
        case done
        /// The server refuses it, or the session breaks before it has effect.
        case withoutEffect
        /// The session breaks after it has effect.
        case answerLost
    }

    enum Event {
        case arrival(SimulatedWorld.Arrival)
        case committed(Int64, transaction: UInt64, notifies: Bool, isChange: Bool)
        case notified(Int64, byChange: Bool)
        case commit(SenderStateMachine.Exchange, Fate, exchange: Int)
        case answer(OutboxClaim.Answer, due: Instant?, exchange: Int)
        case attemptEnds(OutboxMessage, SendOutcome, isDelivered: Bool)
        case timer(Int)
        case sessionBreaks
        case sessionStands
        case drain
    }

    let world: SimulatedWorld
    var random: SeededGenerator
    let start = Instant.now
    var now: Instant
    var schedule: [(at: Instant, event: Event)] = []

    var queue: SimulatedQueue
    var machine: SenderStateMachine
    var hasSession = true
    var isDraining = false
    /// Number of the exchange under way.
    var exchange: Int?
    /// What was sent to the database and has had no effect yet.
    var uncommitted: SenderStateMachine.Exchange?
    var exchanges = 0
    var timer = 0

    var arrived: Int64 = 0
    var noticed: Set<Int64> = []
    var inFlight: [Int64: OutboxMessage] = [:]
    var begun = 0
    /// Chats that have another id now.
    var moved: Set<Int64> = []
    var observer: SimulationObserver

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        world = SimulatedWorld(using: &random)
        now = start
        queue = SimulatedQueue(start: start)
        machine = SenderStateMachine(limits: world.limits, now: now)
        observer = SimulationObserver(limits: world.limits, now: now)
    }

    /// Runs to the end.
    ///
    /// - Returns: what was wrong.
    mutating func run() -> [String] {
        for arrival in world.arrivals { plan(.arrival(arrival), after: arrival.after) }
        for loss in world.losses { plan(.sessionBreaks, after: loss) }
        for drain in world.drains { plan(.drain, after: drain) }
        step()
        var events = 0
        while let next = schedule.popLast() {
            now = next.at
            handle(next.event)
            events += 1
            if events > 20_000 || now - start > .seconds(24 * 3600) {
                observer.complain("does not end")
                break
            }
        }
        observer.judge(queue, world: world, arrived: arrived)
        let expected = 50 + 8 * (begun + world.arrivals.count) + 10 * (world.losses.count + world.drains.count)
        if exchanges > expected { observer.complain("\(exchanges) exchanges for \(begun) attempts") }
        return observer.problems
    }

    mutating func plan(_ event: Event, after delay: Duration) {
        let at = now + delay
        // The next one is the last; of those at the same time, the one that was planned first.
        var (low, high) = (0, schedule.count)
        while low < high {
            let middle = (low + high) / 2
            if schedule[middle].at > at { low = middle + 1 } else { high = middle }
        }
        schedule.insert((at, event), at: low)
    }

    // MARK: What happens

    private mutating func handle(_ event: Event) {
        switch event {
        case .arrival(let arrival):
            arrived += 1
            let transaction = queue.begin(
                SimulatedQueue.Row(
                    id: arrived, lane: arrival.lane, parts: arrival.parts, availableAt: now,
                    isLate: arrival.open > .zero))
            // The trigger decides now, and the transaction commits later.
            plan(
                .committed(
                    arrived, transaction: transaction, notifies: queue.isParked, isChange: arrival.lane.priority == 2),
                after: arrival.open)
        case .committed(let id, let transaction, let notifies, let isChange):
            queue.commit(transaction)
            if notifies { plan(.notified(id, byChange: isChange), after: random.milliseconds(0...3)) }
        case .notified(let id, let byChange):
            noticed.insert(id)
            guard hasSession else { break }
            machine.wake(byChange: byChange)
            step()
        case .commit(let exchange, let fate, let number):
            if number == self.exchange { commit(exchange, fate, number) }
        case .answer(let answer, let due, let number):
            guard number == exchange else { break }
            exchange = nil
            var answer = answer
            answer.dueIn = due.map { $0 - now }
            machine.exchanged(answer, now: now)
            for message in answer.messages { begin(message) }
            step()
        case .attemptEnds(let message, let outcome, let isDelivered):
            end(message, outcome, isDelivered)
        case .timer(let number):
            if number == timer { step() }
        case .sessionBreaks:
            if hasSession, now - start < world.calm { breakSession() }
        case .sessionStands:
            hasSession = true
            queue.recover(mine: machine.known, hold: world.hold, now: now)
            noticed.formUnion(queue.rows.map(\.id))
            queue.isParked = true
            machine.begin()
            step()
        case .drain:
            isDraining = true
            machine.drain()
            step()
        }
    }

    private mutating func commit(_ exchange: SenderStateMachine.Exchange, _ fate: Fate, _ number: Int) {
        uncommitted = nil
        switch fate {
        case .withoutEffect: breakSession()
        case .answerLost:
            _ = apply(exchange)
            breakSession()
        case .done:
            let answer = apply(exchange)
            // Whoever was silent is seen by a claim.
            if exchange.claim != nil { noticed.formUnion(queue.rows.map(\.id)) }
            let due = exchange.claim == nil ? nil : queue.nextDue(now: now)
            let delay = random.milliseconds(0.1...10)
            plan(.answer(answer, due: due.map { $0 + delay }, exchange: number), after: delay)
        }
    }

    private mutating func apply(_ exchange: SenderStateMachine.Exchange) -> OutboxClaim.Answer {
        if !exchange.finished.isEmpty { queue.finish(exchange.finished, now: now) }
        queue.requeue(exchange.requeued, now: now)
        queue.bringForward(exchange.broughtForward, now: now)
        if let parks = exchange.parks { queue.isParked = parks }
        return exchange.claim.map { queue.claim($0, now: now) } ?? OutboxClaim.Answer()
    }

    private mutating func breakSession() {
        hasSession = false
        timer += 1
        if exchange != nil {
            // What was on its way may still have effect, before the server lets go of the lock.
            if let uncommitted, random.happens(0.5) { _ = apply(uncommitted) }
            (exchange, uncommitted) = (nil, nil)
            machine.exchangeFailed()
        }
        if world.hasRival, random.happens(0.7) { rivalSends() }
        plan(.sessionStands, after: random.milliseconds(100...5000))
    }

    /// Another instance takes over, sends a little, and dies.
    private mutating func rivalSends() {
        queue.recover(mine: [], hold: world.hold, now: now)
        queue.isParked = random.happens(0.5)
        let claim = OutboxClaim(limit: 3, window: 67, busy: [])
        for message in queue.claim(claim, now: now).messages where random.happens(0.7) {
            observer.delivered(message)
            guard random.happens(0.5) else { continue }
            let parts = message.partsSent + 1
            if parts < queue.rows.first(where: { $0.id == message.id })?.parts ?? 1 {
                queue.requeue(
                    [
                        Requeued(
                            id: message.id, attempt: message.attempt, delay: .zero, partsSent: parts, messageID: 1)
                    ], now: now)
            } else {
                queue.finish([Finished(id: message.id, outcome: .sent, messageID: 1, parts: parts)], now: now)
            }
        }
    }

    // MARK: What the sender does

    private mutating func begin(_ message: OutboxMessage) {
        begun += 1
        observer.begins(message, beside: Array(inFlight.values), at: now)
        if world.isFlood { observer.overtakes(message, in: queue, noticed: noticed, at: now) }
        inFlight[message.id] = message
        var (outcome, isDelivered) = world.outcome(of: message.chatID, at: now - start, using: &random)
        if case .migrated = outcome { moved.insert(message.chatID) }
        if moved.contains(message.chatID) { (outcome, isDelivered) = (.migrated(to: -message.chatID), false) }
        plan(.attemptEnds(message, outcome, isDelivered: isDelivered), after: random.milliseconds(world.latency))
    }

    private mutating func end(_ message: OutboxMessage, _ outcome: SendOutcome, _ isDelivered: Bool) {
        inFlight[message.id] = nil
        if isDelivered { observer.delivered(message) }
        // The row may be gone meanwhile: then a rival has sent it.
        let parts = queue.rows.first { $0.id == message.id }?.parts ?? 1
        let (verdict, flow) = Verdict.decide(
            outcome, of: message, parts: parts, text: nil, hold: world.hold,
            jitter: .random(in: 0...1, using: &random))
        observer.ends(message, flow, at: now)
        machine.attempted(
            message.id, chat: message.chatID, verdict: verdict, flow: flow, now: now,
            jitter: .random(in: 0...1, using: &random))
        step()
    }

    private mutating func step() {
        guard hasSession else { return }
        timer += 1
        switch machine.next(now) {
        case .exchange(let new):
            if exchange != nil { observer.complain("two exchanges at once") }
            if new.claim != nil { observer.claims(at: now) }
            if isDraining, new.claim != nil { observer.complain("claims while draining") }
            exchanges += 1
            (exchange, uncommitted) = (exchanges, new)
            let goesWrong = now - start < world.calm && random.happens(world.databaseTrouble)
            let fate: Fate = !goesWrong ? .done : random.happens(0.5) ? .withoutEffect : .answerLost
            plan(.commit(new, fate, exchange: exchanges), after: random.milliseconds(0.1...10))
        case .wait(let until):
            // After failures the machine may try one message at a time.
            let hasRoom = inFlight.isEmpty || world.isSmooth && inFlight.count < world.limits.concurrency
            if exchange == nil, !isDraining, hasRoom, machine.pausedUntil == nil {
                let chats = Set(inFlight.values.map(\.chatID))
                let ready = queue.rows.filter { noticed.contains($0.id) && !chats.contains($0.lane.chat) }
                observer.waits(until: until, ready: ready, heads: queue.heads, at: now)
            }
            if let until { plan(.timer(timer), after: max(.zero, until - now)) }
        case .finished:
            if !isDraining { observer.complain("finished without being drained") }
            if !inFlight.isEmpty { observer.complain("finished with messages under way") }
            // The next sender finds nothing in doubt, except what a rival left.
            isDraining = false
            let found = queue.recover(mine: [], hold: world.hold, now: now)
            if found > 0, !world.hasRival { observer.complain("\(found) attempts are not recorded after a drain") }
            machine = SenderStateMachine(limits: world.limits, now: now)
            queue.isParked = true
            machine.begin()
            observer.newSender(at: now)
            noticed.formUnion(queue.rows.map(\.id))
            step()
        }
    }
}
