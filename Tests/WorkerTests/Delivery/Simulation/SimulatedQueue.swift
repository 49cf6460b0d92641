import Telegram

@testable import Worker

/// The outbox and the ledger in memory: what `OutboxStatements` and the lanes' trigger promise, without SQL.
struct SimulatedQueue {
    typealias Instant = ContinuousClock.Instant

    typealias Lane = OutboxClaim.Lane

    struct Row {
        let id: Int64
        var lane: Lane
        /// Messages that its text takes.
        let parts: Int
        var availableAt: Instant
        /// The transaction that inserts it.
        var transaction: UInt64 = 0
        /// Its transaction took its time: whoever looks meanwhile does not see the row.
        var isLate = false
        var isBehind = false
        var attempt = 0
        var isSending = false
        var inDoubt = 0
        var failures = 0
        var partsSent = 0
        var messageID: Int64?
    }

    struct Entry {
        let outcome: Finished.Outcome
        let row: Row
    }

    /// The server's clock is counted from here.
    let start: Instant
    /// All that is visible, in the order of their ids.
    private(set) var rows: [Row] = []
    /// Inserted in transactions that are still open.
    private var uncommitted: [Row] = []
    private var transactions: UInt64 = 1
    private(set) var ledger: [Int64: [Entry]] = [:]

    init(start: Instant) { self.start = start }

    /// Inserts a row in a transaction that stays open.
    ///
    /// - Returns: its number.
    mutating func begin(_ row: Row) -> UInt64 {
        transactions += 1
        var row = row
        row.transaction = transactions
        uncommitted.append(row)
        return transactions
    }

    /// Ends a transaction: its row is there from now on.
    mutating func commit(_ transaction: UInt64) {
        for row in uncommitted where row.transaction == transaction {
            rows.insert(row, at: rows.firstIndex { $0.id > row.id } ?? rows.endIndex)
        }
        uncommitted.removeAll { $0.transaction == transaction }
    }

    /// What the triggers are told: whether the sender waits to be notified.
    var isParked = true

    /// The first row of each lane.
    var heads: [Lane: Int64] {
        rows.reduce(into: [:]) { heads, row in heads[row.lane] = min(heads[row.lane] ?? row.id, row.id) }
    }

    mutating func claim(_ claim: OutboxClaim, now: Instant) -> OutboxClaim.Answer {
        let heads = heads
        var answer = OutboxClaim.Answer()
        var candidates: [Row] = []
        for priority in claim.depth == .changes ? 2...2 : 0...2 {
            candidates +=
                rows
                .filter {
                    $0.lane.priority == priority && !$0.isBehind && !$0.isSending && $0.availableAt <= now
                        && moment($0.availableAt) >= claim.marks.moments[priority] ?? .min
                }
                .sorted { ($0.availableAt, $0.id) < ($1.availableAt, $1.id) }
                .prefix(claim.window)
        }
        let firsts = rows.reduce(into: [Lane: Int64]()) { firsts, row in
            if row.id >= claim.marks.oldest, firsts[row.lane] == nil { firsts[row.lane] = row.id }
        }
        let behind = Set(candidates.lazy.filter { firsts[$0.lane] ?? $0.id < $0.id }.map(\.id))
        var ready = candidates.filter { !behind.contains($0.id) }
        if case .survey(_, let walk?) = claim.depth {
            let lanes = heads.keys.sorted().filter { lane in walk.after.map { $0 < lane } ?? true }.prefix(walk.lanes)
            answer.walkedTo = lanes.count == walk.lanes ? lanes.last : nil
            let known = Set(ready.map(\.id))
            let found = Set(lanes.compactMap { heads[$0] }).subtracting(known)
            ready += rows.filter { found.contains($0.id) && !$0.isBehind && !$0.isSending && $0.availableAt <= now }
        }
        ready.removeAll { claim.busy.contains($0.lane.chat) }
        // One of each chat: first those that have waited longest, then the most urgent.
        var chosen: [Row] = []
        func choose(_ order: (Row, Row) -> Bool, limit: Int) {
            for row in ready.sorted(by: order) where chosen.count < limit {
                if !chosen.contains(where: { $0.lane.chat == row.lane.chat }) { chosen.append(row) }
            }
        }
        choose({ ($0.availableAt, $0.id) < ($1.availableAt, $1.id) }, limit: claim.reserve)
        // Within a chat by id, whatever became available when.
        let best = Dictionary(grouping: ready, by: \.lane.chat).compactMapValues { rows in
            rows.min { ($0.lane.priority, $0.id) < ($1.lane.priority, $1.id) }
        }
        ready = Array(best.values)
        choose(
            { ($0.lane.priority, $0.availableAt, $0.id) < ($1.lane.priority, $1.availableAt, $1.id) },
            limit: claim.limit)
        if case .survey = claim.depth {
            for index in rows.indices where behind.contains(rows[index].id) { rows[index].isBehind = true }
        }
        answer.messages = chosen.compactMap { row in rows.firstIndex { $0.id == row.id } }.map { index in
            rows[index].isSending = true
            rows[index].attempt += 1
            let row = rows[index]
            return OutboxMessage(
                id: row.id, priority: row.lane.priority, chatID: row.lane.chat, content: .reply(text: "", replyTo: nil),
                attempt: row.attempt, partsSent: row.partsSent, firstMessageID: row.messageID, enqueuedAt: 0,
                failures: row.failures, inDoubt: row.inDoubt)
        }
        answer.seen = candidates.count
        let taken = behind.union(chosen.map(\.id))
        let left = (0...2).map { priority in
            let seen = candidates.filter { $0.lane.priority == priority }
            var moments = seen.filter { !taken.contains($0.id) }.map { moment($0.availableAt) }
            if seen.count == claim.window, let last = seen.last { moments.append(moment(last.availableAt)) }
            return moments.min() ?? moment(now)
        }
        let snapshot = QueueHorizon.Snapshot(next: transactions + 1, running: Set(uncommitted.map(\.transaction)))
        answer.snapshot = snapshot
        var sight = QueueHorizon.Sight(moment: moment(now), left: left, snapshot: snapshot)
        switch claim.depth {
        case .changes: answer.seen = 0
        case .glance: answer.sight = sight
        case .survey:
            answer.marked = behind.count
            sight.oldest = rows.first { $0.id >= claim.marks.oldest }?.id
            answer.sight = sight
        }
        return answer
    }

