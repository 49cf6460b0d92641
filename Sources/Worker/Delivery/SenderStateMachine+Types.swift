extension SenderStateMachine {
    /// How fast, and how much at once.
    struct Limits: Sendable, Equatable {
        /// Messages a second over all chats; 0 is unlimited.
        var messagesPerSecond: Double = 30
        /// Messages a second in one chat; 0 is unlimited.
        var messagesPerChatPerSecond: Double = 1
        /// Requests under way at once.
        var concurrency = 64

        /// What may be sent at once after a pause. Telegram lets short bursts pass in a chat (Bots FAQ, "My bot is
        /// hitting limits"); over all chats a second of burst would make two seconds' worth in one.
        var burst: Double { messagesPerSecond / 5 }
        var chatBurst: Double { max(3, messagesPerChatPerSecond) }
    }

    /// One exchange with the database: record what is finished, then claim.
    struct Exchange: Sendable, Equatable {
        var finished: [Finished] = []
        var requeued: [Requeued] = []
        /// Messages that wait out an outage which is over.
        var broughtForward: [Int64] = []
        /// Whether the triggers are told, before the claim, that the sender waits to be notified, or that it does not.
        var parks: Bool?
        var claim: OutboxClaim?

        var isEmpty: Bool {
            parks == nil && finished.isEmpty && requeued.isEmpty && broughtForward.isEmpty && claim == nil
        }
    }

    enum Action: Sendable, Equatable {
        /// Talk to the database, then call ``SenderStateMachine/exchanged(_:now:)``.
        case exchange(Exchange)
        /// Nothing to do before this moment, unless something happens.
        case wait(until: Instant?)
        /// Drained: nothing is under way and everything is recorded.
        case finished
    }
}
