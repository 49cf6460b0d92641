/// Parses the HTML parse mode as td's `parse_html` does, its errors included.
struct HTMLParser: Sendable {
    private static let tags: Set<String> = [
        "a", "b", "strong", "i", "em", "s", "strike", "del", "u", "ins", "tg-spoiler", "tg-emoji", "span", "pre",
        "code", "blockquote",
    ]

    private struct OpenTag {
        let name: String
        let argument: String
        /// Where it began in the plain text, in UTF-16 units and in bytes.
        let offset: Int
        let outputPosition: Int
    }

    private var scanner: MarkupScanner
    private var position = 0
    private var openTags: [OpenTag] = []
    private var entities: [TextEntity] = []
    /// The language a `code` element gave, by the index of its entity, until a `pre` around or in it takes it.
    private var languages: [Int: String] = [:]

    init(_ text: String) { scanner = MarkupScanner(text) }

    /// - Throws: ``EntityError``; byte offsets are those of the source text.
    mutating func parse() throws(EntityError) -> FormattedText {
        while position < scanner.count {
            switch scanner[position] {
            case UInt8(ascii: "&"):
                if let code = decodeReference() {
                    scanner.append(codePoint: code)
                } else {
                    scanner.append(UInt8(ascii: "&"))
                    position += 1
                }
            case UInt8(ascii: "<"):
                if scanner[position + 1] == UInt8(ascii: "/") { try endTag() } else { try startTag() }
                position += 1
            case let byte:
                scanner.append(byte)
                position += 1
            }
        }
        if let tag = openTags.last {
            throw EntityError("Can't find end tag corresponding to start tag \"\(tag.name)\"")
        }
        guard let text = String(validating: scanner.output, as: UTF8.self) else {
            throw EntityError(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
                    + "surrogate code units")
        }
        return FormattedText(text: text, entities: entities.sorted(by: TextEntity.precedes))
    }

    /// The code point of a character reference, which is then behind the position; nil where it is none.
    private mutating func decodeReference() -> UInt32? {
        var end = position + 1
        var code: UInt32 = 0
        if scanner[end] == UInt8(ascii: "#") {
            end += 1
            let isHexadecimal = scanner[end] == UInt8(ascii: "x")
            if isHexadecimal { end += 1 }
            while let digit = Character(Unicode.Scalar(scanner[end])).hexDigitValue,
                isHexadecimal || MarkupScanner.isDigit(scanner[end])
            {
                code = code &* (isHexadecimal ? 16 : 10) &+ UInt32(digit)
                end += 1
            }
            guard code != 0, code < 0x10FFFF, end - position < 10 else { return nil }
        } else {
            while MarkupScanner.isLetter(scanner[end]) { end += 1 }
            switch scanner.slice(position + 1..<end) {
            case "lt": code = 0x3C
            case "gt": code = 0x3E
            case "amp": code = 0x26
            case "quot": code = 0x22
            default: return nil
            }
        }
        position = scanner[end] == UInt8(ascii: ";") ? end + 1 : end
        return code
    }

    private mutating func skipSpace() {
        while scanner[position] != 0, MarkupScanner.isSpace(scanner[position]) { position += 1 }
    }

    /// Reads a start tag up to its `>`.
    private mutating func startTag() throws(EntityError) {
        let begin = position
        position += 1
        while !MarkupScanner.isSpace(scanner[position]), scanner[position] != UInt8(ascii: ">") { position += 1 }
        if scanner[position] == 0 { throw EntityError("Unclosed start tag at byte offset \(begin)") }
        let name = scanner.slice(begin + 1..<position).lowercased()
        guard Self.tags.contains(name) else {
            throw EntityError("Unsupported start tag \"\(name)\" at byte offset \(begin)")
        }
        var argument = ""
        while scanner[position] != UInt8(ascii: ">") {
            skipSpace()
            if scanner[position] == UInt8(ascii: ">") { break }
            try attribute(of: name, begin: begin, argument: &argument)
        }
        if name == "span", argument != "spoiler" {
            throw EntityError("Tag \"span\" must have class \"tg-spoiler\" at byte offset \(begin)")
        }
        openTags.append(
            OpenTag(name: name, argument: argument, offset: scanner.length, outputPosition: scanner.output.count))
    }

