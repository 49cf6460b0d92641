extension Unicode.Scalar {
    /// A control character as an escape: `\n`, `\r`, `\t`, else its number as `\u001b` (JSON) or `\u{1b}` (people).
    func escaped(withBraces braces: Bool) -> String {
        switch self {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            let digits = String(value, radix: 16)
            return braces ? "\\u{\(digits)}" : "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
    }
}
