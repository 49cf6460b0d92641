import Testing

@testable import Worker

@Suite("The horizon of the queue", .timeLimit(.minutes(5)))
struct QueueHorizonTests {
    private static let second: Int64 = 1_000_000

    private var horizon = QueueHorizon()

    /// A claim at a second that left nothing lying, unless it is said.
    private mutating func look(
        _ second: Int64, next: UInt64, running: Set<UInt64> = [], left: [Int64?] = [nil, nil, nil], oldest: Int64? = nil
    ) -> Bool {
        let moment = second * Self.second
        return horizon.saw(
            QueueHorizon.Sight(
                moment: moment, left: left.map { $0 ?? moment }, oldest: oldest,
                snapshot: QueueHorizon.Snapshot(next: next, running: running)))
    }

    private func mark(_ second: Int64) -> [Int64?] {
        Array(repeating: second * Self.second - QueueHorizon.margin, count: 3)
    }

    @Test("follows the looks by one: what was inserted before the last look is visible at this one")
    mutating func follows() {
        #expect(!look(10, next: 100))
        #expect(horizon.marks == QueueHorizon.Marks(), "somebody may have been inserting")
        #expect(!look(11, next: 105, running: [103]))
        #expect(horizon.marks.moments == mark(10))
        #expect(!look(12, next: 110, running: [106]))
        #expect(horizon.marks.moments == mark(11), "103, which was running then, is over")
    }

    @Test("waits for a transaction that was running, and begins anew once it is over")
    mutating func waits() {
        _ = look(10, next: 100)
        _ = look(11, next: 105, running: [103])
        let before = horizon.marks
        _ = look(12, next: 110, running: [103, 106])
        #expect(horizon.marks == before)
        _ = look(12, next: 120, running: [106, 115])
        #expect(horizon.marks.moments == mark(11))
    }

    @Test("stays before what a claim left, for each priority")
    mutating func left() {
        _ = look(10, next: 100)
        _ = look(20, next: 101, left: [nil, 5 * Self.second, 9 * Self.second])
        #expect(horizon.marks.moments == [mark(10)[0], 5 * Self.second, 9 * Self.second])
    }

    @Test("passes a transaction over that stays open, and searches the whole once when it ends")
    mutating func passesOver() {
        _ = look(10, next: 100, running: [50])
        _ = look(11, next: 101, running: [50])
        #expect(horizon.marks == QueueHorizon.Marks())
        _ = look(12, next: 102, running: [50])
        #expect(horizon.marks.moments == mark(10))
        _ = look(13, next: 103, running: [50])
        #expect(horizon.marks.moments == mark(12), "it is not waited for again")
        #expect(look(14, next: 104), "its rows are old and new")
        #expect(horizon.marks == QueueHorizon.Marks())
        #expect(!look(15, next: 105))
        #expect(horizon.marks.moments == mark(14))
    }

    @Test("knows from which id on lanes are searched")
    mutating func oldest() {
        _ = look(10, next: 100, oldest: 7)
        #expect(horizon.marks.oldest == 7)
        _ = look(11, next: 101)
        #expect(horizon.marks.oldest == 7, "there is none, and the next will be higher")
        horizon.searchAll()
        #expect(horizon.marks == QueueHorizon.Marks())
    }

    @Test(
        "reads PostgreSQL's snapshots",
        arguments: [
            ("10:20:", QueueHorizon.Snapshot(next: 20)), ("10:20:10", QueueHorizon.Snapshot(next: 20, running: [10])),
            ("10:8589934600:10,14,15", QueueHorizon.Snapshot(next: 8_589_934_600, running: [10, 14, 15])),
            ("", nil), ("10:20", nil), ("10:x:", nil), ("10:20:x", nil),
        ])
    func snapshots(text: String, snapshot: QueueHorizon.Snapshot?) {
        #expect(QueueHorizon.Snapshot(text) == snapshot)
    }
}
