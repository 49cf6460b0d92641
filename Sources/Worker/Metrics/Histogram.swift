/// Counts durations by how long they took, as Prometheus wants them: each bucket holds what was no longer than its bound.
struct Histogram: Sendable, Equatable {
    /// Upper bounds in seconds, rising; what is longer than the last is in `count` alone.
    let bounds: [Double]
    /// How many fell between the bound before and this one.
    private(set) var counts: [Int]
    /// How many there were.
    private(set) var count = 0
    /// Seconds of all together.
    private(set) var sum = 0.0

    /// From a millisecond, which is what a message needs on one machine, to half an hour of waiting.
    static let latency = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
    ]

    init(bounds: [Double] = Self.latency) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count)
    }

    mutating func observe(_ duration: Duration) {
        let seconds = duration / .seconds(1)
        if let index = bounds.firstIndex(where: { seconds <= $0 }) { counts[index] += 1 }
        count += 1
        sum += seconds
    }
}
