/// The parameters of a method, read as leniently as the Bot API server reads them: everything may be a string.
struct Parameters: Equatable, Sendable {
    /// The parameters in the order they came.
    private(set) var fields: JSONObject

    init(_ fields: JSONObject = JSONObject()) { self.fields = fields }

    /// The parameter as text, empty where it is missing; a JSON value as its JSON text.
    func string(_ name: String) -> String {
        switch fields[name] {
        case nil, .null: ""
        case .string(let value): value
        case let value?: value.text
        }
    }

    /// The parameter as an integer, 0 where it is none (td's `to_integer`).
    func integer(_ name: String) -> Int64 {
        if case .integer(let value) = fields[name] { return value }
        return Int64(string(name)) ?? 0
    }

    /// The parameter within bounds, or a default where it is missing.
    func integer(_ name: String, default value: Int64, in bounds: ClosedRange<Int64>) -> Int64 {
        let value = string(name).isEmpty ? value : integer(name)
        return min(max(value, bounds.lowerBound), bounds.upperBound)
    }

    /// Whether the parameter says yes: `true`, `yes` or `1`.
    func bool(_ name: String) -> Bool {
        ["true", "yes", "1"].contains(string(name).lowercased())
    }

    /// The parameter as a JSON value, which may also come as JSON text. nil where it is missing or empty.
    /// - Throws: ``Refusal`` where the text is not JSON; `name` is what Telegram calls the value.
    func json(_ name: String, called title: String) throws(Refusal) -> JSON? {
        switch fields[name] {
        case nil, .null: return nil
        case .string(let text):
            if text.isEmpty { return nil }
            guard let value = try? JSON(text) else { throw .badRequest("can't parse \(title) JSON object") }
            return value
        case let value?: return value
        }
    }
}
