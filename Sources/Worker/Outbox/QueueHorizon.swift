/// Up to which moment the queue has been taken: a claim need not search what lies before.
///
/// Entries of rows that are gone stay in the index as long as anybody holds an older snapshot, and each search from the
/// beginning would pass all of them. Rows become ready in the order of `available_at`, which is the server's clock when
/// they are inserted, come forward or are put back; so what lies before a moment is done with, but for three things:
///
/// - rows that a claim saw and left, because their chats have to wait, somebody has locked them or there were too many:
///   the mark stays before the oldest of them;
/// - rows of transactions still open: a transaction has its number before it inserts (but for an instant, the
///   ``margin``), so they are all visible once every transaction has ended that was running at that moment;
/// - rows of transactions that stay open for long: these are passed over, and when one ends the whole is searched.
///
/// The mark is a hint: the whole is searched at the start of a session and once a minute as well. All moments are the
/// server's, in microseconds since 1970.
struct QueueHorizon: Sendable, Equatable {
    /// Where a claim begins.
    struct Marks: Sendable, Equatable {
        /// For each priority, the moment from which the ready rows are searched; nil is all of them.
        var moments: [Int64?] = [nil, nil, nil]
        /// The id from which a lane is searched for an older row. One of a transaction that stayed open may have a lower
        /// id: it has been overtaken, and comes first as soon as it is looked at.
        var oldest: Int64 = 0
    }

    /// Which transactions are over (PostgreSQL, Transaction ID and Snapshot Information Functions).
    struct Snapshot: Sendable, Equatable {
        /// The number that the next transaction will have.
        var next: UInt64
        /// Those before it that are still running.
        var running: Set<UInt64> = []

        func isOver(_ transaction: UInt64) -> Bool { transaction < next && !running.contains(transaction) }
    }

    /// What a claim saw.
    struct Sight: Sendable, Equatable {
        /// When it looked.
        var moment: Int64
        /// For each priority, the oldest ready row that it left, or where it stopped; ``moment`` when it took all.
        var left: [Int64]
        /// The lowest id that waits, from ``Marks/oldest`` on; nil when there is none.
        var oldest: Int64?
        var snapshot: Snapshot
    }

    /// A moment, and the number that the first transaction after it has.
    private struct Sample: Equatable {
        var moment: Int64
        var next: UInt64
    }

    /// A row's time is taken an instant before its transaction has a number, if it is the first thing it writes.
    static let margin: Int64 = 250_000
    /// So long a transaction is waited for before it is passed over.
    static let patience: Int64 = 1_000_000

    private(set) var marks = Marks()
    private var sample: Sample?
    /// Everything that was inserted before is visible, but for the transactions passed over.
    private var settled: Int64?
    private var passed: Set<UInt64> = []

    /// The next claim searches the whole.
    mutating func searchAll() {
        marks = Marks()
    }

    /// Whether a transaction that was passed over has ended: what it inserted may lie before ``marks``.
    func hasLeftBehind(_ snapshot: Snapshot) -> Bool {
        passed.contains { snapshot.isOver($0) }
    }

    /// A claim that searched from ``marks`` saw this.
    ///
    /// - Returns: whether the whole is to be searched once more, because a transaction that was passed over has ended.
    mutating func saw(_ sight: Sight) -> Bool {
        let snapshot = sight.snapshot
        let ended = passed.filter { snapshot.isOver($0) }
        passed.subtract(ended)
        if let sample {
            let open = snapshot.running.filter { $0 < sample.next && !passed.contains($0) }
            if open.isEmpty || sight.moment - sample.moment > Self.patience + Self.margin {
                passed.formUnion(open)
                settled = sample.moment
                self.sample = nil
            }
        }
        if sample == nil { sample = Sample(moment: sight.moment - Self.margin, next: snapshot.next) }
        guard ended.isEmpty else {
            searchAll()
            return true
        }
        if let oldest = sight.oldest { marks.oldest = oldest }
        if let settled { marks.moments = sight.left.map { min($0, settled) } }
        return false
    }
}

extension QueueHorizon.Snapshot {
    /// Reads PostgreSQL's text form, `xmin:xmax:xip,xip…`; nil when it is something else.
    init?(_ text: String) {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 3, let next = UInt64(fields[1]) else { return nil }
        let running = fields[2].split(separator: ",").map { UInt64($0) }
        guard !running.contains(nil) else { return nil }
        self.init(next: next, running: Set(running.compactMap(\.self)))
    }
}
