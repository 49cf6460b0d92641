/// A number as PostgreSQL writes a `numeric`: exact, so that no amount passes through binary floating point.
struct DecimalNumber: Sendable, Equatable {
    let isNegative: Bool
    /// The digits before the point, at least one.
    let whole: String
    /// The digits after the point, perhaps none.
    let fraction: String

    /// Reads a number. Nil for what is no amount: `NaN`, `Infinity`, or another notation.
    init?(_ text: String) {
        let unsigned = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = unsigned.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return nil }
        isNegative = text.hasPrefix("-")
        whole = String(parts[0])
        fraction = parts.count > 1 ? String(parts[1]) : ""
    }

    private init(isNegative: Bool, whole: String, fraction: String) {
        self.isNegative = isNegative
        self.whole = whole
        self.fraction = fraction
    }

    /// The number with exactly this many digits after the point. Halves are rounded away from zero, as Odoo's
    /// `float_round` does; zero has no sign.
    func rounded(toPlaces places: Int) -> DecimalNumber {
        let kept = fraction.prefix(places)
        var digits = Array((whole + kept).utf8) + Array(repeating: UInt8(ascii: "0"), count: places - kept.count)
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
