/// Why a text is not JSON.
struct JSONError: Error, Equatable, CustomStringConvertible {
    /// What was expected.
    let reason: String
    /// Where, in bytes from the start.
    let offset: Int

    /// One line for a person.
    var description: String { "\(reason) at byte \(offset)" }
}

extension JSON {
    /// Reads one JSON value that is the whole text.
    init(_ text: String) throws(JSONError) {
        try self.init(Array(text.utf8))
    }

    /// Reads one JSON value that is all of these bytes.
    init(_ bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes: bytes)
        self = try reader.document()
    }
}

/// Reads RFC 8259 texts.
private struct JSONReader {
    /// As deep as the Bot API server itself reads (td's `DEFAULT_MAX_DEPTH`).
    private static let deepest = 100

    private let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure("nothing more was expected") }
        return value
    }

    private func failure(_ reason: String) -> JSONError { JSONError(reason: reason, offset: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth < Self.deepest else { throw failure("too deep") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("a value was expected, the text ended")
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("a value was expected") }
        position += word.utf8.count
        return value
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = position
        _ = skip("-")
        try digits()
        var isInteger = true
        if skip(".") {
            isInteger = false
            try digits()
        }
        if skip("e") || skip("E") {
            isInteger = false
            if !skip("+") { _ = skip("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        return .number(text)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw failure("a value was expected") }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        position += 1
        var elements: [JSON] = []
        skipSpace()
        if skip("]") { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if skip("]") { return elements }
            guard skip(",") else { throw failure("',' or ']' was expected") }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        position += 1
        var object = JSONObject()
        skipSpace()
        if skip("}") { return object }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("a field name was expected") }
            let name = try string()
            skipSpace()
            guard skip(":") else { throw failure("':' was expected") }
            object.append(name, try value(depth: depth + 1))
            skipSpace()
            if skip("}") { return object }
            guard skip(",") else { throw failure("',' or '}' was expected") }
        }
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        // Most strings have no escape and are taken as they lie.
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        var content = Array(bytes[start..<position])
        while true {
            guard let byte = next else { throw failure("the string has no end") }
            position += 1
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                try escape(into: &content)
            } else {
                content.append(byte)
            }
        }
        guard let string = String(validating: content, as: UTF8.self) else { throw failure("the string is not UTF-8") }
        return string
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        guard let byte = next else { throw failure("the string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content.append(contentsOf: try scalar().utf8)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        default: throw failure("an escape was expected")
        }
    }

    private mutating func scalar() throws(JSONError) -> Character {
        let first = try codeUnit()
        var code = UInt32(first)
        if UTF16.isLeadSurrogate(first) {
            guard skip("\\"), skip("u") else { throw failure("the second half of a surrogate pair was expected") }
            let second = try codeUnit()
            guard UTF16.isTrailSurrogate(second) else { throw failure("the second half of a pair was expected") }
            code = 0x10000 + (UInt32(first - 0xD800) << 10) + UInt32(second - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
        return Character(scalar)
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        guard position + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("four hexadecimal digits were expected") }
        position += 4
        return unit
    }
}
