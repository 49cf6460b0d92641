/// Six digits that a customer types to show that the chat is alive and theirs.
struct VerificationCode: Sendable, Equatable {
    /// The digits.
    let digits: String

    /// How many there are: the size of Odoo's field.
    static let length = 6

    /// A new one, from the operating system's cryptographic generator (`SystemRandomNumberGenerator`: getrandom(2)).
    static func random() -> VerificationCode {
        let number = String(Int.random(in: 0..<1_000_000))
        return VerificationCode(digits: String(repeating: "0", count: length - number.count) + number)
    }

    private init(digits: String) { self.digits = digits }

    /// A code as Odoo's table has it; nil when it is none.
    init?(stored: String?) {
        guard let stored, stored.utf8.count == Self.length, stored.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            return nil
        }
        digits = stored
    }

    /// What a customer may have typed.
    enum Entry: Sendable, Equatable {
        case code(VerificationCode)
        /// Digits, but not six of them.
        case otherNumber
    }

    /// Reads `123456`, `123 456`, `123-456`, in the digits of any script; nil for what is no number.
    static func read(_ text: String) -> Entry? {
        var digits = ""
        for character in text where !character.isWhitespace && character != "-" {
            guard character.isNumber, let value = character.wholeNumberValue, (0...9).contains(value), digits.count < 10
            else { return nil }
            digits += String(value)
        }
        guard digits.count >= 3 else { return nil }
        return VerificationCode(stored: digits).map(Entry.code) ?? .otherNumber
    }

    /// Takes the same time whatever they have in common.
    static func == (left: VerificationCode, right: VerificationCode) -> Bool {
        ConstantTime.areEqual(left.digits, right.digits)
    }
}

/// Comparing secrets.
enum ConstantTime {
    /// Whether two texts have the same bytes, in a time that depends on their lengths only.
    static func areEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
