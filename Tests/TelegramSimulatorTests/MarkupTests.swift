import Testing

@testable import TelegramSimulator

@Suite(.timeLimit(.minutes(5)))
struct MarkupTests {
    private static func entity(_ kind: TextEntity.Kind, _ offset: Int, _ length: Int) -> TextEntity {
        TextEntity(kind: kind, offset: offset, length: length)
    }

    static let html: [(source: String, text: String, entities: [TextEntity])] = [
        ("plain", "plain", []),
        ("a &lt;b&gt; &amp; &quot;c&quot; &#1046; &#x1F600;", "a <b> & \"c\" Ж 😀", []),
        ("&nbsp; &unknown; & &#0; &lt", "&nbsp; &unknown; & &#0; <", []),
        ("<b>x</b><strong>y</strong>", "xy", [entity(.bold, 0, 1), entity(.bold, 1, 1)]),
        ("<i>x</i><em>y</em>", "xy", [entity(.italic, 0, 1), entity(.italic, 1, 1)]),
        ("<u>x</u><ins>y</ins>", "xy", [entity(.underline, 0, 1), entity(.underline, 1, 1)]),
        (
            "<s>x</s><strike>y</strike><del>z</del>", "xyz",
            [entity(.strikethrough, 0, 1), entity(.strikethrough, 1, 1), entity(.strikethrough, 2, 1)]
        ),
        (
            "<span class=\"tg-spoiler\">x</span><tg-spoiler>y</tg-spoiler>", "xy",
            [entity(.spoiler, 0, 1), entity(.spoiler, 1, 1)]
        ),
        ("<tg-emoji emoji-id='5368'>👍</tg-emoji>", "👍", [entity(.customEmoji(id: "5368"), 0, 2)]),
        (
            "<a href=\"http://a.b/?x=1&amp;y=2\">l</a>", "l",
            [entity(.textLink(url: "http://a.b/?x=1&y=2"), 0, 1)]
        ),
        ("<a href='tg://user?id=42'>m</a>", "m", [entity(.textMention(userID: 42), 0, 1)]),
        ("<a>EXAMPLE.com</a>", "EXAMPLE.com", [entity(.textLink(url: "http://example.com/"), 0, 11)]),
        ("<a href='nowhere'>l</a>", "l", []),
        ("<code>x</code>", "x", [entity(.code, 0, 1)]),
        ("<pre>x</pre>", "x", [entity(.pre(language: nil), 0, 1)]),
        ("<pre><code class=\"language-sql\">x</code></pre>", "x", [entity(.pre(language: "sql"), 0, 1)]),
        ("<code class=\"language-sql\"><pre>x</pre></code>", "x", [entity(.pre(language: "sql"), 0, 1)]),
        ("<code class=\"language-sql\">x</code>", "x", [entity(.code, 0, 1)]),
        ("<blockquote>x</blockquote>", "x", [entity(.blockquote, 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity(.expandableBlockquote, 0, 1)]),
        ("<B>x</b >", "x", [entity(.bold, 0, 1)]),
        ("<b>a<i>b</i></b>", "ab", [entity(.bold, 0, 2), entity(.italic, 1, 1)]),
        ("<b>x</>", "x", [entity(.bold, 0, 1)]),
        ("😀<b>x</b>", "😀x", [entity(.bold, 2, 1)]),
        ("<b></b>x", "x", []),
        ("a > b", "a > b", []),
    ]

    @Test("HTML becomes text and entities", arguments: html)
    func htmlText(source: String, text: String, entities: [TextEntity]) throws {
        #expect(try ParseMode.html.parse(source) == FormattedText(text: text, entities: entities))
    }

    static let htmlErrors = [
        ("1 < 2", "Unsupported start tag \"\" at byte offset 2"),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("a < b > c", "Unsupported start tag \"\" at byte offset 2"),
        ("ж<p>x</p>", "Unsupported start tag \"p\" at byte offset 2"),
        ("a<br/>b", "Unsupported start tag \"br/\" at byte offset 1"),
        ("<b>x", "Can't find end tag corresponding to start tag \"b\""),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
        ("<b><i>x</b></i>", "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\""),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href=\"x", "Unclosed start tag at byte offset 0"),
        ("<a href", "Unclosed start tag \"a\" at byte offset 0"),
        ("<a =\"x\">y</a>", "Empty attribute name in the tag \"a\" at byte offset 0"),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        (
            "&#xD800;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
                + "surrogate code units"
        ),
    ]

