/// Finds where values begin and end in a JSON text, so that a part of it can be kept exactly as it came.
///
/// It trusts the grammar inside a value (whoever reads the value finds out) but not its end: a text that is cut off has
/// no bounds. Nothing recurses, so a deeply nested text cannot exhaust the stack.
struct JSONBounds {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The value of a member of the object `json`. Names written with escapes are not found.
    static func member(_ name: String, of json: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var bounds = JSONBounds(json)
        guard bounds.take("{") else { return nil }
        repeat {
            guard let key = bounds.value(), bounds.take(":"), let value = bounds.value() else { return nil }
            if key.dropFirst().dropLast().elementsEqual(name.utf8) { return value }
        } while bounds.take(",")
        return nil
    }

    /// The elements of the array `json`.
    static func elements(of json: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        var bounds = JSONBounds(json)
        guard bounds.take("[") else { return nil }
        var elements: [ArraySlice<UInt8>] = []
        if bounds.take("]") { return elements }
        repeat {
            guard let value = bounds.value() else { return nil }
            elements.append(value)
        } while bounds.take(",")
        return bounds.take("]") ? elements : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipWhitespace()
        guard position < bytes.endIndex, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while position < bytes.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    /// Steps over one value.
    private mutating func value() -> ArraySlice<UInt8>? {
        skipWhitespace()
        let start = position
        var depth = 0
        while position < bytes.endIndex {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                guard skipString() else { return nil }
                if depth == 0 { return bytes[start..<position] }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return position > start ? bytes[start..<position] : nil }
                depth -= 1
                position += 1
                if depth == 0 { return bytes[start..<position] }
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return position > start ? bytes[start..<position] : nil }
                position += 1
            default:
                position += 1
            }
        }
        return nil
    }

    private mutating func skipString() -> Bool {
        position += 1
        while position < bytes.endIndex {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return true
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return false
    }
}
