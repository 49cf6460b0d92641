/// A text without markup, and what the markup said.
struct FormattedText: Equatable, Sendable {
    var text: String
    var entities: [TextEntity] = []

    /// The text as Telegram keeps it: no carriage returns, nothing blank at the ends, entities moved accordingly.
    /// (td's `fix_formatted_text` does more: it also joins and splits overlapping entities.)
    func trimmed() -> FormattedText {
        let units = Array(text.utf16)
        let isBlank: (UInt16) -> Bool = { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D }
        guard let first = units.firstIndex(where: { !isBlank($0) }), let last = units.lastIndex(where: { !isBlank($0) })
        else { return FormattedText(text: "") }
        if first == 0, last == units.count - 1, !units.contains(0x0D) { return self }

        var kept: [UInt16] = []
        // Where each old offset lies in the new text.
        var moved: [Int] = []
        for (index, unit) in units.enumerated() {
            moved.append(kept.count)
            if (first...last).contains(index), unit != 0x0D { kept.append(unit) }
        }
        moved.append(kept.count)
        let entities = self.entities.compactMap { entity -> TextEntity? in
            var entity = entity
            let end = moved[min(entity.offset + entity.length, units.count)]
            entity.offset = moved[min(entity.offset, units.count)]
            entity.length = end - entity.offset
            return entity.length > 0 ? entity : nil
        }
        return FormattedText(text: String(decoding: kept, as: UTF16.self), entities: entities)
    }

    /// The entities as the Bot API writes them, nil where there are none.
    var entitiesJSON: JSON? { entities.isEmpty ? nil : .array(entities.map(\.json)) }
}

/// Why a text could not be parsed, in td's words, e.g. `Unsupported start tag "x" at byte offset 3`.
struct EntityError: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }
}

/// How the text of a message is marked up (Bot API, Formatting options).
enum ParseMode: String, Sendable {
    case html
    case markdown
    case markdownV2 = "markdownv2"

    /// Takes the markup out of the text.
    /// - Throws: ``EntityError`` in the words of the Bot API server.
    func parse(_ text: String) throws(EntityError) -> FormattedText {
        switch self {
        case .html:
            var parser = HTMLParser(text)
            return try parser.parse()
        case .markdown:
            var parser = MarkdownParser(text)
            return try parser.parse()
        case .markdownV2:
            var parser = MarkdownV2Parser(text)
            return try parser.parse()
        }
    }
}
