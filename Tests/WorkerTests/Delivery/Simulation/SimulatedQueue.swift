import Telegram

@testable import Worker

/// The outbox and the ledger in memory: what `OutboxStatements` and the lanes' trigger promise, without SQL.
struct SimulatedQueue {
    typealias Instant = ContinuousClock.Instant

    struct Lane: Hashable {
        let chat: Int64
        let priority: Int
    }

    struct Row {
        let id: Int64
        var lane: Lane
        /// Messages that its text takes.
        let parts: Int
        var availableAt: Instant
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

    /// In the order of their ids.
    private(set) var rows: [Row] = []
    private(set) var ledger: [Int64: [Entry]] = [:]

    mutating func insert(_ row: Row) {
        rows.append(row)
    }

    /// The first row of each lane.
    var heads: [Lane: Int64] {
        rows.reduce(into: [:]) { heads, row in heads[row.lane] = min(heads[row.lane] ?? row.id, row.id) }
    }

    mutating func claim(
        _ claim: SenderStateMachine.Claim, now: Instant
    ) -> (claimed: [OutboxMessage], marked: Int) {
        let heads = heads
        var candidates: [Row] = []
        for priority in 0...2 {
            candidates +=
                rows
                .filter { $0.lane.priority == priority && !$0.isBehind && !$0.isSending && $0.availableAt <= now }
                .sorted { ($0.availableAt, $0.id) < ($1.availableAt, $1.id) }
                .prefix(claim.window)
        }
        let behind = Set(candidates.lazy.filter { heads[$0.lane] != $0.id }.map(\.id))
        var best: [Int64: Row] = [:]
        for row in candidates where !behind.contains(row.id) && !claim.busy.contains(row.lane.chat) {
            guard let other = best[row.lane.chat] else {
                best[row.lane.chat] = row
                continue
            }
            if (row.lane.priority, row.id) < (other.lane.priority, other.id) { best[row.lane.chat] = row }
        }
        let chosen = best.values
            .sorted {
                ($0.lane.priority, $0.availableAt, $0.id) < ($1.lane.priority, $1.availableAt, $1.id)
            }
            .prefix(claim.limit).map(\.id)
        for index in rows.indices where behind.contains(rows[index].id) { rows[index].isBehind = true }
        let claimed = chosen.compactMap { id in rows.firstIndex { $0.id == id } }.map { index in
            rows[index].isSending = true
            rows[index].attempt += 1
            let row = rows[index]
            return OutboxMessage(
                id: row.id, chatID: row.lane.chat, content: .reply(text: "", replyTo: nil), attempt: row.attempt,
                partsSent: row.partsSent, firstMessageID: row.messageID, enqueuedAt: 0, failures: row.failures,
                inDoubt: row.inDoubt)
        }
        return (claimed, behind.count)
    }

    func nextDue(now: Instant) -> Instant? {
        rows.lazy.filter { !$0.isBehind && !$0.isSending && $0.availableAt > now }.map(\.availableAt).min()
    }

    mutating func finish(_ messages: [Finished]) {
        let outcomes = Dictionary(messages.map { ($0.id, $0.outcome) }) { $1 }
        for message in messages where message.isInDoubt {
            if let index = rows.firstIndex(where: { $0.id == message.id }) { rows[index].inDoubt += 1 }
        }
        remove { outcomes[$0.id] }
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
            if case .moves(let chat, let newChat) = message.chat { move(chat, to: newChat) }
        }
    }

    private mutating func move(_ chat: Int64, to newChat: Int64) {
        for index in rows.indices where rows[index].lane.chat == chat {
            rows[index].lane = Lane(chat: newChat, priority: rows[index].lane.priority)
            rows[index].isBehind = false
        }
    }

    mutating func bringForward(_ ids: [Int64], now: Instant) {
        for index in rows.indices where ids.contains(rows[index].id) && !rows[index].isSending {
            rows[index].availableAt = min(rows[index].availableAt, now)
        }
    }

    /// How many attempts of others were found.
    @discardableResult
    mutating func recover(mine: [OutboxAttempt], hold: Bool) -> Int {
        let known = Set(mine)
        let found = rows.filter { $0.isSending && !known.contains(OutboxAttempt(id: $0.id, attempt: $0.attempt)) }
        let ids = Set(found.map(\.id))
        if hold {
            for index in rows.indices where ids.contains(rows[index].id) { rows[index].inDoubt += 1 }
            remove { ids.contains($0.id) ? .unknown : nil }
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
    private mutating func remove(_ outcome: (Row) -> Finished.Outcome?) {
        var lanes: Set<Lane> = []
        rows.removeAll { row in
            guard let outcome = outcome(row) else { return false }
            ledger[row.id, default: []].append(Entry(outcome: outcome, row: row))
            lanes.insert(row.lane)
            return true
        }
        let heads = heads
        for index in rows.indices where lanes.contains(rows[index].lane) && heads[rows[index].lane] == rows[index].id {
            rows[index].isBehind = false
        }
    }
}
