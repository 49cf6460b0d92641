/// Something that happened, waiting for the bot to fetch it or for the webhook to take it.
struct Update: Equatable, Sendable {
    /// Updates of one lane go to the webhook one after the other, those of different lanes at the same time: as at
    /// Telegram, one chat's messages keep their order and nothing else does.
    struct Lane: Hashable, Sendable {
        let chatID: Int64
        let kind: String
    }

    let id: Int64
    let lane: Lane
    /// The whole Update object as JSON text.
    let text: String
}

/// Which kinds of updates the bot wants (`allowed_updates` of getUpdates and setWebhook, kept when left out).
struct AllowedUpdates: Equatable, Sendable {
    private static let unwantedByDefault: Set<String> = ["chat_member", "message_reaction", "message_reaction_count"]
    private static let known: Set<String> = [
        "message", "edited_message", "channel_post", "edited_channel_post", "inline_query", "chosen_inline_result",
        "callback_query", "shipping_query", "pre_checkout_query", "poll", "poll_answer", "my_chat_member",
        "chat_member", "chat_join_request", "chat_boost", "removed_chat_boost", "message_reaction",
        "message_reaction_count", "business_connection", "business_message", "edited_business_message",
        "deleted_business_messages", "purchased_paid_media",
    ]

    /// The kinds in the order the bot named them; nil is Telegram's default, all but the three above.
    private(set) var kinds: [String]?

    func allows(_ kind: String) -> Bool {
        kinds?.contains(kind) ?? !Self.unwantedByDefault.contains(kind)
    }

    /// Takes over a parameter. What is missing or no list of strings changes nothing; an empty list is the default.
    mutating func update(with parameter: JSON?) {
        guard let elements = parameter?.elements else { return }
        let names = elements.compactMap { $0.stringValue?.lowercased() }
        guard names.count == elements.count else { return }
        let known = names.filter(Self.known.contains)
        kinds = known.isEmpty ? nil : known
    }
}
