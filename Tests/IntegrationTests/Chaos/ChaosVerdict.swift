/// Compares what was promised with what arrived.
///
/// What counts as a duplicate: a message, or part of one, that Telegram accepted more than once. Each attempt whose
/// outcome nobody knows may make one; the ledger counts these attempts (`in_doubt`), so a row may have at most so many
/// duplicates. More are an error, and so is any where unknown outcomes are held.
struct ChaosVerdict: Sendable {
    private(set) var events = 0
    private(set) var delivered = 0
    /// In the ledger as refused by Telegram.
    private(set) var refused = 0
    /// In the ledger as unknown, for an operator to decide.
    private(set) var held = 0
    private(set) var lost = 0
    private(set) var duplicated = 0
    private(set) var duplicatedInDoubt = 0
    private(set) var disordered = 0
    private(set) var updates = 0
    private(set) var updatesWrong = 0
    /// What is wrong, each in one line that leads with the rows and arrivals concerned.
    private(set) var problems: [String] = []

    private let facts: ChaosFacts
    private var arrivals: [Key: [ChaosFacts.Arrival]] = [:]
    private var entries: [Key: [ChaosFacts.Entry]] = [:]

    private struct Key: Hashable {
        let kind: ChaosFacts.Kind
        let token: Int
    }

    private struct Lane: Hashable {
        let kind: ChaosFacts.Kind
        let chat: Int64
    }

    init(_ facts: ChaosFacts) {
        self.facts = facts
        for arrival in facts.arrivals {
            if let key = Self.key(arrival.content) { arrivals[key, default: []].append(arrival) }
        }
        for entry in facts.ledger {
            if let token = entry.token { entries[Key(kind: entry.kind, token: token), default: []].append(entry) }
        }
        judgeTransactions()
        for promise in facts.promises { judge(promise) }
        judgeAnswers()
        judgeOrder()
        judgeUpdates()
    }

    private static func key(_ content: ChaosContent) -> Key? {
        switch content {
        case .order(let token): Key(kind: .order, token: token)
        case .reply(let token, _): Key(kind: .reply, token: token)
        case .answer: nil
        }
    }

    private mutating func problem(
        _ text: String, _ entries: [ChaosFacts.Entry] = [], _ arrivals: [ChaosFacts.Arrival] = []
    ) {
        problems.append(([text] + entries.map(\.description) + arrivals.map(\.description)).joined(separator: "; "))
    }

    // MARK: Transactions

    private mutating func judgeTransactions() {
        let committed = Set(facts.promises.map(\.token))
        for token in facts.acknowledged.subtracting(committed).sorted() {
            problem("the database has forgotten the committed event \(token)")
        }
        for token in facts.rolledBack.intersection(committed).sorted() {
            problem("event \(token) was rolled back and is there")
        }
        let promised = Set(facts.promises.map { Key(kind: $0.kind, token: $0.token) })
        for key in Set(arrivals.keys).union(entries.keys).subtracting(promised) {
            problem(
                "a message of no committed event, \(key.kind.rawValue) \(key.token)", entries[key] ?? [],
                arrivals[key] ?? [])
        }
        for row in facts.queued { problem("left in the queue: \(row)") }
    }

    // MARK: Events

    private mutating func judge(_ promise: ChaosFacts.Promise) {
        events += 1
        let key = Key(kind: promise.kind, token: promise.token)
        let rows = entries[key] ?? []
        let received = arrivals[key] ?? []
        guard rows.count == 1 else {
            lost += rows.isEmpty ? 1 : 0
            return problem("\(rows.count) rows in the ledger for \(promise)", rows, received)
        }
        for arrival in received where arrival.chat != promise.chat {
            problem("in the wrong chat: \(promise)", rows, [arrival])
        }
        let isWhole = isWhole(promise, received)
        judge(rows[0], isWhole: isWhole, received)
        countDuplicates(rows[0], of: received, distinct: Set(received.map(\.content)).count)
    }

    private mutating func judge(_ row: ChaosFacts.Entry, isWhole: Bool, _ received: [ChaosFacts.Arrival]) {
        switch row.outcome {
        case "sent" where isWhole:
            delivered += 1
            if let id = row.messageID, !received.contains(where: { $0.messageID == id }) {
                problem("the ledger names message \(id), which is another one's", [row], received)
            }
        case "failed" where row.reason.contains("blocked"): refused += 1
        case "unknown" where facts.holds: held += 1
        default:
            lost += 1
            problem("lost: \(row.outcome) in the ledger, but not with the customer", [row], received)
        }
    }

