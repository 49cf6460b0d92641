/// The JSON object with a call's parameters, written straight into bytes.
///
/// Sending is the hot path of a worker, and parameters are a handful of flat fields: this needs neither reflection nor
/// an intermediate tree. A parameter set to nil is left out, as the Bot API expects of optional parameters.
public struct RequestBody: Sendable {
    private var members: [UInt8] = [UInt8(ascii: "{")]

    /// An object without parameters.
    public init() {}

    /// An object without parameters, with room for about so many bytes of them.
    init(capacity: Int) {
        members.reserveCapacity(capacity)
    }

    /// The object as UTF-8 JSON.
    public var bytes: [UInt8] {
        var bytes = members
        bytes.reserveCapacity(members.count + 1)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Sets a text. NUL characters are left out: PostgreSQL cannot store them and Telegram shows them as spaces.
    public mutating func set(_ name: StaticString, to value: String?) {
        guard let value else { return }
        begin(name)
        append(quoting: value)
    }

    /// Sets a whole number.
    public mutating func set(_ name: StaticString, to value: Int64?) {
        guard let value else { return }
        begin(name)
        members.append(contentsOf: String(value).utf8)
    }

    /// Sets a truth value.
    public mutating func set(_ name: StaticString, to value: Bool?) {
        guard let value else { return }
        begin(name)
        members.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Sets a list of texts.
    public mutating func set(_ name: StaticString, to values: [String]?) {
        guard let values else { return }
        begin(name)
        appendList(values) { $0.append(quoting: $1) }
    }

    /// Sets an object.
    public mutating func set(_ name: StaticString, to value: RequestBody?) {
        guard let value else { return }
        begin(name)
        members.append(contentsOf: value.bytes)
    }

    /// Sets a list of objects.
    public mutating func set(_ name: StaticString, to values: [RequestBody]?) {
        guard let values else { return }
        begin(name)
        appendList(values) { $0.members.append(contentsOf: $1.bytes) }
    }

    /// Sets a value that is JSON already. The caller answers for its form.
    public mutating func set(_ name: StaticString, toJSON json: String?) {
        guard let json else { return }
        begin(name)
        members.append(contentsOf: json.utf8)
    }

    private mutating func begin(_ name: StaticString) {
        if members.count > 1 { members.append(UInt8(ascii: ",")) }
        members.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { members.append(contentsOf: $0) }
        members.append(contentsOf: #"":"#.utf8)
    }

    private mutating func appendList<Element>(_ values: [Element], append: (inout RequestBody, Element) -> Void) {
        members.append(UInt8(ascii: "["))
        for (position, value) in values.enumerated() {
            if position > 0 { members.append(UInt8(ascii: ",")) }
            append(&self, value)
        }
        members.append(UInt8(ascii: "]"))
    }

    /// Appends a JSON string (RFC 8259, section 7): runs without special characters are copied whole.
    private mutating func append(quoting text: String) {
        var text = text
        members.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            var runStart = 0
            for (position, byte) in utf8.enumerated() {
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                members.append(contentsOf: utf8[runStart..<position])
                members.append(contentsOf: Self.escape(byte).utf8)
                runStart = position + 1
            }
            members.append(contentsOf: utf8[runStart...])
        }
        members.append(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case 0: ""
        case UInt8(ascii: "\""): "\\\""
        case UInt8(ascii: "\\"): "\\\\"
        case UInt8(ascii: "\n"): "\\n"
        case UInt8(ascii: "\r"): "\\r"
        case UInt8(ascii: "\t"): "\\t"
        default: "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
        }
    }
}
