import Testing

@testable import Worker

@Suite("The backoff", .timeLimit(.minutes(5)))
struct BackoffTests {
    @Test(
        "doubles with each failure up to its limit",
        arguments: [
            (1, 1), (2, 2), (3, 4), (4, 8), (8, 128), (9, 256), (10, 300), (11, 300), (64, 300), (1_000_000, 300),
            // Nothing has failed: as after the first.
            (0, 1), (-1, 1), (-1_000_000, 1),
        ] as [(Int, Double)])
    func doubles(failures: Int, seconds: Double) {
        let backoff = Backoff()
        #expect(backoff.pause(after: failures, jitter: 1) == .seconds(seconds))
        #expect(backoff.pause(after: failures, jitter: 0) == .seconds(seconds / 2))
        #expect(backoff.pause(after: failures, jitter: 0.5) == .seconds(seconds * 0.75))
    }

    @Test("keeps to the base and the limit that it is given")
    func configured() {
        let backoff = Backoff(base: .milliseconds(250), limit: .seconds(10))
        let pauses = (1...8).map { backoff.pause(after: $0, jitter: 1) }
        #expect(
            pauses == [
                .milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8),
                .seconds(10),
                .seconds(10),
            ])
        #expect(Backoff(base: .seconds(20), limit: .seconds(10)).pause(after: 1, jitter: 1) == .seconds(10))
    }

    @Test("spreads those who wait over the second half of the pause")
    func spreads() {
        let pauses = Set((0..<100).map { _ in Backoff().pause(after: 5) })
        #expect(pauses.count > 50)
        #expect(pauses.allSatisfy { $0 >= .seconds(8) && $0 <= .seconds(16) })
    }
}
