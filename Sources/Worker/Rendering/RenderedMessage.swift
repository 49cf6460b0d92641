/// A message in the two forms that are needed: for Telegram, and for the history that operators read in Odoo.
///
/// Both come from one ``RichText``, so they cannot differ in what they say.
struct RenderedMessage: Sendable, Equatable {
    /// With Telegram's HTML markup.
    let html: String
    /// Without markup.
    let plain: String

    init(_ text: RichText) {
        let length = text.spans.reduce(0) { $0 + $1.text.utf8.count }
        var plain = ""
        var html = ""
        plain.reserveCapacity(length)
        html.reserveCapacity(length + 32)
        for span in text.spans {
            plain += span.text
            let tags = span.style.tags
            if let tags { html += tags.opening }
            html += HTML.escape(span.text)
            if let tags { html += tags.closing }
        }
        self.plain = plain
        self.html = html
    }
}

extension RichText.Style {
    /// What stands before and after the text in Telegram's HTML.
    fileprivate var tags: (opening: String, closing: String)? {
        switch self {
        case .plain: nil
        case .bold: ("<b>", "</b>")
        case .code: ("<code>", "</code>")
        case .link(let url): ("<a href=\"\(HTML.escape(attribute: url))\">", "</a>")
        }
    }
}
