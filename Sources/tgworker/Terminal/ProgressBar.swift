/// How far long work has come: one line on standard error that is written over, in a terminal only.
struct ProgressBar: Sendable {
    let total: Int
    let style: TextStyle
    private static let cells = 30

    init(total: Int, style: TextStyle) {
        (self.total, self.style) = (total, style)
    }

    /// Shows that so much is done.
    func show(_ done: Int) {
        guard style.isTerminal else { return }
        StandardStream.error.write("\r\(line(done))\u{1b}[K")
    }

    /// Takes the line away.
    func clear() {
        if style.isTerminal { StandardStream.error.write("\r\u{1b}[K") }
    }

    /// Such as `[########······················]  27 %  270 of 1000`.
    func line(_ done: Int) -> String {
        let share = min(1, Double(done) / Double(max(1, total)))
        let filled = Int(share * Double(Self.cells))
        let bar = String(repeating: "#", count: filled) + String(repeating: "·", count: Self.cells - filled)
        return style.fitted("[\(bar)]  \(Int(share * 100)) %  \(done) of \(total)")
    }
}
