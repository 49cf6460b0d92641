/// A value from the database made fit for a line of a message.
struct InlineValue: Sendable, Equatable {
    /// No value needs more, in UTF-16 units; with it, a message of a dozen values is surely below Telegram's 4096.
    static let limit = 200

    let text: String

    /// - A run of white space or line breaks becomes one space; no-break spaces stay. Other control characters, NUL
    ///   among them, are taken out.
    /// - Direction marks that would turn the rest of the line around are taken out, and a value with letters that are
    ///   written from right to left is isolated (Unicode Standard Annex #9, "Explicit Directional Isolates").
    /// - What is longer than ``limit`` ends in `…`, cut between characters.
    init(_ value: String, limit: Int = InlineValue.limit) {
        let line = Self.line(value, limit: limit)
        text = line.unicodeScalars.contains(where: \.isRightToLeft) ? "\u{2068}\(line)\u{2069}" : line
    }

    /// The value on one line and short enough, but not isolated: as it is to be stored, where it will be searched for.
    static func line(_ value: String, limit: Int = InlineValue.limit) -> String {
        var line = ""
        var isSpacePending = false
        for scalar in value.unicodeScalars where !scalar.isUnwanted {
            if scalar.isBreakingSpace {
                isSpacePending = !line.isEmpty
                continue
            }
            if isSpacePending { line.unicodeScalars.append(" ") }
            isSpacePending = false
            line.unicodeScalars.append(scalar)
        }
        return shortened(line, limit: limit)
    }

    private static func shortened(_ line: String, limit: Int) -> String {
        guard line.utf16.count > limit else { return line }
        var room = limit - 1
        let kept = line.prefix { character in
            room -= character.utf16.count
            return room >= 0
        }
        if !kept.isEmpty { return kept + "…" }
        // One character with a tower of marks fills the line: leave it its first marks.
        var short = ""
        short.unicodeScalars.append(contentsOf: line.unicodeScalars.prefix(limit / 2 - 1))
        return short + "…"
    }
}

extension Unicode.Scalar {
    /// Control characters that are no white space, and the embedding, override and isolate controls of text direction.
    fileprivate var isUnwanted: Bool {
        if properties.generalCategory == .control { return !properties.isWhitespace }
        return ("\u{202A}"..."\u{202E}").contains(self) || ("\u{2066}"..."\u{2069}").contains(self)
    }

    fileprivate var isBreakingSpace: Bool {
        properties.isWhitespace && self != "\u{A0}" && self != "\u{202F}" && self != "\u{2007}"
    }

    /// Hebrew, Arabic and their neighbours, with their presentation forms and the right-to-left planes' blocks.
    fileprivate var isRightToLeft: Bool {
        ("\u{0590}"..."\u{08FF}").contains(self) || ("\u{FB1D}"..."\u{FDFF}").contains(self)
            || ("\u{FE70}"..."\u{FEFC}").contains(self) || ("\u{10800}"..."\u{10FFF}").contains(self)
            || ("\u{1E800}"..."\u{1EFFF}").contains(self)
    }
}
