import Telegram

@testable import Worker

/// Watches a simulation and says what is wrong.
struct SimulationObserver {
    typealias Instant = ContinuousClock.Instant

    private let limits: SenderStateMachine.Limits
    private(set) var problems: [String] = []
    private var bot: TokenBucket
    /// Counted when attempts begin.
    private var begins: [Int64: TokenBucket] = [:]
    /// Counted when they end.
    private var ends: [Int64: TokenBucket] = [:]
    private var pausedChats: [Int64: Instant] = [:]
    private var suspicion = ThrottleSuspicion()
    private var pausedUntil: Instant
    /// Telegram has asked them to wait: how slow they go since then is the machine's to decide.
    private var slowedChats: Set<Int64> = []
    private var isSlowed = false
    private var deliveries: [(id: Int64, part: Int)] = []
    /// Ready messages: how many others have gone meanwhile, and how many may.
    private var overtaken: [Int64: (times: Int, bound: Int, since: Instant)] = [:]

    init(limits: SenderStateMachine.Limits, now: Instant) {
        self.limits = limits
        bot = TokenBucket(rate: limits.messagesPerSecond, capacity: limits.burst, now: now)
        pausedUntil = now
    }

    mutating func complain(_ problem: String) {
        if problems.count < 5 { problems.append(problem) }
    }

    /// Limits begin anew with a new sender, pauses do not.
    mutating func newSender(at now: Instant) {
        bot = TokenBucket(rate: limits.messagesPerSecond, capacity: limits.burst, now: now)
        (begins, ends, pausedChats) = ([:], [:], [:])
        suspicion = ThrottleSuspicion()
        (slowedChats, isSlowed) = ([], false)
        pausedUntil = now
    }

    // MARK: On the way

    mutating func claims(at now: Instant) {
        if pausedUntil > now { complain("claims although Telegram asked the bot to wait") }
    }

    mutating func begins(_ message: OutboxMessage, beside others: [OutboxMessage], at now: Instant) {
        if others.count >= limits.concurrency { complain("\(others.count + 1) under way") }
        if others.contains(where: { $0.chatID == message.chatID }) {
            complain("two under way in chat \(message.chatID)")
        }
        if let until = pausedChats[message.chatID], until > now { complain("chat \(message.chatID) is to wait") }
        // A sequence keeps to a token bucket exactly when no stretch of it exceeds rate × time + capacity.
        if bot.available(at: now) == 0 { complain("the bot exceeds its rate") }
        bot.take(at: now)
        var chat = begins[message.chatID] ?? newChat(now)
        if chat.available(at: now) == 0 { complain("chat \(message.chatID) exceeds its rate") }
        chat.take(at: now)
        begins[message.chatID] = chat
    }

    /// Nobody waits for ever, however urgent the others are: every tenth is the one that has waited longest, so a ready
    /// message lets at most ten go for each that has waited longer, and what is under way.
    mutating func overtakes(_ message: OutboxMessage, in queue: SimulatedQueue, noticed: Set<Int64>, at now: Instant) {
        overtaken[message.id] = nil
        let heads = queue.heads
        let busy = Set(queue.rows.lazy.filter(\.isSending).map(\.lane.chat))
        for row in queue.rows where row.id != message.id && !row.isSending && noticed.contains(row.id) {
            guard heads[row.lane] == row.id, row.availableAt <= now, !busy.contains(row.lane.chat),
                pausedChats[row.lane.chat, default: now] <= now, ends[row.lane.chat]?.available(at: now) != 0,
                !slowedChats.contains(row.lane.chat)
            else { continue }
            // A row that moves to another chat waits anew.
            if let count = overtaken[row.id], count.since != row.availableAt { overtaken[row.id] = nil }
            // Counted once, when it is overtaken first: those that come later have not waited longer.
            var count =
                overtaken[row.id]
                ?? (
                    0,
                    10 * (queue.rows.count { $0.availableAt <= row.availableAt } + 1) + 3 * limits.concurrency,
                    row.availableAt
                )
            count.times += 1
            overtaken[row.id] = count
            if count.times > count.bound { complain("message \(row.id) is overtaken \(count.times) times") }
        }
    }

