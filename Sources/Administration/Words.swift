extension Array where Element == String {
    /// The first few in one line, and how many more there are.
    func listed(_ limit: Int) -> String {
        count <= limit ? joined(separator: ", ") : "\(prefix(limit).joined(separator: ", ")) and \(count - limit) more"
    }
}

/// Numbers and times in the words of the screen.
package enum Words {
    /// A time in its two largest units, such as "12 s", "3 min 5 s", "2 h 10 min", "4 d 1 h".
    package static func time(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds).rounded(.down))
        let parts: [(Int, String)] = [
            (whole / 86_400, "d"), (whole / 3600 % 24, "h"), (whole / 60 % 60, "min"), (whole % 60, "s"),
        ]
        guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
        return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// A count that was ended at a limit.
    package static func count(_ number: Int, limit: Int) -> String {
        number > limit ? "\(limit)+" : "\(number)"
    }

    /// A count with its noun.
    package static func count(_ number: Int, limit: Int = .max - 1, _ singular: String, _ plural: String) -> String {
        "\(count(number, limit: limit)) \(number == 1 ? singular : plural)"
    }

    /// A text from outside as one line for a terminal, without control characters, at most so long.
    package static func line(_ text: String, limit: Int = 300) -> String {
        let clean = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) || scalar.value == 0x2028
                        || scalar.value == 0x2029 ? " " : scalar
                }))
        return clean.count <= limit ? clean : clean.prefix(limit - 1) + "…"
    }
}
