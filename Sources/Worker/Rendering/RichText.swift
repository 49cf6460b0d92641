/// A text with emphasis, written as a string literal: `"Order \(bold: name) is ready"`.
///
/// What stands in the literal is ours and kept as it is; every interpolated value is data, and is made fit for one line
/// of a message (see ``InlineValue``). Markup exists only as styles, never as characters, so no value can break it.
struct RichText: Sendable, Equatable, ExpressibleByStringInterpolation {
    enum Style: Sendable, Equatable {
        case plain, bold, code
        /// A link to this address.
        case link(String)
    }

    struct Span: Sendable, Equatable {
        var text: String
        var style: Style
    }

    private(set) var spans: [Span] = []

    init(stringLiteral text: String) {
        append(text, .plain)
    }

    init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.text
    }

    /// Lines one below the other; those that are nil are left out.
    init(lines: [RichText?]) {
        spans.reserveCapacity(4 * lines.count)
        for case let line? in lines {
            if !spans.isEmpty { append("\n", .plain) }
            self += line
        }
    }

    static func += (text: inout RichText, more: RichText) {
        text.spans += more.spans
    }

    private mutating func append(_ text: String, _ style: Style) {
        if !text.isEmpty { spans.append(Span(text: text, style: style)) }
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text: RichText = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.spans.reserveCapacity(2 * interpolationCount + 1)
        }

        mutating func appendLiteral(_ literal: String) {
            text.append(literal, .plain)
        }

        /// A value as it is.
        mutating func appendInterpolation(_ value: String) {
            text.append(InlineValue(value).text, .plain)
        }

        /// A value in bold type.
        mutating func appendInterpolation(bold value: String) {
            text.append(InlineValue(value).text, .bold)
        }

        /// A value in a fixed-width type, which Telegram copies at a touch.
        mutating func appendInterpolation(code value: String) {
            text.append(InlineValue(value).text, .code)
        }

        /// A value in bold type that leads to an address, if there is one.
        mutating func appendInterpolation(_ value: String, link url: String?) {
            text.append(InlineValue(value).text, url.map { .link($0) } ?? .bold)
        }

        /// Another text with its emphasis.
        mutating func appendInterpolation(_ other: RichText) {
            text += other
        }
    }
}
