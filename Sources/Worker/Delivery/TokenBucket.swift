/// A token bucket: `rate` tokens a second, at most `capacity` saved up.
struct TokenBucket: Sendable, Equatable {
    typealias Instant = ContinuousClock.Instant

    private let rate: Double
    private let capacity: Double
    private var tokens: Double
    private var updated: Instant

    /// A full bucket. A rate of 0 means without limit.
    init(rate: Double, capacity: Double, now: Instant) {
        self.rate = rate
        self.capacity = max(1, capacity)
        tokens = self.capacity
        updated = now
    }

    /// Whole tokens that there are now.
    func available(at now: Instant) -> Int {
        rate > 0 ? max(0, Int(level(at: now) + 1e-9)) : .max
    }

    /// Takes tokens. May go below zero, which the next ones wait for.
    mutating func take(_ count: Int = 1, at now: Instant) {
        guard rate > 0 else { return }
        tokens = level(at: now) - Double(count)
        updated = now
    }

    /// When there is a token again; `now` or before when there is one.
    func refill(after now: Instant) -> Instant {
        guard rate > 0 else { return now }
        let missing = 1 - level(at: now)
        return missing <= 1e-9 ? now : now + .seconds(missing / rate)
    }

    /// Whether nothing distinguishes it from a new one.
    func isFull(at now: Instant) -> Bool {
        rate <= 0 || level(at: now) >= capacity
    }

    private func level(at now: Instant) -> Double {
        let elapsed = (now - updated) / .seconds(1)
        return min(capacity, tokens + max(0, elapsed) * rate)
    }
}
