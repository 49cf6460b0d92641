/// A message in a chat with the bot.
struct Message: Equatable, Sendable {
    let id: Int64
    let chatID: Int64
    /// The sender (Bot API, User).
    let from: JSON
    let isFromBot: Bool
    let date: Timestamp
    var editDate: Timestamp?
    let replyTo: Int64?
    /// The text, absent in a contact, a photo and the like.
    var content: FormattedText?
    /// Only an inline keyboard is part of a message; other keyboards belong to the chat.
    var inlineKeyboard: JSON?
    /// Any other fields, such as `contact`.
    var otherFields = JSONObject()
}

/// A message of the bot that was accepted, as the tests ask for it.
struct SentMessage: Equatable, Sendable {
    /// The position in the order of acceptance, from 1.
    let sequence: Int
    let messageID: Int64
    let chatID: Int64
    let content: FormattedText
    /// The text as the bot sent it, before its markup was parsed.
    let rawText: String
    let parseMode: String
    let replyTo: Int64?
    let replyMarkup: JSON?
    let receivedAt: Timestamp

    /// What `GET /control/sent` shows.
    var json: JSON {
        [
            "sequence": .int(sequence), "message_id": .integer(messageID), "chat_id": .integer(chatID),
            "text": .string(content.text), "raw_text": .string(rawText),
            "parse_mode": parseMode.isEmpty ? .null : .string(parseMode),
            "entities": .array(content.entities.map(\.json)),
            "reply_to_message_id": replyTo.map(JSON.integer) ?? .null, "reply_markup": replyMarkup ?? .null,
            "received_at": .integer(receivedAt.microseconds),
        ]
    }
}

/// What the bot sent and what was accepted, in order, over all chats and in each.
struct SentLog: Sendable {
    private(set) var messages: [SentMessage] = []
    private var byChat: [Int64: [Int]] = [:]
    private var fingerprints: Set<Int> = []
    /// How many messages repeat the chat and text of an earlier one.
    private(set) var duplicates = 0

    /// The sequence number the next message gets.
    var nextSequence: Int { messages.count + 1 }

    mutating func append(_ message: SentMessage) {
        byChat[message.chatID, default: []].append(messages.count)
        messages.append(message)
        var hasher = Hasher()
        hasher.combine(message.chatID)
        hasher.combine(message.rawText)
        if !fingerprints.insert(hasher.finalize()).inserted { duplicates += 1 }
    }

    /// How many messages come after a sequence number, in one chat or in all.
    func count(after sequence: Int, chatID: Int64?) -> Int {
        guard let chatID else { return max(0, messages.count - max(0, sequence)) }
        let indices = byChat[chatID] ?? []
        return indices.count - Self.firstPosition(in: indices, notBelow: sequence)
    }

    /// The messages after a sequence number, in one chat or in all.
    func messages(after sequence: Int, chatID: Int64?) -> [SentMessage] {
        guard let chatID else { return Array(messages.dropFirst(max(0, sequence))) }
        let indices = byChat[chatID] ?? []
        return indices[Self.firstPosition(in: indices, notBelow: sequence)...].map { messages[$0] }
    }

    private static func firstPosition(in indices: [Int], notBelow value: Int) -> Int {
        var low = 0
        var high = indices.count
        while low < high {
            let middle = (low + high) / 2
            if indices[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
