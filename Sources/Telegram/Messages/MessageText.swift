/// The length of a message's text, and how a longer one becomes several.
public enum MessageText {
    /// The longest text of one message, in UTF-16 code units.
    ///
    /// The Bot API says 4096 characters after entities are parsed (Bot API, "sendMessage") and its server counts Unicode
    /// scalars, while clients count UTF-16 units: the smaller measure is safe for both.
    public static let limit = 4096

    /// Whether a plain text is short enough for one message.
    public static func fits(_ text: String) -> Bool {
        // No text has more UTF-16 units than bytes, and those need no counting.
        text.utf8.count <= limit || text.utf16.count <= limit
    }

    /// Splits a plain text into parts of at most `limit` UTF-16 units each.
    ///
    /// A part ends at the last end of a paragraph, line or sentence that leaves it at least half full, else after the
    /// last whole word, else between two characters. The white space at such a place is dropped, as Telegram would do;
    /// nothing else is lost. A character (grapheme cluster) is never cut, unless it alone is longer than the limit: then
    /// it is cut between Unicode scalars. Split before escaping for a markup, so that no tag or entity is cut.
    ///
    /// - Parameter limit: at least 2, the length of the longest Unicode scalar.
    /// - Returns: the parts in order; none for a text without visible characters.
    public static func split(_ text: String, limit: Int = limit) -> [String] {
        precondition(limit >= 2, "a Unicode scalar may need two UTF-16 units")
        var parts: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            let cut = rest.fits(limit) ? Cut(end: rest.endIndex, next: rest.endIndex) : rest.bestCut(limit: limit)
            let part = rest[..<cut.end]
            if !part.allSatisfy(\.isWhitespaceOnly) { parts.append(String(part)) }
            rest = rest[cut.next...]
        }
        return parts
    }
}

/// Where a part ends and the next one begins.
private struct Cut {
    var end: String.Index
    var next: String.Index
}

extension Substring {
    /// Whether the text has at most `limit` UTF-16 units, without counting further than that.
    fileprivate func fits(_ limit: Int) -> Bool {
        guard let end = utf16.index(startIndex, offsetBy: limit, limitedBy: endIndex) else { return true }
        return end == endIndex
    }

    /// The best place to end a part of a text that is too long for one.
    fileprivate func bestCut(limit: Int) -> Cut {
        var best: [Gap.Kind: Cut] = [:]
        var index = startIndex
        var length = 0
        var endsSentence = false
        while index < endIndex {
            let character = self[index]
            let next: String.Index
            if character.isBreakable, index > startIndex {
                // It may begin at the very limit: what is dropped needs no room.
                let gap = Gap(in: self, at: index, afterSentence: endsSentence)
                let cut = Cut(end: index, next: gap.end)
                best[.word] = cut
                if length >= limit / 2 { best[gap.kind] = cut }
                next = gap.end
                endsSentence = false
            } else {
                next = self.index(after: index)
                if !character.closesQuotation { endsSentence = character.endsSentence }
            }
            length += utf16.distance(from: index, to: next)
            if length > limit { break }
            index = next
        }
        if let cut = best[.paragraph] ?? best[.line] ?? best[.sentence] ?? best[.word] { return cut }
        let end = index > startIndex ? index : endOfScalars(limit: limit)
        return Cut(end: end, next: end)
    }

    /// Where the last Unicode scalar ends that has room.
    private func endOfScalars(limit: Int) -> String.Index {
        var index = startIndex
        var length = 0
        while index < endIndex {
            length += unicodeScalars[index].utf16.count
            if length > limit { break }
            index = unicodeScalars.index(after: index)
        }
        return index
    }
}

/// A run of white space that a text may be cut at.
private struct Gap {
    enum Kind { case paragraph, line, sentence, word }

    let kind: Kind
    let end: String.Index

    init(in text: Substring, at start: String.Index, afterSentence: Bool) {
        let run = text[start...].prefix(while: \.isBreakable)
        end = run.endIndex
        kind =
            switch run.count(where: \.isNewline) {
            case 0: afterSentence ? .sentence : .word
            case 1: .line
            default: .paragraph
            }
    }
}

extension Character {
    /// White space and nothing else: a space that carries a combining mark is visible.
    fileprivate var isWhitespaceOnly: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }

    /// White space that a line may be broken at. The no-break spaces hold amounts together.
    fileprivate var isBreakable: Bool {
        isWhitespaceOnly && self != "\u{A0}" && self != "\u{202F}" && self != "\u{2007}"
    }

    fileprivate var endsSentence: Bool { ".!?…".contains(self) }
    fileprivate var closesQuotation: Bool { "\"')]»”’".contains(self) }
}
