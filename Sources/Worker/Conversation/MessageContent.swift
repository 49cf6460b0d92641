import Telegram

/// A customer's message as operators read it in Odoo, which has text only.
struct MessageContent: Sendable, Equatable {
    /// A message without words, with what can be said of it.
    enum Wordless: Sendable, Equatable {
        case photo, video, animation, videoNote, other
        case document(String?)
        case audio(String?)
        /// With its length, such as 0:07.
        case voice(String?)
        case sticker(String?)
        /// With a link to a map.
        case location(String)
        case contact(String)
        case poll(String?)
        case dice(String?)
    }

    /// The words, the words under a picture, or what it is that has none.
    let text: String

    /// - Parameter language: the operators'.
    init(_ message: Message, language: MessageLanguage) {
        let words = [message.text, message.caption].compactMap(\.self).map(Self.storable)
            .first { !$0.allSatisfy(\.isWhitespace) }
        text = words ?? Self.storable(language.texts.placeholder(Wordless(message.attachment)))
    }

    /// PostgreSQL takes no NUL.
    static func storable(_ text: String) -> String {
        text.utf8.contains(0) ? text.replacing("\0", with: "") : text
    }

    /// The mark at the head of a text that the customer has changed after sending it. Odoo's table has no field for it.
    static let editedMark = "✏️ "
}

extension MessageContent.Wordless {
    init(_ attachment: Attachment?) {
        self =
            switch attachment {
            case .photo: .photo
            case .video: .video
            case .animation: .animation
            case .videoNote: .videoNote
            case .document(let name): .document(name)
            case .audio(let title): .audio(title)
            case .voice(let seconds): .voice(seconds.map(Self.clock))
            case .sticker(let emoji): .sticker(emoji)
            case .location(let point):
                .location("https://maps.google.com/?q=\(point.latitude),\(point.longitude)")
            case .contact(let contact):
                .contact(
                    [contact.firstName, contact.lastName, contact.phoneNumber].compactMap(\.self).joined(separator: " ")
                )
            case .poll(let question): .poll(question)
            case .dice(let emoji): .dice(emoji)
            case .other, nil: .other
            }
    }

    private static func clock(_ seconds: Int64) -> String {
        let rest = abs(seconds % 60)
        return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
    }
}
