#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Something that happened, read as far as a bot for customers needs it (Bot API, "Update").
public struct Update: Sendable, Equatable {
    /// What happened. Kinds that were not asked for, and such as do not exist yet, are `other`.
    public enum Content: Sendable, Equatable {
        case message(Message)
        case editedMessage(Message)
        case callbackQuery(CallbackQuery)
        case myChatMember(ChatMemberChange)
        case other
    }

    /// What happened.
    public let content: Content

    /// The kinds that are read here, as `allowed_updates` names them.
    public static let kinds = ["message", "edited_message", "callback_query", "my_chat_member"]

    /// Reads an update.
    ///
    /// - Throws: when the text is not JSON, or lacks what a message or a query must have. Optional fields of a strange
    ///   type count as absent.
    public init(_ raw: RawUpdate) throws(UnreadableUpdate) {
        do {
            content = try JSONDecoder().decode(Envelope.self, from: Data(raw.json.utf8)).content
        } catch let error as DecodingError {
            throw UnreadableUpdate(error)
        } catch {
            throw UnreadableUpdate("\(error)")
        }
    }

    private struct Envelope: Decodable {
        let content: Content

        private enum Key: String, CodingKey {
            case message
            case editedMessage = "edited_message"
            case callbackQuery = "callback_query"
            case myChatMember = "my_chat_member"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            if let message = try container.decodeIfPresent(Message.self, forKey: .message) {
                content = .message(message)
            } else if let message = try container.decodeIfPresent(Message.self, forKey: .editedMessage) {
                content = .editedMessage(message)
            } else if let query = try container.decodeIfPresent(CallbackQuery.self, forKey: .callbackQuery) {
                content = .callbackQuery(query)
            } else if let change = try container.decodeIfPresent(ChatMemberChange.self, forKey: .myChatMember) {
                content = .myChatMember(change)
            } else {
                content = .other
            }
        }
    }
}

/// Why an update cannot be read. Names fields, never what stands in them.
public struct UnreadableUpdate: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line.
    public let description: String

    /// A reason in words.
    public init(_ description: String) { self.description = description }

    init(_ error: DecodingError) {
        func path(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
            let fields = (context.codingPath + [key].compactMap(\.self)).map(\.stringValue)
            return fields.isEmpty ? "the update" : fields.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context): self.init("there is no \(path(context, key))")
        case .valueNotFound(_, let context): self.init("\(path(context)) is null")
        case .typeMismatch(_, let context): self.init("\(path(context)) is of another type")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            self.init("\(path(context)) cannot be read")
        default: self.init("not JSON")
        }
    }
}
