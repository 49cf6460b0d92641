/// A request to the control API that makes no sense, told in one line.
struct ControlError: Error, Equatable, CustomStringConvertible {
    /// What is wrong and what to do.
    let description: String

    init(_ description: String) { self.description = description }
}

extension JSONObject {
    /// - Parameter fields: name and value, in this order.
    init(_ fields: KeyValuePairs<String, JSON>) {
        for (name, value) in fields { append(name, value) }
    }

    /// An integer that must be there.
    func requiredInteger(_ name: String) throws(ControlError) -> Int64 {
        guard let value = try integer(name) else { throw ControlError("\(name) is missing; it must be an integer") }
        return value
    }

    /// An integer that may be missing.
    func integer(_ name: String) throws(ControlError) -> Int64? {
        switch self[name] {
        case nil, .null: return nil
        case .integer(let value): return value
        default: throw ControlError("\(name) must be an integer")
        }
    }

    /// A number above zero that may be missing.
    func positiveNumber(_ name: String) throws(ControlError) -> Double? {
        switch self[name] {
        case nil, .null: return nil
        case let value?:
            guard let number = value.doubleValue, number > 0 else {
                throw ControlError("\(name) must be a number above 0")
            }
            return number
        }
    }

    /// A string that may be missing.
    func string(_ name: String) throws(ControlError) -> String? {
        switch self[name] {
        case nil, .null: return nil
        case .string(let value): return value
        default: throw ControlError("\(name) must be a string")
        }
    }
}
