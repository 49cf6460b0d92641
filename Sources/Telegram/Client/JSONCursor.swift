/// Reads a few members of a JSON text and builds nothing from the others, yet checks every byte that it steps over: a
/// text that was read to its end is whole and JSON (RFC 8259).
///
/// It gives up (``Unusual``) on what is rare in an answer, JSON or not. A decoder then finds out what that is.
struct JSONCursor {
    /// No JSON, or JSON that is left to a decoder.
    struct Unusual: Error {}

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    /// Only strings can be otherwise.
    private var isASCII = true

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads an object.
    ///
    /// - Parameter member: stands before a member's value and must step over it. It is given the name, which is ASCII
    ///   without escapes. A name may come twice.
    mutating func object(
        _ member: (ArraySlice<UInt8>, inout JSONCursor) throws(Unusual) -> Void
    ) throws(Unusual) {
        try take("{")
        try descend()
        if !takes("}") {
            repeat {
                let name = try string()
                guard name.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "\\") }) else { throw Unusual() }
                try take(":")
                try member(name, &self)
            } while takes(",")
            try take("}")
        }
        depth -= 1
    }

    /// Reads a whole number.
    mutating func integer() throws(Unusual) -> Int64 {
        guard let integer = Int64(String(decoding: try number(), as: UTF8.self)) else { throw Unusual() }
        return integer
    }

    /// Steps over one of the three names.
    mutating func literal(_ name: String) throws(Unusual) {
        skipWhitespace()
        guard bytes[position...].starts(with: name.utf8) else { throw Unusual() }
        position += name.utf8.count
    }

    /// Steps over a value.
    mutating func skip() throws(Unusual) {
        skipWhitespace()
        switch next {
        case UInt8(ascii: "{"): try object { _, json throws(Unusual) in try json.skip() }
        case UInt8(ascii: "["): try skipArray()
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: _ = try number()
        }
    }

    /// Checks that nothing follows, and that the whole is UTF-8.
    mutating func end() throws(Unusual) {
        skipWhitespace()
        guard position == bytes.count, isASCII || String(validating: bytes, as: UTF8.self) != nil else {
            throw Unusual()
        }
    }

    private mutating func skipArray() throws(Unusual) {
        try take("[")
        try descend()
        if !takes("]") {
            repeat { try skip() } while takes(",")
            try take("]")
        }
        depth -= 1
    }

    /// Lest a text full of brackets exhaust the stack.
    private mutating func descend() throws(Unusual) {
        depth += 1
        guard depth <= 32 else { throw Unusual() }
    }

    /// Steps over a string and gives what stands between its quotation marks.
    private mutating func string() throws(Unusual) -> ArraySlice<UInt8> {
        try take("\"")
        let start = position
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return bytes[start..<position - 1]
            case UInt8(ascii: "\\"): try skipEscaped()
            case ..<0x20: throw Unusual()
            case 0x80...: isASCII = false
            default: break
            }
        }
        throw Unusual()
    }

    private mutating func skipEscaped() throws(Unusual) {
        guard let byte = next else { throw Unusual() }
        position += 1
        switch Unicode.Scalar(byte) {
        case "\"", "\\", "/", "b", "f", "n", "r", "t": break
        case "u":
            for _ in 0..<4 {
                guard next?.isHexDigit == true else { throw Unusual() }
                position += 1
            }
        default: throw Unusual()
        }
    }

    /// Steps over a number and gives it.
    private mutating func number() throws(Unusual) -> ArraySlice<UInt8> {
        skipWhitespace()
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
        if next == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        return bytes[start..<position]
    }

    private mutating func skipDigits() throws(Unusual) {
        let start = position
        while next?.isDigit == true { position += 1 }
        guard position > start else { throw Unusual() }
    }

    private mutating func take(_ sign: Unicode.Scalar) throws(Unusual) {
        guard takes(sign) else { throw Unusual() }
    }

    private mutating func takes(_ sign: Unicode.Scalar) -> Bool {
        skipWhitespace()
        guard next == UInt8(ascii: sign) else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }
}
