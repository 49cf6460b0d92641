/// Keeps a share for the messages that have waited longest, whatever their priority, when urgent ones crowd.
struct FairShare: Sendable {
    /// One message of so many goes because it has waited longest.
    static let every = 10

    /// Answers and replies claimed since the last message that was claimed for having waited longest.
    private var urgentInRow = 0

    /// How many messages of a claim are kept for those that have waited longest.
    func reserve(of limit: Int) -> Int {
        urgentInRow < Self.every - 1 ? 0 : (urgentInRow + limit) / Self.every
    }

    /// A claim got these messages.
    mutating func claimed(_ messages: [OutboxMessage], by claim: OutboxClaim) {
        if messages.count < claim.limit || claim.reserve == 0 && messages.contains(where: { !$0.isUrgent }) {
            // Nobody is kept waiting.
            urgentInRow = 0
        } else {
            urgentInRow = max(0, urgentInRow + messages.count - Self.every * claim.reserve)
        }
    }
}
