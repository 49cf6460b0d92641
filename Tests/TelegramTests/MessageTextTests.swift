import Telegram
import TestSupport
import Testing

@Suite("A text that is too long", .timeLimit(.minutes(5)))
struct MessageTextTests {
    @Test(
        "is split at the best place that fits",
        arguments: [
            ("short", 10, ["short"]),
            ("", 10, []),
            (" \n ", 10, []),
            (" kept as it is ", 20, [" kept as it is "]),
            ("0123456789", 10, ["0123456789"]),
            ("01234567890", 10, ["0123456789", "0"]),
            ("one two three", 10, ["one two", "three"]),
            ("one two\nthree four", 14, ["one two", "three four"]),
            ("First one.\nX Y.\n\nSecond two", 20, ["First one.\nX Y.", "Second two"]),
            ("One is. Two and more", 12, ["One is.", "Two and more"]),
            ("He said «Yes!» and left it", 18, ["He said «Yes!»", "and left it"]),
            ("A. bcdefgh ijklmn", 12, ["A. bcdefgh", "ijklmn"]),
            ("exactly ten more", 7, ["exactly", "ten", "more"]),
            ("abcde     fghij", 5, ["abcde", "fghij"]),
            ("abc\r\ndef", 4, ["abc", "def"]),
            ("ab\r\n\r\ncdef", 5, ["ab", "cdef"]),
            ("end of text      ", 12, ["end of text"]),
            ("sum 1\u{A0}234,50\u{A0}€", 12, ["sum", "1\u{A0}234,50\u{A0}€"]),
            ("👍🏽👍🏽👍🏽", 9, ["👍🏽👍🏽", "👍🏽"]),
            ("🇷🇺🇬🇧🇩🇪", 7, ["🇷🇺", "🇬🇧", "🇩🇪"]),
            ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 13, ["👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"]),
            ("e\u{301}e\u{301}e\u{301}", 3, ["e\u{301}", "e\u{301}", "e\u{301}"]),
            ("ab \u{301}cd", 4, ["ab \u{301}", "cd"]),
            ("😀😀", 3, ["😀", "😀"]),
        ])
    func table(text: String, limit: Int, parts: [String]) {
        let split = MessageText.split(text, limit: limit)
        #expect(split.map { Array($0.unicodeScalars) } == parts.map { Array($0.unicodeScalars) })
    }

    @Test(
        "is one that has more UTF-16 units than a message may have",
        arguments: [
            ("x", 4096, true), ("x", 4097, false), ("я", 4096, true), ("я", 4097, false), ("👍", 2048, true),
            ("👍", 2049, false), ("₽", 4096, true), ("x", 0, true),
        ])
    func fits(unit: String, count: Int, fits: Bool) {
        let text = String(repeating: unit, count: count)
        #expect(MessageText.fits(text) == fits)
        #expect((MessageText.split(text).count < 2) == fits)
    }

    @Test("is cut inside a character only when that alone is too long")
    func hugeCharacter() {
        let tower = "e" + String(repeating: "\u{301}", count: 25)
        let parts = MessageText.split("ab " + tower + " cd", limit: 10)
        #expect(parts.map(\.utf16.count) == [2, 10, 10, 9])
        #expect(parts.joined().unicodeScalars.count(where: { $0 == "\u{301}" }) == 25)
        #expect(parts.last?.hasSuffix(" cd") == true)
    }

    @Test("has Telegram's limit when none is given")
    func defaultLimit() {
        let parts = MessageText.split(String(repeating: "😀", count: 5000))
        #expect(parts.map(\.utf16.count) == [4096, 4096, 1808])
    }

    @Test("loses nothing but white space, and no character is cut", arguments: 0..<400)
    func property(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let text = Self.text(using: &random)
        let limit = Int.random(in: 20...60, using: &random)
        let parts = MessageText.split(text, limit: limit)

        #expect(parts.allSatisfy { $0.utf16.count <= limit })
        #expect(parts.allSatisfy { !$0.allSatisfy(\.isWhitespace) || $0.unicodeScalars.contains { !$0.isWhite } })

        // Walk the original: between parts there is white space only, and every part begins and ends at a character.
        let scalars = text.unicodeScalars
        var position = scalars.startIndex
        var expected: [String] = []
        for part in parts {
            while position < scalars.endIndex, !scalars[position...].starts(with: part.unicodeScalars),
                scalars[position].isWhite
            {
                position = scalars.index(after: position)
            }
            guard let end = scalars.index(position, offsetBy: part.unicodeScalars.count, limitedBy: scalars.endIndex),
                scalars[position..<end].elementsEqual(part.unicodeScalars)
            else {
                Issue.record("a part that is not in the text: \(part.debugDescription)")
                return
            }
            #expect(Self.mayCut(text, at: position, limit: limit))
            #expect(Self.mayCut(text, at: end, limit: limit))
            expected.append(String(scalars[position..<end]))
            position = end
        }
        #expect(scalars[position...].allSatisfy { $0.isWhite })
        #expect(expected == parts)
    }

    /// Whether a cut at `index` is between two characters, or inside one that no part has room for.
    private static func mayCut(_ text: String, at index: String.Index, limit: Int) -> Bool {
        guard let start = text.indices.last(where: { $0 <= index }), index < text.endIndex else { return true }
        return start == index || text[start].utf16.count > limit
    }

    private static func text(using random: inout SeededGenerator) -> String {
        let pieces = [
            "a", "слово", "longerword", ".", "! ", "? ", " ", "  ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "\u{A0}",
            "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇷🇺", "🇬🇧", "👍🏽", "e\u{301}", "क्षि", "각", "\u{301}", "\u{200D}", "𝄞", "漢字",
            "\u{202E}", "\u{FEFF}", " \u{301}", "<b>", "&amp;",
        ]
        let count = Int.random(in: 0...120, using: &random)
        return (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }
}

extension Unicode.Scalar {
    fileprivate var isWhite: Bool { properties.isWhitespace }
}