    @Test("broken HTML is refused in td's words", arguments: htmlErrors)
    func htmlError(source: String, message: String) {
        #expect(throws: EntityError(message)) { try ParseMode.html.parse(source) }
    }

    static let markdown: [(source: String, text: String, entities: [TextEntity])] = [
        ("*b* _i_ `c`", "b i c", [entity(.bold, 0, 1), entity(.italic, 2, 1), entity(.code, 4, 1)]),
        ("```\ncode```", "code", [entity(.pre(language: nil), 0, 4)]),
        ("```sql\ncode```", "code", [entity(.pre(language: "sql"), 0, 4)]),
        ("[l](http://a.b)", "l", [entity(.textLink(url: "http://a.b/"), 0, 1)]),
        ("snake\\_case", "snake_case", []),
        ("**x", "x", []),
    ]

    @Test("legacy Markdown becomes text and entities", arguments: markdown)
    func markdownText(source: String, text: String, entities: [TextEntity]) throws {
        #expect(try ParseMode.markdown.parse(source) == FormattedText(text: text, entities: entities))
    }

    @Test(
        "a mark without its end is refused by legacy Markdown",
        arguments: [("a_b", 1), ("ж*", 2), ("`x", 0), ("```x``", 0), ("[x", 0)])
    func markdownErrors(source: String, offset: Int) {
        #expect(throws: EntityError("Can't find end of the entity starting at byte offset \(offset)")) {
            try ParseMode.markdown.parse(source)
        }
    }

    static let markdownV2: [(source: String, text: String, entities: [TextEntity])] = [
        (
            "*b _i_* __u__ ~s~ ||p||", "b i u s p",
            [
                entity(.bold, 0, 3), entity(.italic, 2, 1), entity(.underline, 4, 1), entity(.strikethrough, 6, 1),
                entity(.spoiler, 8, 1),
            ]
        ),
        ("`c.d` ```sql\nx```", "c.d x", [entity(.code, 0, 3), entity(.pre(language: "sql"), 4, 1)]),
        ("[l](http://a.b/\\))", "l", [entity(.textLink(url: "http://a.b/)"), 0, 1)]),
        ("![x](tg://emoji?id=5)", "x", [entity(.customEmoji(id: "5"), 0, 1)]),
        (">q\n>r\ns", "q\nr\ns", [entity(.blockquote, 0, 4)]),
        (">q\n>r||", "q\nr", [entity(.expandableBlockquote, 0, 3)]),
        ("1\\.5 \\- \\!", "1.5 - !", []),
    ]

    @Test("MarkdownV2 becomes text and entities", arguments: markdownV2)
    func markdownV2Text(source: String, text: String, entities: [TextEntity]) throws {
        #expect(try ParseMode.markdownV2.parse(source) == FormattedText(text: text, entities: entities))
    }

    @Test(
        "broken MarkdownV2 is refused in td's words",
        arguments: [
            ("a.b", "Character '.' is reserved and must be escaped with the preceding '\\'"),
            ("a > b", "Character '>' is reserved and must be escaped with the preceding '\\'"),
            ("*b", "Can't find end of Bold entity at byte offset 0"),
            ("a __u", "Can't find end of Underline entity at byte offset 2"),
            ("[x](http://a.b", "Can't find end of a URL at byte offset 4"),
            ("![x]", "The entity must contain a tg://emoji or tg://time URL"),
        ])
    func markdownV2Errors(source: String, message: String) {
        #expect(throws: EntityError(message)) { try ParseMode.markdownV2.parse(source) }
    }

    @Test("blank ends are cut off and the entities move with the text")
    func trimming() {
        let text = FormattedText(text: "\n a\r\nb  ", entities: [Self.entity(.bold, 0, 8), Self.entity(.code, 5, 1)])
        #expect(
            text.trimmed()
                == FormattedText(text: "a\nb", entities: [Self.entity(.bold, 0, 3), Self.entity(.code, 2, 1)]))
    }
}
