/// Parses the MarkdownV2 parse mode as td's `parse_markdown_v2` does.
struct MarkdownV2Parser: Sendable {
    private struct Open {
        let kind: TextEntity.Kind
        /// Where it began: in UTF-16 units of the plain text, in bytes of the source, in bytes of the plain text.
        let offset: Int
        let sourcePosition: Int
        let outputPosition: Int

        /// The kind's name in td's messages.
        var name: String {
            switch kind {
            case .bold: "Bold"
            case .italic: "Italic"
            case .underline: "Underline"
            case .strikethrough: "Strikethrough"
            case .spoiler: "Spoiler"
            case .code: "Code"
            case .pre(nil): "Pre"
            case .pre: "PreCode"
            case .customEmoji: "CustomEmoji"
            case .blockquote: "BlockQuote"
            default: "TextUrl"
            }
        }
    }

    private static let reserved = "_*[]()~`>#+-=|{}.!\n".utf8

    private var scanner: MarkupScanner
    private var position = 0
    private var open: [Open] = []
    private var entities: [TextEntity] = []
    private var isInBlockquote = false
    private var canStartBlockquote = true

    init(_ text: String) { scanner = MarkupScanner(text) }

    /// - Throws: ``EntityError``; byte offsets are those of the source text.
    mutating func parse() throws(EntityError) -> FormattedText {
        while position < scanner.count {
            let byte = scanner[position]
            let following = scanner[position + 1]
            if byte == UInt8(ascii: "\\"), (1...126).contains(following) {
                scanner.append(following)
                position += 2
                if following != 0x0D { canStartBlockquote = following == 0x0A }
            } else if !isReserved(byte) {
                scanner.append(byte)
                position += 1
                if byte & 0xC0 != 0x80, byte != 0x0D { canStartBlockquote = false }
            } else if endsEntity(byte) {
                try end(byte)
            } else {
                try begin(byte)
            }
        }
        closeBlockquoteAtEnd()
        if let entity = open.last { throw noEnd(of: entity) }
        return FormattedText(
            text: String(decoding: scanner.output, as: UTF8.self), entities: entities.sorted(by: TextEntity.precedes))
    }

    private func isReserved(_ byte: UInt8) -> Bool {
        switch open.last?.kind {
        case .code, .pre: byte == UInt8(ascii: "`")
        default: Self.reserved.contains(byte)
        }
    }

    private func isAt(_ mark: String) -> Bool {
        mark.utf8.enumerated().allSatisfy { scanner[position + $0.offset] == $0.element }
    }

    private func endsEntity(_ byte: UInt8) -> Bool {
        guard let entity = open.last else { return false }
        if isInBlockquote, byte == 0x0A, scanner[position + 1] != UInt8(ascii: ">") { return true }
        switch entity.kind {
        case .bold: return isAt("*")
        case .italic: return isAt("_") && !isAt("__")
        case .underline: return isAt("__")
        case .strikethrough: return isAt("~")
        case .spoiler: return isAt("||")
        case .code: return isAt("`")
        case .pre: return isAt("```")
        case .textLink, .customEmoji: return isAt("]")
        default: return false
        }
    }

    private func noEnd(of entity: Open) -> EntityError {
        EntityError("Can't find end of \(entity.name) entity at byte offset \(entity.sourcePosition)")
    }

    private func reservedCharacter(_ byte: UInt8) -> EntityError {
        let character = Character(Unicode.Scalar(byte))
        return EntityError("Character '\(character)' is reserved and must be escaped with the preceding '\\'")
    }

