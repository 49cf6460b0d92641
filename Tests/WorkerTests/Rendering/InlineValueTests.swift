import TestSupport
import Testing

@testable import Worker

@Suite("A value on its line", .timeLimit(.minutes(5)))
struct InlineValueTests {
    @Test("treats every character as its Unicode properties tell")
    func roles() {
        for scalar in (UInt32(0)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init)
        where scalar.role != Self.role(scalar) {
            Issue.record("U+\(String(scalar.value, radix: 16)) is \(scalar.role)")
        }
    }

    @Test("is what a slow reading makes of it, whatever it is made of", arguments: [InlineValue.limit, 12, 4])
    func equivalence(limit: Int) {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<4000 {
            let value = Self.value(&random)
            let line = InlineValue.line(value, limit: limit)
            let whole = Self.line(value)
            let isRight =
                whole.utf16.count <= limit
                ? line.unicodeScalars.elementsEqual(whole.unicodeScalars)
                : line.utf16.count <= limit && whole.unicodeScalars.starts(with: line.unicodeScalars.dropLast())
                    && line.unicodeScalars.last == "…"
            if !isRight { Issue.record("\(value.debugDescription) becomes \(line.debugDescription)") }
        }
    }

    @Test(
        "is the value itself where nothing is to be done",
        arguments: [
            "", "S00042", "a b c", "подтверждён", "12\u{A0}345,60\u{A0}₽", "✅", "\u{200B}x\u{200D}", "\u{301}", "🇷🇺 ñ",
            String(repeating: "я", count: 100), String(repeating: "я", count: 200), String(repeating: "x", count: 200),
        ])
    func unchanged(value: String) {
        #expect(InlineValue(value).text.unicodeScalars.elementsEqual(value.unicodeScalars))
    }

    private static let pieces = [
        "a", "7", "я", "é", "e\u{301}", " ", " ", " ", "  ", "\r\n", "\n", "\t", "\u{0}", "\u{1F}", "\u{7F}", "\u{85}",
        "\u{A0}", "\u{1680}", "\u{2003}", "\u{2007}", "\u{200B}", "\u{200D}", "\u{200F}", "\u{2028}", "\u{202E}",
        "\u{202F}", "\u{205F}", "\u{2066}", "\u{2069}", "\u{3000}", "\u{FEFF}", "\u{301}", "👩‍👩‍👧‍👦", "🇷🇺", "👍🏽", "طلب",
        "<b>&\"", String(repeating: "x", count: 190),
    ]

    private static func value(_ random: inout SeededGenerator) -> String {
        (0..<random.number(0...12)).map { _ in pieces[random.number(0...pieces.count - 1)] }.joined()
    }

    // MARK: The slow reading

    private static func role(_ scalar: Unicode.Scalar) -> Unicode.Scalar.Role {
        if scalar.properties.isWhitespace {
            return ["\u{A0}", "\u{202F}", "\u{2007}"].contains(scalar) ? .printed : .breakingSpace
        }
        let turnsText = ("\u{202A}"..."\u{202E}").contains(scalar) || ("\u{2066}"..."\u{2069}").contains(scalar)
        return turnsText || scalar.properties.generalCategory == .control ? .unwanted : .printed
    }

    /// The whole line, however long.
    private static func line(_ value: String) -> String {
        value.unicodeScalars.filter { role($0) != .unwanted }
            .split { role($0) == .breakingSpace }
            .map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
    }
}
