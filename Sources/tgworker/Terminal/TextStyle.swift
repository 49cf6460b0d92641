import Glibc

/// How text looks on a stream: with a little colour in a terminal, plain in a pipe or a file.
struct TextStyle: Sendable, Equatable {
    /// The colours of every terminal (ECMA-48, Select Graphic Rendition).
    enum Color: Int, Sendable { case red = 31, green = 32, yellow = 33, bold = 1, gray = 90 }

    /// Whether somebody looks at it.
    var isTerminal: Bool
    /// Whether colour is wanted (https://no-color.org).
    var isColored: Bool
    /// Columns of the terminal; nil is no limit.
    var width: Int?
    /// Its lines; nil is no limit.
    var height: Int?

    static let plain = TextStyle(isTerminal: false, isColored: false, width: nil)

    init(isTerminal: Bool, isColored: Bool, width: Int?) {
        (self.isTerminal, self.isColored, self.width) = (isTerminal, isColored, width)
    }

    init(of stream: StandardStream, environment: [String: String]) {
        isTerminal = isatty(stream.rawValue) == 1
        let isDumb = environment["TERM", default: "dumb"] == "dumb"
        isColored = isTerminal && !isDumb && environment["NO_COLOR", default: ""].isEmpty
        var size = winsize()
        if isTerminal, ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            width = Int(size.ws_col)
            height = size.ws_row > 1 ? Int(size.ws_row) : nil
        } else if isTerminal {
            width = environment["COLUMNS"].flatMap { Int($0) } ?? 80
        }
    }

    func colored(_ text: String, _ color: Color) -> String {
        isColored ? "\u{1b}[\(color.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// A line cut off at the width, before it is coloured.
    func fitted(_ line: String) -> String {
        guard let width, line.count > width else { return line }
        return line.prefix(max(1, width - 1)) + "…"
    }
}

extension String {
    /// With spaces behind it, at least so wide.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// With spaces before it, at least so wide.
    func paddedLeft(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