    private mutating func attribute(of tag: String, begin: Int, argument: inout String) throws(EntityError) {
        let start = position
        while !MarkupScanner.isSpace(scanner[position]), !"=>/\"'".utf8.contains(scanner[position]) { position += 1 }
        let name = scanner.slice(start..<position)
        if name.isEmpty {
            throw EntityError("Empty attribute name in the tag \"\(tag)\" at byte offset \(begin)")
        }
        skipSpace()
        guard scanner[position] == UInt8(ascii: "=") else {
            if scanner[position] == 0 { throw EntityError("Unclosed start tag \"\(tag)\" at byte offset \(begin)") }
            if tag == "blockquote", name == "expandable" { argument = "1" }
            return
        }
        position += 1
        skipSpace()
        if scanner[position] == 0 { throw EntityError("Unclosed start tag \"\(tag)\" at byte offset \(begin)") }
        let value = try attributeValue()
        if scanner[position] == 0 { throw EntityError("Unclosed start tag at byte offset \(begin)") }
        switch (tag, name) {
        case ("a", "href"), ("tg-emoji", "emoji-id"): argument = value
        case ("code", "class") where value.hasPrefix("language-"): argument = String(value.dropFirst(9))
        case ("span", "class") where value.hasPrefix("tg-"): argument = String(value.dropFirst(3))
        case ("blockquote", "expandable"): argument = "1"
        default: break
        }
    }

    private mutating func attributeValue() throws(EntityError) -> String {
        let start = position
        let quote = scanner[position]
        guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            // A name token: letters, digits, periods and hyphens, whose case does not matter.
            while MarkupScanner.isLetter(scanner[position]) || MarkupScanner.isDigit(scanner[position])
                || ".-".utf8.contains(scanner[position])
            { position += 1 }
            guard MarkupScanner.isSpace(scanner[position]) || scanner[position] == UInt8(ascii: ">") else {
                throw EntityError("Unexpected end of name token at byte offset \(start)")
            }
            return scanner.slice(start..<position).lowercased()
        }
        position += 1
        var value: [UInt8] = []
        while scanner[position] != quote, scanner[position] != 0 {
            if scanner[position] == UInt8(ascii: "&"), let code = decodeReference() {
                MarkupScanner.encode(code, into: &value)
            } else {
                value.append(scanner[position])
                position += 1
            }
        }
        if scanner[position] == quote { position += 1 }
        return String(decoding: value, as: UTF8.self)
    }

    /// Reads an end tag up to its `>` and makes the entity.
    private mutating func endTag() throws(EntityError) {
        let begin = position
        guard let tag = openTags.last else { throw EntityError("Unexpected end tag at byte offset \(begin)") }
        position += 2
        while !MarkupScanner.isSpace(scanner[position]), scanner[position] != UInt8(ascii: ">") { position += 1 }
        let name = scanner.slice(begin + 2..<position).lowercased()
        skipSpace()
        guard scanner[position] == UInt8(ascii: ">") else {
            throw EntityError("Unclosed end tag at byte offset \(begin)")
        }
        if !name.isEmpty, name != tag.name {
            throw EntityError(
                "Unmatched end tag at byte offset \(begin), expected \"</\(tag.name)>\", found \"</\(name)>\"")
        }
        if scanner.length > tag.offset { try addEntity(for: tag) }
        openTags.removeLast()
    }

    private mutating func addEntity(for tag: OpenTag) throws(EntityError) {
        switch tag.name {
        case "i", "em": add(.italic, for: tag)
        case "b", "strong": add(.bold, for: tag)
        case "s", "strike", "del": add(.strikethrough, for: tag)
        case "u", "ins": add(.underline, for: tag)
        case "tg-spoiler", "span": add(.spoiler, for: tag)
        case "blockquote": add(tag.argument.isEmpty ? .blockquote : .expandableBlockquote, for: tag)
        case "tg-emoji":
            guard let id = Int64(tag.argument), id != 0 else {
                throw EntityError("Invalid custom emoji identifier specified")
            }
            add(.customEmoji(id: String(id)), for: tag)
        case "a":
            let url = tag.argument.isEmpty ? scanner.outputText(from: tag.outputPosition) : tag.argument
            if let kind = LinkURL.entityKind(url) { add(kind, for: tag) }
        case "pre":
            if let inner = lastEntity(.code, spanning: tag), let language = languages[inner] {
                entities[inner].kind = .pre(language: language)
            } else {
                add(.pre(language: nil), for: tag)
            }
        default:  // code
            if !tag.argument.isEmpty, let inner = lastEntity(.pre(language: nil), spanning: tag) {
                entities[inner].kind = .pre(language: tag.argument)
            } else {
                if !tag.argument.isEmpty { languages[entities.count] = tag.argument }
                add(.code, for: tag)
            }
        }
    }

    private mutating func add(_ kind: TextEntity.Kind, for tag: OpenTag) {
        entities.append(TextEntity(kind: kind, offset: tag.offset, length: scanner.length - tag.offset))
    }

    private func lastEntity(_ kind: TextEntity.Kind, spanning tag: OpenTag) -> Int? {
        guard entities.last == TextEntity(kind: kind, offset: tag.offset, length: scanner.length - tag.offset) else {
            return nil
        }
        return entities.count - 1
    }
}
