/// A value from the database made fit for a line of a message.
struct InlineValue: Sendable, Equatable {
    /// No value needs more, in UTF-16 units; with it, a message of a dozen values is surely below Telegram's 4096.
    static let limit = 200

    let text: String

    /// - A run of white space or line breaks becomes one space; no-break spaces stay. Other control characters, NUL
    ///   among them, are taken out.
    /// - Direction marks that would turn the rest of the line around are taken out, and a value with letters that are
    ///   written from right to left is isolated (Unicode Standard Annex #9, "Explicit Directional Isolates").
    /// - What is longer than ``limit`` ends in `…`, cut between characters.
    init(_ value: String, limit: Int = InlineValue.limit) {
        let line = Self.line(value, limit: limit)
        text = line.unicodeScalars.contains(where: \.isRightToLeft) ? "\u{2068}\(line)\u{2069}" : line
    }

    /// The value on one line and short enough, but not isolated: as it is to be stored, where it will be searched for.
    static func line(_ value: String, limit: Int = InlineValue.limit) -> String {
        isLine(value, limit: limit) ? value : shortened(joined(value), limit: limit)
    }

    /// Whether the value surely is what ``line(_:limit:)`` would make of it, as nearly every value is.
    private static func isLine(_ value: String, limit: Int) -> Bool {
        // No text has more UTF-16 units than bytes.
        guard value.utf8.count <= limit else { return false }
        var isSpaceWelcome = false
        for scalar in value.unicodeScalars {
            switch scalar.role {
            case .printed: isSpaceWelcome = true
            case .breakingSpace where isSpaceWelcome && scalar == " ": isSpaceWelcome = false
            case .breakingSpace, .unwanted: return false
            }
        }
        return isSpaceWelcome || value.isEmpty
    }

    /// The value on one line.
    private static func joined(_ value: String) -> String {
        var line = ""
        var isSpacePending = false
        for scalar in value.unicodeScalars {
            switch scalar.role {
            case .unwanted: continue
            case .breakingSpace: isSpacePending = !line.isEmpty
            case .printed:
                if isSpacePending { line.unicodeScalars.append(" ") }
                isSpacePending = false
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    private static func shortened(_ line: String, limit: Int) -> String {
        guard line.utf16.count > limit else { return line }
        var room = limit - 1
        let kept = line.prefix { character in
            room -= character.utf16.count
            return room >= 0
        }
        if !kept.isEmpty { return kept + "…" }
        // One character with a tower of marks fills the line: leave it its first marks.
        var short = ""
        short.unicodeScalars.append(contentsOf: line.unicodeScalars.prefix(limit / 2 - 1))
        return short + "…"
    }
}

extension Unicode.Scalar {
    /// What a line does with a character.
    enum Role { case printed, breakingSpace, unwanted }

    /// The role by the character's number: its properties are the same, and looking them up is slow.
    var role: Role {
        switch value {
        case 0x21...0x7E: .printed
        // White_Space, without the no-break spaces.
        case 0x20, 0x09...0x0D, 0x85, 0x1680, 0x2000...0x2006, 0x2008...0x200A, 0x2028, 0x2029, 0x205F, 0x3000:
            .breakingSpace
        // Control characters.
        case 0x00...0x1F, 0x7F...0x9F: .unwanted
        // The embedding, override and isolate controls of text direction.
        case 0x202A...0x202E, 0x2066...0x2069: .unwanted
        default: .printed
        }
    }

    /// Hebrew, Arabic and their neighbours, with their presentation forms and the right-to-left planes' blocks.
    fileprivate var isRightToLeft: Bool {
        switch value {
        case ..<0x0590: false
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }
}
