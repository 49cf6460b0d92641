/// Exponential backoff with jitter: the pause doubles with each failure, and a random half of it spreads those who wait.
struct Backoff: Sendable, Equatable {
    /// The pause after the first failure.
    var base: Duration = .seconds(1)
    /// The longest pause.
    var limit: Duration = .seconds(300)

    /// The pause after a number of failures in a row, from 1. `jitter` is random, from 0 to 1.
    func pause(after failures: Int, jitter: Double = .random(in: 0...1)) -> Duration {
        let doublings = min(max(failures - 1, 0), 20)
        let full = min(base * (1 << doublings), limit)
        return full / 2 + full / 2 * jitter
    }
}
