/// Parses the legacy Markdown parse mode as td's `parse_markdown` does: no nesting, and a lone `_` is an error.
struct MarkdownParser: Sendable {
    private var scanner: MarkupScanner
    private var position = 0
    private var entities: [TextEntity] = []

    init(_ text: String) { scanner = MarkupScanner(text) }

    /// - Throws: ``EntityError``; byte offsets are those of the source text.
    mutating func parse() throws(EntityError) -> FormattedText {
        while position < scanner.count {
            let byte = scanner[position]
            if byte == UInt8(ascii: "\\"), isMark(scanner[position + 1]) {
                scanner.append(scanner[position + 1])
                position += 2
            } else if isMark(byte) {
                try entity(startingWith: byte)
            } else {
                scanner.append(byte)
                position += 1
            }
        }
        return FormattedText(
            text: String(decoding: scanner.output, as: UTF8.self), entities: entities.sorted(by: TextEntity.precedes))
    }

    private func isMark(_ byte: UInt8) -> Bool { "_*`[".utf8.contains(byte) }

    private mutating func entity(startingWith mark: UInt8) throws(EntityError) {
        let begin = position
        let end = mark == UInt8(ascii: "[") ? UInt8(ascii: "]") : mark
        let isPre = mark == UInt8(ascii: "`") && isFence(at: position)
        var language: String?
        if isPre {
            (language, position) = scanner.codeBlock(at: position + 3)
        } else {
            position += 1
        }
        let offset = scanner.length
        while position < scanner.count, scanner[position] != end || (isPre && !isFence(at: position)) {
            scanner.append(scanner[position])
            position += 1
        }
        guard position < scanner.count else {
            throw EntityError("Can't find end of the entity starting at byte offset \(begin)")
        }
        let textEnd = position
        position += isPre ? 3 : 1
        guard scanner.length > offset else { return }

        var kind: TextEntity.Kind?
        switch mark {
        case UInt8(ascii: "_"): kind = .italic
        case UInt8(ascii: "*"): kind = .bold
        case UInt8(ascii: "`"): kind = isPre ? .pre(language: language) : .code
        default:
            var url = scanner.slice(begin + 1..<textEnd)
            if scanner[position] == UInt8(ascii: "(") {
                let start = position + 1
                position = start
                while position < scanner.count, scanner[position] != UInt8(ascii: ")") { position += 1 }
                url = scanner.slice(start..<position)
                position += 1
            }
            kind = LinkURL.entityKind(url)
        }
        if let kind { entities.append(TextEntity(kind: kind, offset: offset, length: scanner.length - offset)) }
    }

    private func isFence(at position: Int) -> Bool {
        (0..<3).allSatisfy { scanner[position + $0] == UInt8(ascii: "`") }
    }
}
