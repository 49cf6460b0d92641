/// Where the digits of a whole number are set apart, in the notation of Odoo's `res_lang.grouping`, such as `[3,0]`.
///
/// The numbers are sizes of groups from the right. After the last one the remaining digits stay together; 0 repeats the
/// size before it, -1 ends the grouping (`split` and `intersperse` in Odoo's `res_lang.py`).
struct DigitGrouping: Sendable, Equatable {
    let sizes: [Int]

    /// Reads the notation. Anything else groups nothing: an amount is better plain than missing.
    init(_ notation: String) {
        let list = notation.filter { !$0.isWhitespace }
        guard list.hasPrefix("["), list.hasSuffix("]") else {
            sizes = []
            return
        }
        let numbers = list.dropFirst().dropLast().split(separator: ",").map { Int($0) }
        sizes = numbers.contains(nil) ? [] : numbers.compactMap(\.self)
    }

    /// The digits, which are ASCII, with `separator` between the groups.
    func grouped(_ digits: String, separator: String) -> String {
        var last = digits.utf8.count
        guard let first = sizes.first, 0 < first, first < last else { return digits }
        var groups: [Substring.UTF8View] = []
        var rest = digits.utf8[...]
        sizes: for size in sizes where !rest.isEmpty {
            switch size {
            case ..<0: break sizes
            case 0:
                while !rest.isEmpty {
                    groups.append(rest.suffix(last))
                    rest = rest.dropLast(last)
                }
            default:
                groups.append(rest.suffix(size))
                rest = rest.dropLast(size)
                last = size
            }
        }
        if !rest.isEmpty { groups.append(rest) }
        return groups.reversed().map { Substring($0) }.joined(separator: separator)
    }
}