    private mutating func begin(_ byte: UInt8) throws(EntityError) {
        let start = position
        let kind: TextEntity.Kind
        var width = 1
        switch byte {
        case UInt8(ascii: "_"):
            kind = isAt("__") ? .underline : .italic
            width = isAt("__") ? 2 : 1
        case UInt8(ascii: "*"): kind = .bold
        case UInt8(ascii: "~"): kind = .strikethrough
        case UInt8(ascii: "|") where isAt("||"):
            kind = .spoiler
            width = 2
        case UInt8(ascii: "["): kind = .textLink(url: "")
        case UInt8(ascii: "`") where isAt("```"):
            let block = scanner.codeBlock(at: position + 3)
            kind = .pre(language: block.language)
            width = block.start - position
        case UInt8(ascii: "`"): kind = .code
        case UInt8(ascii: "!") where isAt("!["):
            kind = .customEmoji(id: "")
            width = 2
        case 0x0A:
            scanner.append(byte)
            position += 1
            canStartBlockquote = true
            return
        case UInt8(ascii: ">") where canStartBlockquote:
            if isInBlockquote {
                position += 1
                return
            }
            kind = .blockquote
            isInBlockquote = true
        default: throw reservedCharacter(byte)
        }
        position += width
        open.append(
            Open(
                kind: kind, offset: scanner.length, sourcePosition: start, outputPosition: scanner.output.count))
    }

    private mutating func end(_ byte: UInt8) throws(EntityError) {
        guard var entity = open.popLast() else { return }
        var kind: TextEntity.Kind? = entity.kind
        var isEmpty = scanner.length == entity.offset
        if byte == 0x0A {
            if entity.kind != .blockquote {
                // `||` right before the line break is the mark of an expandable quotation.
                let width = position - entity.sourcePosition
                guard entity.kind == .spoiler, width == 2 || (width == 3 && scanner.output.last == 0x0D),
                    let quotation = open.popLast()
                else { throw noEnd(of: entity) }
                guard quotation.kind == .blockquote else { throw noEnd(of: quotation) }
                entity = quotation
                kind = .expandableBlockquote
            }
            isInBlockquote = false
            canStartBlockquote = true
            scanner.append(byte)
            position += 1
            isEmpty = false
        } else {
            switch entity.kind {
            case .underline, .spoiler: position += 2
            case .pre: position += 3
            case .textLink: kind = LinkURL.entityKind(try linkTarget(of: entity))
            case .customEmoji:
                guard scanner[position + 1] == UInt8(ascii: "(") else {
                    throw EntityError("The entity must contain a tg://emoji or tg://time URL")
                }
                guard let id = LinkURL.customEmojiID(try linkTarget(of: entity)) else {
                    throw EntityError("Invalid tg://emoji or tg://time URL specified")
                }
                kind = .customEmoji(id: id)
            default: position += 1
            }
        }
        if let kind, !isEmpty { add(kind, for: entity) }
    }

    /// Reads `](…)`; without the parentheses the text itself is the URL.
    private mutating func linkTarget(of entity: Open) throws(EntityError) -> String {
        position += 1
        guard scanner[position] == UInt8(ascii: "(") else { return scanner.outputText(from: entity.outputPosition) }
        position += 1
        let start = position
        var url: [UInt8] = []
        while position < scanner.count, scanner[position] != UInt8(ascii: ")") {
            if scanner[position] == UInt8(ascii: "\\"), (1...126).contains(scanner[position + 1]) { position += 1 }
            url.append(scanner[position])
            position += 1
        }
        guard scanner[position] == UInt8(ascii: ")") else {
            throw EntityError("Can't find end of a URL at byte offset \(start)")
        }
        position += 1
        return String(decoding: url, as: UTF8.self)
    }

    private mutating func closeBlockquoteAtEnd() {
        guard isInBlockquote, let last = open.last else { return }
        var kind = TextEntity.Kind.blockquote
        if last.kind == .spoiler, last.sourcePosition == scanner.count - 2 {
            open.removeLast()
            kind = .expandableBlockquote
        }
        guard let quotation = open.last, quotation.kind == .blockquote else { return }
        open.removeLast()
        if scanner.length > quotation.offset { add(kind, for: quotation) }
    }

    private mutating func add(_ kind: TextEntity.Kind, for entity: Open) {
        entities.append(TextEntity(kind: kind, offset: entity.offset, length: scanner.length - entity.offset))
    }
}
