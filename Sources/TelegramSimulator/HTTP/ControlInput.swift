/// A request to the control API, read.
struct ControlInput: Sendable {
    let query: Parameters
    /// The body, null where there is none.
    let body: JSON

    /// - Throws: ``ControlError`` where the body is not JSON.
    init(query: String?, body: [UInt8]) throws(ControlError) {
        // Reading a query alone refuses nothing.
        self.query = (try? RequestParameters.read(query: query?[...] ?? "", body: [], contentType: "")) ?? Parameters()
        do {
            self.body = body.isEmpty ? .null : try JSON(body)
        } catch {
            throw ControlError("the body is not JSON: \(error)")
        }
    }

    /// The fields of the body.
    var fields: JSONObject { body.objectValue ?? JSONObject() }

    /// An integer from the body or the query.
    func integer(_ name: String) throws(ControlError) -> Int64? {
        if let value = try fields.integer(name) { return value }
        let text = query.string(name)
        if text.isEmpty { return nil }
        guard let value = Int64(text) else { throw ControlError("\(name) must be an integer") }
        return value
    }
}

extension Fault {
    private static let kinds = "error, hang, drop, garbage, truncate, latency, status"

    /// A fault as `POST /control/faults` names it. Without `before_accept` the request is carried out first, except
    /// where the fault is that a server refuses it (`error` and `status`).
    init(_ fields: JSONObject, at now: Timestamp) throws(ControlError) {
        let name = try fields.string("kind") ?? ""
        let details = fields[name]?.objectValue ?? fields
        switch name {
        case "error":
            let code = Int(try details.integer("error_code") ?? 500)
            guard (400...599).contains(code) else { throw ControlError("error_code must be between 400 and 599") }
            let description = try details.string("description") ?? "Internal Server Error"
            kind = .error(Refusal(code: code, description: description, parameters: details["parameters"]))
        case "hang": kind = .hang(milliseconds: try details.integer("ms") ?? 60_000)
        case "latency": kind = .latency(milliseconds: try details.requiredInteger("ms"))
        case "drop": kind = .drop
        case "garbage": kind = .garbage
        case "truncate": kind = .truncate
        case "status":
            let status = Int(try details.integer("status") ?? 502)
            guard (200...599).contains(status) else { throw ControlError("status must be between 200 and 599") }
            kind = .status(status)
        default: throw ControlError("kind must be one of \(Self.kinds)")
        }
        let methodName = try fields.string("method") ?? "sendMessage"
        if methodName != "*" {
            guard let method = BotMethod(name: methodName) else {
                throw ControlError("method must be a Bot API method of the simulator, or * for all")
            }
            self.method = method
        }
        chatID = try fields.integer("chat_id")
        let times = try fields.integer("times") ?? 1
        self.times = times < 0 ? nil : Int(times)
        until = try fields.integer("lasts_ms").map { now.adding(milliseconds: $0) }
        let acceptsByDefault =
            switch kind {
            case .error, .status: false
            default: true
            }
        if case .latency = kind {
            acceptsFirst = true
        } else if let before = fields["before_accept"] {
            guard let before = before.boolValue else { throw ControlError("before_accept must be true or false") }
            acceptsFirst = !before
        } else {
            acceptsFirst = acceptsByDefault
        }
    }
}
