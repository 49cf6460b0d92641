/// A message in the two forms that are needed: for Telegram, and for the history that operators read in Odoo.
///
/// Both come from one ``RichText``, so they cannot differ in what they say.
struct RenderedMessage: Sendable, Equatable {
    /// With Telegram's HTML markup.
    let html: String
    /// Without markup.
    let plain: String

    init(_ text: RichText) {
        plain = text.spans.map(\.text).joined()
        html = text.spans.map { span in
            let escaped = HTML.escape(span.text)
            return switch span.style {
            case .plain: escaped
            case .bold: "<b>\(escaped)</b>"
            case .code: "<code>\(escaped)</code>"
            case .link(let url): "<a href=\"\(HTML.escape(attribute: url))\">\(escaped)</a>"
            }
        }.joined()
    }
}