    /// The server's clock, in microseconds.
    private func moment(_ instant: Instant) -> Int64 {
        Int64(((instant - start) / .microseconds(1)).rounded(.down))
    }

    func nextDue(now: Instant) -> Instant? {
        rows.lazy.filter { !$0.isBehind && !$0.isSending && $0.availableAt > now }.map(\.availableAt).min()
    }

    mutating func finish(_ messages: [Finished], now: Instant) {
        let outcomes = Dictionary(messages.map { ($0.id, $0.outcome) }) { $1 }
        for message in messages where message.isInDoubt {
            if let index = rows.firstIndex(where: { $0.id == message.id }) { rows[index].inDoubt += 1 }
        }
        remove(at: now) { outcomes[$0.id] }
    }

    mutating func requeue(_ messages: [Requeued], now: Instant) {
        for message in messages {
            let index = rows.firstIndex { $0.id == message.id && $0.attempt == message.attempt && $0.isSending }
            guard let index else { continue }
            rows[index].isSending = false
            rows[index].availableAt = now + message.delay
            rows[index].inDoubt += message.isInDoubt ? 1 : 0
            rows[index].partsSent = message.partsSent
            rows[index].messageID = message.messageID
            switch message.failures {
            case .reset: rows[index].failures = 0
            case .unchanged: break
            case .another: rows[index].failures += 1
            }
            if case .moves(let chat, let newChat) = message.chat { move(chat, to: newChat, now: now) }
        }
    }

    private mutating func move(_ chat: Int64, to newChat: Int64, now: Instant) {
        for index in rows.indices where rows[index].lane.chat == chat {
            rows[index].lane = Lane(chat: newChat, priority: rows[index].lane.priority)
            rows[index].isBehind = false
            rows[index].availableAt = max(rows[index].availableAt, now)
        }
    }

    mutating func bringForward(_ ids: [Int64], now: Instant) {
        for index in rows.indices where ids.contains(rows[index].id) && !rows[index].isSending {
            rows[index].availableAt = min(rows[index].availableAt, now)
        }
    }

    /// How many attempts of others were found.
    @discardableResult
    mutating func recover(mine: [OutboxAttempt], hold: Bool, now: Instant) -> Int {
        let known = Set(mine)
        let found = rows.filter { $0.isSending && !known.contains(OutboxAttempt(id: $0.id, attempt: $0.attempt)) }
        let ids = Set(found.map(\.id))
        if hold {
            for index in rows.indices where ids.contains(rows[index].id) { rows[index].inDoubt += 1 }
            remove(at: now) { ids.contains($0.id) ? .unknown : nil }
        } else {
            for index in rows.indices where ids.contains(rows[index].id) {
                rows[index].isSending = false
                rows[index].inDoubt += 1
                rows[index].failures += 1
            }
        }
        return found.count
    }

    /// Moves rows to the ledger; then the next of their lanes come forward.
    private mutating func remove(at now: Instant, _ outcome: (Row) -> Finished.Outcome?) {
        var lanes: Set<Lane> = []
        rows.removeAll { row in
            guard let outcome = outcome(row) else { return false }
            ledger[row.id, default: []].append(Entry(outcome: outcome, row: row))
            lanes.insert(row.lane)
            return true
        }
        let heads = heads
        for index in rows.indices where lanes.contains(rows[index].lane) && heads[rows[index].lane] == rows[index].id {
            guard rows[index].isBehind else { continue }
            rows[index].isBehind = false
            rows[index].availableAt = max(rows[index].availableAt, now)
        }
    }
}

extension OutboxClaim.Lane: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        (left.chat, left.priority) < (right.chat, right.priority)
    }
}
