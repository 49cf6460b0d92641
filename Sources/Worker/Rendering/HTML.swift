/// Telegram's HTML style of formatting (Bot API, "HTML style").
enum HTML {
    /// The text with the three characters escaped that mean something between tags.
    ///
    /// A quotation mark means something only inside an attribute, see ``escape(attribute:)``.
    static func escape(_ text: String) -> String {
        escape(text) { byte in
            switch byte {
            case UInt8(ascii: "&"): "&amp;"
            case UInt8(ascii: "<"): "&lt;"
            case UInt8(ascii: ">"): "&gt;"
            default: nil
            }
        }
    }

    /// The text made fit for an attribute between double quotation marks.
    static func escape(attribute text: String) -> String {
        escape(escape(text)) { $0 == UInt8(ascii: "\"") ? "&quot;" : nil }
    }

    /// Most texts have nothing to escape and are given back as they are.
    private static func escape(_ text: String, _ entity: (UInt8) -> String?) -> String {
        var escaped = ""
        var rest = text[...]
        while let index = rest.utf8.firstIndex(where: { entity($0) != nil }) {
            escaped += rest[..<index]
            escaped += entity(rest.utf8[index]) ?? ""
            rest = rest[rest.utf8.index(after: index)...]
        }
        return escaped.isEmpty ? text : escaped + rest
    }
}
