/// The shop's customers on Telegram, in numbers up to a limit and with the first few.
package struct CustomersFacts: Sendable, Equatable {
    /// A Telegram user that gets nothing.
    package struct Example: Sendable, Equatable {
        package var user: Int
        package var partner: Int
        package var reason = ""

        package init(user: Int, partner: Int, reason: String = "") {
            self.user = user
            self.partner = partner
            self.reason = reason
        }
    }

    package var verified = 0
    /// Linked by a manager, not verified.
    package var unverified: [Example] = []
    package var unverifiedCount = 0
    /// Began with the bot; nobody has linked a partner.
    package var strangers = 0
    /// Verified without a chat.
    package var withoutChat: [Example] = []
    package var withoutChatCount = 0
    package var blocked: [Example] = []
    package var blockedCount = 0
    /// Setting `notify_states`.
    package var notifiedStates = "*"

    package init(
        verified: Int = 0, unverified: [Example] = [], unverifiedCount: Int = 0, strangers: Int = 0,
        withoutChat: [Example] = [], withoutChatCount: Int = 0, blocked: [Example] = [], blockedCount: Int = 0,
        notifiedStates: String = "*"
    ) {
        self.verified = verified
        self.unverified = unverified
        self.unverifiedCount = unverifiedCount
        self.strangers = strangers
        self.withoutChat = withoutChat
        self.withoutChatCount = withoutChatCount
        self.blocked = blocked
        self.blockedCount = blockedCount
        self.notifiedStates = notifiedStates
    }
}

/// What Telegram refused, or could not be told, lately.
package struct FailureFacts: Sendable, Equatable {
    /// Messages that failed for the same reason.
    package struct Group: Sendable, Equatable {
        package var reason: String
        package var count: Int
        /// The chat of the last one.
        package var chat: Int64
        package var user: Int?

        package init(reason: String, count: Int, chat: Int64, user: Int? = nil) {
            self.reason = reason
            self.count = count
            self.chat = chat
            self.user = user
        }
    }

    /// Given up in the last 24 hours and not sent again since.
    package var failed: [Group] = []
    /// Still tried.
    package var retrying: [Group] = []
    package var sentLately = 0

    package init(failed: [Group] = [], retrying: [Group] = [], sentLately: Int = 0) {
        self.failed = failed
        self.retrying = retrying
        self.sentLately = sentLately
    }
}

/// One customer.
package struct PartnerFacts: Sendable, Equatable {
    /// One Telegram user of a customer.
    package struct User: Sendable, Equatable {
        package var id: Int
        package var isVerified = true
        package var chat: Int64?
        package var blockedReason: String?
        /// Seconds that Telegram asked to leave this chat alone.
        package var pause: Double?
        package var waiting = 0
        package var lastOutcome: String?
        package var lastReason: String?
        /// Seconds since that outcome.
        package var lastAge: Double?

        package init(_ id: Int) { self.id = id }
    }

    package var id: Int
    package var name: String
    package var users: [User] = []

    package init(_ id: Int, _ name: String, users: [User] = []) {
        (self.id, self.name, self.users) = (id, name, users)
    }

    var subject: String { "\(name) (partner \(id))" }
}
