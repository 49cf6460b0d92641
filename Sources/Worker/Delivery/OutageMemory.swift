/// The messages that were postponed because Telegram was not reached: when it is again, they need not wait any longer.
///
/// Each is brought forward once: a message that fails again after that waits out its own backoff, or two that Telegram
/// never answers would bring each other forward without end.
struct OutageMemory: Sendable, Equatable {
    /// No more are remembered; the others come when they are due.
    static let limit = 4096

    private var waiting: Set<Int64> = []
    private var spared: Set<Int64> = []

    /// A message was postponed.
    mutating func postponed(_ id: Int64) {
        guard waiting.count + spared.count < Self.limit, !spared.contains(id) else { return }
        waiting.insert(id)
    }

    /// A message is done with.
    mutating func forget(_ id: Int64) {
        waiting.remove(id)
        spared.remove(id)
    }

    /// Telegram is reached again.
    ///
    /// - Returns: the messages to bring forward.
    mutating func end() -> [Int64] {
        spared.formUnion(waiting)
        defer { waiting = [] }
        return waiting.sorted()
    }
}
