/// Telegram's HTML style of formatting (Bot API, "HTML style").
enum HTML {
    /// The text with the three characters escaped that mean something between tags.
    ///
    /// A quotation mark means something only inside an attribute, see ``escape(attribute:)``.
    static func escape(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// The text made fit for an attribute between double quotation marks.
    static func escape(attribute text: String) -> String {
        escape(text).replacing("\"", with: "&quot;")
    }
}
