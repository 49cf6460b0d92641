/// A token bucket: `rate` tokens a second, at most `capacity` saved up. It can be slowed down, and then comes back to
/// its rate by itself.
struct TokenBucket: Sendable, Equatable {
    typealias Instant = ContinuousClock.Instant

    /// So many seconds it would take from nothing to the whole rate.
    static let recovery = 1800.0

    private let rate: Double
    private let capacity: Double
    private var tokens: Double
    /// The rate at `updated`: below `rate` after a cut.
    private var current: Double
    private var updated: Instant

    /// A full bucket. A rate of 0 means without limit.
    init(rate: Double, capacity: Double, now: Instant) {
        self.rate = rate
        self.capacity = max(1, capacity)
        tokens = self.capacity
        current = rate
        updated = now
    }

    /// Whole tokens that there are now.
    func available(at now: Instant) -> Int {
        rate > 0 ? max(0, Int(level(at: now) + 1e-9)) : .max
    }

    /// Takes tokens. May go below zero, which the next ones wait for.
    mutating func take(_ count: Int = 1, at now: Instant) {
        guard rate > 0 else { return }
        settle(now)
        tokens -= Double(count)
    }

    /// Slows down to `factor` of the present rate, not below `floor` tokens a second. What may be saved up shrinks in
    /// proportion to the rate. Without effect on a bucket without limit.
    mutating func slow(to factor: Double, floor: Double, at now: Instant) {
        guard rate > 0 else { return }
        settle(now)
        current = min(current, max(floor, current * factor))
        tokens = min(tokens, room(current))
    }

    /// When there is a token again; `now` or before when there is one.
    func refill(after now: Instant) -> Instant {
        guard rate > 0 else { return now }
        let missing = 1 - level(at: now)
        guard missing > 1e-9 else { return now }
        let start = speed(at: now)
        let rising = (rate - start) / growth
        let whileRising = start * rising + growth * rising * rising / 2
        guard missing < whileRising else { return now + .seconds(rising + (missing - whileRising) / rate) }
        // The root of missing = start × t + growth × t² / 2, without the loss of digits of the usual form.
        return now + .seconds(2 * missing / (start + (start * start + 2 * growth * missing).squareRoot()))
    }

    /// Tokens a second at present.
    func speed(at now: Instant) -> Double {
        min(rate, current + growth * elapsed(now))
    }

    /// Whether nothing distinguishes it from a new one.
    func isFull(at now: Instant) -> Bool {
        rate <= 0 || speed(at: now) >= rate && level(at: now) >= capacity
    }

    private var growth: Double { rate / Self.recovery }

    private func room(_ speed: Double) -> Double { max(1, capacity * speed / rate) }

    private func elapsed(_ now: Instant) -> Double { max(0, (now - updated) / .seconds(1)) }

    private func level(at now: Instant) -> Double {
        let elapsed = elapsed(now)
        let rising = min(elapsed, (rate - current) / growth)
        let gained = current * rising + growth * rising * rising / 2 + rate * (elapsed - rising)
        return min(room(speed(at: now)), tokens + gained)
    }

    private mutating func settle(_ now: Instant) {
        (tokens, current) = (level(at: now), speed(at: now))
        updated = now
    }
}
