/// A JSON value that keeps the order of an object's fields, because the answers here are to be byte for byte
/// what the Bot API server writes.
enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number that is not a 64-bit integer, as it was written.
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)
    /// Text that is written as it is and need not be JSON at all: an update sent to provoke its reader.
    case verbatim(String)
}

/// The fields of a JSON object in their order. Objects here have a dozen fields, so the look-up is a linear search.
struct JSONObject: Equatable, Sendable {
    /// One field.
    struct Field: Equatable, Sendable {
        let name: String
        var value: JSON
    }

    /// The fields in their order.
    private(set) var fields: [Field] = []

    /// The value of the first field of this name. Setting nil leaves the field out.
    subscript(name: String) -> JSON? {
        get { fields.first { $0.name == name }?.value }
        set {
            let index = fields.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): fields[index].value = value
            case (let index?, nil): fields.remove(at: index)
            case (nil, let value?): fields.append(Field(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Adds a field at the end without looking whether it is there.
    mutating func append(_ name: String, _ value: JSON) {
        fields.append(Field(name: name, value: value))
    }
}

extension JSON {
    /// The value of a field, where this is an object that has it.
    subscript(name: String) -> JSON? {
        guard case .object(let object) = self else { return nil }
        return object[name]
    }

    /// The string, where this is one.
    var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The integer, where this is one.
    var integerValue: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The truth value, where this is one.
    var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The number, where this is one.
    var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let text): Double(text)
        default: nil
        }
    }

    /// The elements, where this is an array.
    var elements: [JSON]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The fields, where this is an object.
    var objectValue: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        var object = JSONObject()
        for (name, value) in elements { object.append(name, value) }
        self = .object(object)
    }
}

extension JSON {
    /// An integer of any width.
    static func int(_ value: some BinaryInteger) -> JSON { .integer(Int64(value)) }
}
