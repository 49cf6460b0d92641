import Testing

@testable import Worker

@Suite("A rendered message", .timeLimit(.minutes(5)))
struct RichTextTests {
    @Test("is HTML and plain text of the same words")
    func twoForms() {
        let inner: RichText = "code \(code: "12<3")"
        let message = RenderedMessage("A & B: \(bold: "x_<b>&\"y\"") <ok> \(inner) \("")\(bold: "")!")
        #expect(
            message.html == "A &amp; B: <b>x_&lt;b&gt;&amp;\"y\"</b> &lt;ok&gt; code <code>12&lt;3</code> !")
        #expect(message.plain == "A & B: x_<b>&\"y\" <ok> code 12<3 !")
    }

    @Test("has its lines one below the other, without those that are missing")
    func lines() {
        #expect(RenderedMessage(RichText(lines: ["one", nil, "\(bold: "two")", nil])).plain == "one\ntwo")
        #expect(RenderedMessage(RichText(lines: [nil, nil])) == RenderedMessage(""))
    }

    @Test(
        "holds values that stay on their line",
        arguments: [
            ("S00042", "S00042"),
            ("  two\r\n\t lines \n", "two lines"),
            ("a\u{0}b\u{1B}[31m\u{7F}", "ab[31m"),
            ("a\u{85}b\u{2028}c", "a b c"),
            ("1\u{A0}234\u{202F}₽", "1\u{A0}234\u{202F}₽"),
            ("-\u{FEFF}5", "-\u{FEFF}5"),
            ("SO\u{202E}fdp.exe", "SOfdp.exe"),
            ("\u{2066}\u{2069}\u{202A}", ""),
            ("طلب 7", "\u{2068}طلب 7\u{2069}"),
            ("הזמנה\u{202E}", "\u{2068}הזמנה\u{2069}"),
            ("👩‍👩‍👧‍👦 e\u{301}", "👩‍👩‍👧‍👦 e\u{301}"),
        ])
    func inlineValue(value: String, text: String) {
        #expect(Array(InlineValue(value).text.unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test(
        "holds no value that is too long, and cuts none inside a character",
        arguments: [
            (String(repeating: "x", count: 200), String(repeating: "x", count: 200)),
            (String(repeating: "x", count: 201), String(repeating: "x", count: 199) + "…"),
            (String(repeating: "👍🏽", count: 60), String(repeating: "👍🏽", count: 49) + "…"),
            ("e" + String(repeating: "\u{301}", count: 9000), "e" + String(repeating: "\u{301}", count: 98) + "…"),
        ])
    func longValue(value: String, text: String) {
        let short = InlineValue(value).text
        #expect(short == text)
        #expect(short.utf16.count <= InlineValue.limit)
    }
}
