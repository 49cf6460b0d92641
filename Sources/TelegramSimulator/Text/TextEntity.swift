/// A formatted stretch of a message's text (Bot API, MessageEntity).
struct TextEntity: Equatable, Sendable {
    /// What the stretch is. The order of the cases is of no meaning, see ``priority``.
    enum Kind: Equatable, Sendable {
        case bold, italic, underline, strikethrough, spoiler, blockquote, expandableBlockquote, botCommand
        case code
        case pre(language: String?)
        case textLink(url: String)
        case textMention(userID: Int64)
        case customEmoji(id: String)
    }

    var kind: Kind
    /// In UTF-16 code units.
    var offset: Int
    /// In UTF-16 code units.
    var length: Int

    /// The entity with its fields in Telegram's order.
    var json: JSON {
        var object = JSONObject()
        object.append("offset", .int(offset))
        object.append("length", .int(length))
        object.append("type", .string(typeName))
        switch kind {
        case .pre(let language?): object.append("language", .string(language))
        case .textLink(let url): object.append("url", .string(url))
        case .textMention(let userID):
            object.append("user", ["id": .integer(userID), "is_bot": false, "first_name": ""])
        case .customEmoji(let id): object.append("custom_emoji_id", .string(id))
        default: break
        }
        return .object(object)
    }

    private var typeName: String {
        switch kind {
        case .bold: "bold"
        case .italic: "italic"
        case .underline: "underline"
        case .strikethrough: "strikethrough"
        case .spoiler: "spoiler"
        case .blockquote: "blockquote"
        case .expandableBlockquote: "expandable_blockquote"
        case .botCommand: "bot_command"
        case .code: "code"
        case .pre: "pre"
        case .textLink: "text_link"
        case .textMention: "text_mention"
        case .customEmoji: "custom_emoji"
        }
    }

    /// Which of two entities of the same stretch comes first (td's `MessageEntity::get_type_priority`).
    private var priority: Int {
        switch kind {
        case .blockquote, .expandableBlockquote: 0
        case .pre(.some): 10
        case .pre(nil): 11
        case .code: 20
        case .textLink, .textMention: 49
        case .botCommand: 50
        case .bold: 90
        case .italic: 91
        case .underline: 92
        case .strikethrough: 93
        case .spoiler: 94
        case .customEmoji: 99
        }
    }

    /// Telegram's order: by offset, the longer first, then by kind.
    static func precedes(_ left: TextEntity, _ right: TextEntity) -> Bool {
        (left.offset, -left.length, left.priority) < (right.offset, -right.length, right.priority)
    }
}
