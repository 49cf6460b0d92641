import Testing

@Suite("How long nobody sends, as the chaos suite measures it", .timeLimit(.minutes(1)))
struct ChaosTakeoversTests {
    private static let limits: [ChaosTakeovers.Blow.Kind: Int64] = [.kill: 50, .cut: 150]

    private func measure(
        _ kind: ChaosTakeovers.Blow.Kind, until: Int64 = .max, next: Int64?,
        _ more: [ChaosTakeovers.Word] = [], _ blows: [ChaosTakeovers.Blow] = []
    ) -> [Int64?] {
        let words: [ChaosTakeovers.Word] =
            [.init(at: 1, process: 0, role: .sender), .init(at: 2, process: 1, role: .standby)]
            + (next.map { [.init(at: $0, process: 1, role: .sender)] } ?? [])
        let blow = ChaosTakeovers.Blow(kind: kind, process: 0, from: 1000, until: until)
        return ChaosTakeovers(words: words + more, blows: [blow] + blows, limits: Self.limits).measured.map(\.took)
    }

    @Test("from the blow to the next sender, however late it is")
    func measured() {
        #expect(measure(.kill, next: 1030) == [30])
        #expect(measure(.kill, next: 1080) == [80])
        #expect(measure(.kill, next: nil) == [nil])
        #expect(measure(.cut, until: 1300, next: 1100) == [100])
    }

    @Test("a sender that comes back before it is due to be given up counts for nothing, one that comes back later does")
    func returned() {
        #expect(measure(.cut, until: 1100, next: nil) == [])
        #expect(measure(.cut, until: 1100, next: 1120) == [])
        #expect(measure(.cut, until: 1300, next: nil) == [nil])
    }

    @Test("only where a standby was there and untouched")
    func ready() {
        #expect(measure(.kill, next: nil, [.init(at: 900, process: 1, role: .away)]) == [])
        #expect(measure(.kill, next: nil, [.init(at: 1010, process: 1, role: .away)]) == [])
        #expect(measure(.kill, next: nil, [.init(at: 1060, process: 1, role: .away)]) == [nil])
        let other = ChaosTakeovers.Blow(kind: .cut, process: 1, from: 1010, until: 1200)
        #expect(measure(.kill, next: nil, [], [other]) == [])
        #expect(measure(.kill, next: 1030, [.init(at: 990, process: 0, role: .away)]) == [], "it did not send")
    }

    @Test("a line of the log in JSON tells its moment")
    func moment() {
        let line = #"{"time":"1970-01-02T00:00:01.042Z","level":"info","message":"sending"}"#
        #expect(ChaosJournal.microseconds(ofLine: line) == 86_401_042_000)
        #expect(ChaosJournal.clock(86_401_042_000) == "00:00:01.042")
    }
}
