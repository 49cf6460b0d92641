/// A number as PostgreSQL writes a `numeric`: exact, so that no amount passes through binary floating point.
struct DecimalNumber: Sendable, Equatable {
    let isNegative: Bool
    /// The digits before the point, at least one.
    let whole: String
    /// The digits after the point, perhaps none.
    let fraction: String

    /// Reads a number. Nil for what is no amount: `NaN`, `Infinity`, or another notation.
    init?(_ text: String) {
        isNegative = text.utf8.first == UInt8(ascii: "-")
        let unsigned = text.utf8.dropFirst(isNegative ? 1 : 0)
        let whole = unsigned.prefix(while: \.isDigit)
        let rest = unsigned[whole.endIndex...]
        let fraction = rest.dropFirst()
        guard !whole.isEmpty, fraction.allSatisfy(\.isDigit),
            rest.isEmpty || rest.first == UInt8(ascii: ".") && !fraction.isEmpty
        else { return nil }
        self.whole = String(Substring(whole))
        self.fraction = String(Substring(fraction))
    }

    private init(isNegative: Bool, whole: String, fraction: String) {
        self.isNegative = isNegative
        self.whole = whole
        self.fraction = fraction
    }

    /// The number with exactly this many digits after the point. Halves are rounded away from zero, as Odoo's
    /// `float_round` does; zero has no sign.
    func rounded(toPlaces places: Int) -> DecimalNumber {
        let kept = fraction.utf8.prefix(places)
        var digits = Array(whole.utf8)
        digits += kept
        digits += repeatElement(UInt8(ascii: "0"), count: places - kept.count)
        if let next = fraction.utf8.dropFirst(places).first, next >= UInt8(ascii: "5") {
            Self.increment(&digits)
        }
        let point = digits.count - places
        let significant = digits[..<point].drop { $0 == UInt8(ascii: "0") }
        return DecimalNumber(
            isNegative: isNegative && digits.contains { $0 != UInt8(ascii: "0") },
            whole: significant.isEmpty ? "0" : String(decoding: significant, as: UTF8.self),
            fraction: String(decoding: digits[point...], as: UTF8.self))
    }

    /// Adds one in the last place.
    private static func increment(_ digits: inout [UInt8]) {
        for position in digits.indices.reversed() {
            guard digits[position] == UInt8(ascii: "9") else {
                digits[position] += 1
                return
            }
            digits[position] = UInt8(ascii: "0")
        }
        digits.insert(UInt8(ascii: "1"), at: 0)
    }
}

extension UInt8 {
    /// Whether it is one of the ASCII digits.
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
