import Glibc

/// A value for `$1`, `$2` … of a statement, in PostgreSQL's text form. The server infers the type from the statement.
public struct Parameter: Sendable, Equatable {
    /// The text form; nil is NULL.
    public var text: String?

    /// The text form as it is; nil is NULL.
    public init(_ text: String?) { self.text = text }

    /// Whether libpq, which takes the text form as a C string, would cut it off.
    var holdsNUL: Bool {
        guard let text else { return false }
        return text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
        } ?? text.utf8.contains(0)
    }

    /// NULL.
    public static let null = Parameter(nil)

    /// A text, or NULL.
    public static func text(_ value: String?) -> Parameter { Parameter(value) }

    /// An integer, or NULL.
    public static func integer(_ value: (some BinaryInteger)?) -> Parameter { Parameter(value.map { String($0) }) }

    /// A boolean.
    public static func boolean(_ value: Bool) -> Parameter { Parameter(value ? "t" : "f") }

    /// A number with a fraction.
    public static func double(_ value: Double) -> Parameter { Parameter(String(value)) }

    /// An interval, exact to the microsecond.
    public static func interval(_ value: Duration) -> Parameter {
        let (seconds, attoseconds) = value.components
        return Parameter("\(seconds) seconds \(attoseconds / 1_000_000_000_000) microseconds")
    }

    /// An array of integers.
    public static func array(_ values: some Sequence<some BinaryInteger>) -> Parameter {
        Parameter("{" + values.map { String($0) }.joined(separator: ",") + "}")
    }

    /// An array of values, NULL among them (PostgreSQL, Arrays: array input syntax).
    public static func array(_ values: some Sequence<Parameter>) -> Parameter {
        var text: [UInt8] = [UInt8(ascii: "{")]
        for value in values {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            guard let element = value.text else {
                text += "NULL".utf8
                continue
            }
            text.append(UInt8(ascii: "\""))
            for byte in element.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
                text.append(byte)
            }
            text.append(UInt8(ascii: "\""))
        }
        text.append(UInt8(ascii: "}"))
        return Parameter(String(decoding: text, as: UTF8.self))
    }
}