    mutating func ends(_ message: OutboxMessage, _ flow: Verdict.Flow, at now: Instant) {
        var chat = ends[message.chatID] ?? newChat(now)
        chat.take(at: now)
        ends[message.chatID] = chat
        guard case .throttled(let pause) = flow else { return }
        pausedChats[message.chatID] = now + pause
        slowedChats.insert(message.chatID)
        if suspicion.isBots(message.chatID, at: now) {
            pausedUntil = max(pausedUntil, now + pause)
            isSlowed = true
        }
    }

    mutating func delivered(_ message: OutboxMessage) {
        deliveries.append((message.id, message.partsSent))
    }

    /// There is room and nothing is paused: then nothing that may go may be left lying.
    mutating func waits(
        until: Instant?, ready: [SimulatedQueue.Row], heads: [SimulatedQueue.Lane: Int64], at now: Instant
    ) {
        // Answers of the database take up to 10 ms, and a time that was told is late by as much.
        if let until, until <= now + .milliseconds(20) { return }
        guard bot.available(at: now) > 0, pausedUntil <= now else { return }
        let left = ready.first { row in
            !row.isSending && row.availableAt <= now && heads[row.lane] == row.id
                && pausedChats[row.lane.chat, default: now] <= now
                && ends[row.lane.chat]?.available(at: now) != 0
                && (until == nil || !isSlowed && !slowedChats.contains(row.lane.chat))
        }
        if let left { complain("waits \(until.map { "\($0 - now)" } ?? "for ever") beside message \(left.id)") }
    }

    // MARK: At the end

    mutating func judge(_ queue: SimulatedQueue, world: SimulatedWorld, arrived: Int64) {
        if !queue.rows.isEmpty { complain("\(queue.rows.count) messages never end: \(queue.rows[0])") }
        for id in 0..<arrived {
            let entries = queue.ledger[id + 1] ?? []
            guard let entry = entries.first, entries.count == 1 else {
                complain("message \(id + 1) is \(entries.count) times in the ledger")
                continue
            }
            judge(entry, hold: world.hold)
        }
        if !world.hasRival { judgeOrder(queue) }
    }

    private mutating func judge(_ entry: SimulatedQueue.Entry, hold: Bool) {
        let row = entry.row
        for part in 0..<row.parts {
            let times = deliveries.count { $0 == (row.id, part) }
            if entry.outcome == .sent, times == 0 { complain("part \(part) of \(row.id) is sent and did not arrive") }
            let isKnown = entry.outcome == .sent || part < row.partsSent
            if times > row.inDoubt + (isKnown ? 1 : 0) {
                complain("part \(part) of \(row.id) arrived \(times) times with \(row.inDoubt) doubts")
            }
            if hold, times > 1 { complain("part \(part) of \(row.id) arrived \(times) times though it is to be held") }
        }
        if hold, row.inDoubt > (entry.outcome == .unknown ? 1 : 0) {
            complain("message \(row.id) was tried again though it is to be held")
        }
        if !hold, entry.outcome == .unknown { complain("message \(row.id) is held though it is to be sent again") }
    }

    /// First in, first out within a lane, and the parts of a message one after the other. What was committed late may have
    /// been overtaken before.
    private mutating func judgeOrder(_ queue: SimulatedQueue) {
        var last: [SimulatedQueue.Lane: (Int64, Int)] = [:]
        for (id, part) in deliveries {
            guard let row = queue.ledger[id]?.first?.row, !row.isLate else { continue }
            let lane = row.lane
            if let before = last[lane], before > (id, part) {
                complain("\(lane): \((id, part)) arrived after \(before)")
            }
            last[lane] = (id, part)
        }
    }

    private func newChat(_ now: Instant) -> TokenBucket {
        TokenBucket(rate: limits.messagesPerChatPerSecond, capacity: limits.chatBurst, now: now)
    }
}
