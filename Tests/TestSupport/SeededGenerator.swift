/// SplitMix64 (Steele, Lea, Flood, 2014): the same numbers for the same seed, everywhere, so a failure names its seed.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins at the seed.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// True once in a while.
    public mutating func happens(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    /// A number of the range, each as likely as the others.
    public mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// A time of the range, in whole milliseconds.
    public mutating func seconds(_ range: ClosedRange<Double>) -> Duration {
        .milliseconds(Int(Double.random(in: range, using: &self) * 1000))
    }

    /// A time of the range, in whole microseconds.
    public mutating func milliseconds(_ range: ClosedRange<Double>) -> Duration {
        .microseconds(Int64(Double.random(in: range, using: &self) * 1000))
    }

    /// One of the values, each as likely as the others.
    public mutating func pick<Value>(_ first: Value, _ others: Value...) -> Value {
        let index = Int.random(in: 0...others.count, using: &self)
        return index == 0 ? first : others[index - 1]
    }

    /// One of the values, the more likely the greater its weight.
    public mutating func pick<Value>(_ choices: [(weight: Int, value: Value)]) -> Value {
        var left = number(1...choices.reduce(0) { $0 + $1.weight })
        for choice in choices {
            left -= choice.weight
            if left <= 0 { return choice.value }
        }
        return choices[choices.count - 1].value
    }
}
