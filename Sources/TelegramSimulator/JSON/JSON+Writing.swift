extension JSON {
    /// The value as text, escaped as td's JsonBuilder does it: everything outside ASCII as `\uXXXX`, `/` as it is.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The value as UTF-8 bytes, see ``text``.
    var bytes: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(512)
        write(to: &output)
        return output
    }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): output.append(contentsOf: String(value).utf8)
        case .number(let text), .verbatim(let text): output.append(contentsOf: text.utf8)
        case .string(let value): Self.write(value, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                element.write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            for (index, field) in object.fields.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.write(field.name, to: &output)
                output.append(UInt8(ascii: ":"))
                field.value.write(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ string: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        if string.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x80 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            output.append(contentsOf: string.utf8)
        } else {
            for unit in string.utf16 { write(unit, to: &output) }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func write(_ unit: UInt16, to output: inout [UInt8]) {
        func escape(_ letter: Unicode.Scalar) {
            output.append(UInt8(ascii: "\\"))
            output.append(UInt8(ascii: letter))
        }
        switch unit {
        case 0x22: escape("\"")
        case 0x5C: escape("\\")
        case 0x08: escape("b")
        case 0x0C: escape("f")
        case 0x0A: escape("n")
        case 0x0D: escape("r")
        case 0x09: escape("t")
        case 0x20..<0x80: output.append(UInt8(unit))
        default:
            escape("u")
            for shift in [12, 8, 4, 0] {
                let digit = UInt8(truncatingIfNeeded: unit >> UInt16(shift)) & 0xF
                output.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