    /// Whether all of it is with the customer. The parts of a long reply must be in order besides.
    private mutating func isWhole(_ promise: ChaosFacts.Promise, _ received: [ChaosFacts.Arrival]) -> Bool {
        guard promise.kind == .reply else { return !received.isEmpty }
        var seen: Set<ChaosContent> = []
        let parts = received.filter { seen.insert($0.content).inserted }.compactMap { arrival in
            if case .reply(_, let words) = arrival.content { words } else { nil }
        }
        let sorted = parts.sorted { $0.lowerBound < $1.lowerBound }
        if parts != sorted {
            disordered += 1
            problem("parts out of order: \(promise)", [], received)
        }
        var next = 1
        for words in sorted {
            guard words.lowerBound == next else { return false }
            next = words.upperBound + 1
        }
        return next == promise.words + 1
    }

    private mutating func countDuplicates(
        _ row: ChaosFacts.Entry, of received: [ChaosFacts.Arrival], distinct: Int
    ) {
        let surplus = received.count - distinct
        guard surplus > 0 else { return }
        duplicated += surplus
        let doubts = facts.holds ? 0 : row.inDoubt
        duplicatedInDoubt += min(surplus, doubts)
        if surplus > doubts {
            problem("\(surplus) duplicates, but \(row.inDoubt) in doubt", [row], received)
        }
    }

    // MARK: Answers

    /// Answers to commands say the same to everybody: they are told apart by the message that the ledger names.
    private mutating func judgeAnswers() {
        let rows = Dictionary(grouping: facts.ledger.filter { $0.kind == .answer }, by: \.chat)
        let received = Dictionary(
            grouping: facts.arrivals.filter { $0.content == .answer }, by: \.chat)
        for chat in Set(rows.keys).union(received.keys).union(facts.answers.keys) {
            judgeAnswers(in: chat, rows[chat] ?? [], received[chat] ?? [])
        }
    }

    private mutating func judgeAnswers(
        in chat: Int64, _ rows: [ChaosFacts.Entry], _ received: [ChaosFacts.Arrival]
    ) {
        let expected = facts.answers[chat] ?? 0
        events += expected
        if rows.count != expected {
            lost += max(0, expected - rows.count)
            problem("chat \(chat): \(expected) commands, \(rows.count) answers in the ledger", rows, received)
        }
        var left = received
        for row in rows {
            let index = left.firstIndex { $0.messageID == row.messageID }
            let named = index.map { [left.remove(at: $0)] } ?? []
            judge(row, isWhole: !named.isEmpty, named)
        }
        // What no row names came of attempts in doubt.
        let doubts = rows.reduce(0) { $0 + $1.inDoubt + ($1.outcome == "unknown" ? 1 : 0) }
        let surplus = left.count
        guard surplus > 0 else { return }
        let unknown = rows.count { $0.outcome == "unknown" }
        duplicated += facts.holds ? max(0, surplus - unknown) : surplus
        duplicatedInDoubt += facts.holds ? 0 : min(surplus, doubts)
        if surplus > (facts.holds ? unknown : doubts) {
            problem("chat \(chat): \(surplus) answers too many, but \(doubts) in doubt", rows, left)
        }
    }

    // MARK: Order

    /// Within a chat and kind, messages come in the order of their rows. What is not known to be sent may come late.
    private mutating func judgeOrder() {
        let lanes = Dictionary(grouping: facts.ledger.filter { $0.outcome == "sent" }) {
            Lane(kind: $0.kind, chat: $0.chat)
        }
        let byMessage = Dictionary(facts.arrivals.map { ($0.messageID, $0) }) { first, _ in first }
        for rows in lanes.values {
            var last: (place: Int, row: ChaosFacts.Entry)?
            for row in rows.sorted(by: { $0.outboxID < $1.outboxID }) {
                let arrival =
                    row.token.map { arrivals[Key(kind: row.kind, token: $0)]?.first }
                    ?? row.messageID.map { byMessage[$0] }
                guard let arrival = arrival ?? nil else { continue }
                if let last, arrival.sequence < last.place {
                    disordered += 1
                    problem("out of order", [last.row, row], [arrival])
                }
                last = (arrival.sequence, row)
            }
        }
    }

    // MARK: Updates

    private mutating func judgeUpdates() {
        updates = facts.updates.count
        for update in facts.updates where facts.updateLog[update] != "handled" {
            updatesWrong += 1
            problem("update \(update) is \(facts.updateLog[update] ?? "not in the log")")
        }
        let recorded = Dictionary(grouping: facts.recorded, by: \.self).mapValues(\.count)
        for text in facts.texts where recorded[text] != 1 {
            updatesWrong += 1
            problem("\(text) is there \(recorded[text] ?? 0) times")
        }
        for text in Set(facts.recorded).subtracting(facts.texts) { problem("nobody wrote \(text)") }
        let chats = Dictionary(grouping: facts.recorded, by: \.chat)
        for (chat, texts) in chats where texts.map(\.token) != texts.map(\.token).sorted() {
            disordered += 1
            problem("a customer's texts are out of order, chat \(chat): \(texts.map(\.token))")
        }
    }
}
