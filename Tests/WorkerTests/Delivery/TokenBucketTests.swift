import Testing

@testable import Worker

@Suite("A token bucket", .timeLimit(.minutes(5)))
struct TokenBucketTests {
    private let start = ContinuousClock.now

    /// Takes `taken` at once from a full bucket, then looks after `seconds`.
    struct Look: Sendable, CustomTestStringConvertible {
        var rate: Double
        var capacity: Double
        var taken: Int
        var seconds: Double
        var available: Int
        var refill: Double
        var isFull: Bool

        var testDescription: String { "\(rate)/s, \(capacity), take \(taken), after \(seconds) s" }
    }

    @Test(
        "has what was saved up, fills at its rate, and can be in debt",
        arguments: [
            Look(rate: 1, capacity: 3, taken: 0, seconds: 0, available: 3, refill: 0, isFull: true),
            Look(rate: 1, capacity: 3, taken: 3, seconds: 0, available: 0, refill: 1, isFull: false),
            Look(rate: 1, capacity: 3, taken: 3, seconds: 0.999, available: 0, refill: 0.001, isFull: false),
            Look(rate: 1, capacity: 3, taken: 3, seconds: 1, available: 1, refill: 0, isFull: false),
            Look(rate: 1, capacity: 3, taken: 3, seconds: 2.5, available: 2, refill: 0, isFull: false),
            Look(rate: 1, capacity: 3, taken: 3, seconds: 3, available: 3, refill: 0, isFull: true),
            Look(rate: 1, capacity: 3, taken: 3, seconds: 1e6, available: 3, refill: 0, isFull: true),
            Look(rate: 1, capacity: 3, taken: 5, seconds: 0, available: 0, refill: 3, isFull: false),
            Look(rate: 1, capacity: 3, taken: 5, seconds: 3, available: 1, refill: 0, isFull: false),
            Look(rate: 30, capacity: 6, taken: 6, seconds: 0, available: 0, refill: 1.0 / 30, isFull: false),
            Look(rate: 30, capacity: 6, taken: 6, seconds: 0.1, available: 3, refill: 0, isFull: false),
            Look(rate: 0.5, capacity: 3, taken: 3, seconds: 1, available: 0, refill: 1, isFull: false),
            // A capacity below one would never let anything pass.
            Look(rate: 2, capacity: 0.4, taken: 0, seconds: 0, available: 1, refill: 0, isFull: true),
            Look(rate: 2, capacity: 0.4, taken: 1, seconds: 0.5, available: 1, refill: 0, isFull: true),
            // Without limit.
            Look(rate: 0, capacity: 0, taken: 1000, seconds: 0, available: .max, refill: 0, isFull: true),
        ])
    func levels(look: Look) {
        var bucket = TokenBucket(rate: look.rate, capacity: look.capacity, now: start)
        bucket.take(look.taken, at: start)
        let now = start + .seconds(look.seconds)
        #expect(bucket.available(at: now) == look.available)
        #expect(abs((bucket.refill(after: now) - now) / .seconds(1) - look.refill) < 1e-6)
        #expect(bucket.isFull(at: now) == look.isFull)
    }

    @Test("has a token at the moment that it names", arguments: [0.1, 1, 3, 7, 29.97, 1000])
    func refill(rate: Double) {
        var bucket = TokenBucket(rate: rate, capacity: 5, now: start)
        var now = start
        for _ in 0..<200 {
            now = bucket.refill(after: now)
            #expect(bucket.available(at: now) > 0)
            bucket.take(at: now)
        }
        // The first five were saved up.
        #expect(abs((now - start) / .seconds(1) - 195 / rate) < 0.001)
    }

    @Test("gives nothing for a time that runs backwards")
    func backwards() {
        var bucket = TokenBucket(rate: 1, capacity: 3, now: start)
        bucket.take(3, at: start)
        #expect(bucket.available(at: start - .seconds(100)) == 0)
        #expect(bucket.available(at: start + .seconds(1)) == 1)
    }
}
