import Testing

@testable import Worker

@Suite("A text between tags", .timeLimit(.minutes(5)))
struct HTMLTests {
    @Test(
        "has what means something escaped, and nothing else changed",
        arguments: [
            ("", "", ""), ("x", "x", "x"), ("&", "&amp;", "&amp;"), ("<>", "&lt;&gt;", "&lt;&gt;"),
            ("&amp;", "&amp;amp;", "&amp;amp;"), ("a<b", "a&lt;b", "a&lt;b"), ("<a", "&lt;a", "&lt;a"),
            ("a>", "a&gt;", "a&gt;"), ("\"", "\"", "&quot;"), ("\"<\"", "\"&lt;\"", "&quot;&lt;&quot;"),
            ("Заказ & 👩‍👩‍👧‍👦 <я>", "Заказ &amp; 👩‍👩‍👧‍👦 &lt;я&gt;", "Заказ &amp; 👩‍👩‍👧‍👦 &lt;я&gt;"),
            // A mark on the sign makes it no less of a sign.
            (
                "<\u{301}&\u{FE0F}\"\u{301}", "&lt;\u{301}&amp;\u{FE0F}\"\u{301}",
                "&lt;\u{301}&amp;\u{FE0F}&quot;\u{301}"
            ),
            ("طلب\u{200F}<\r\n\u{0}", "طلب\u{200F}&lt;\r\n\u{0}", "طلب\u{200F}&lt;\r\n\u{0}"),
        ])
    func escaped(text: String, between: String, attribute: String) {
        #expect(HTML.escape(text).unicodeScalars.elementsEqual(between.unicodeScalars))
        #expect(HTML.escape(attribute: text).unicodeScalars.elementsEqual(attribute.unicodeScalars))
    }

    @Test("may be long", arguments: ["<", "x", "я<"])
    func long(unit: String) {
        let text = String(repeating: unit, count: 10_000)
        #expect(HTML.escape(text) == String(repeating: HTML.escape(unit), count: 10_000))
    }
}
