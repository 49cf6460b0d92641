/// Reads the parameters of a Bot API request as td's `HttpReader` does: from the query string, and from a body of
/// JSON or of form fields.
enum RequestParameters {
    /// - Throws: ``Refusal`` where a JSON body is none.
    static func read(query: Substring = "", body: [UInt8], contentType: String) throws(Refusal) -> Parameters {
        var fields = JSONObject()
        append(form: query.utf8, to: &fields)
        let type = contentType.lowercased()
        if body.isEmpty { return Parameters(fields) }
        if type.contains("application/json") {
            let value: JSON
            do {
                value = try JSON(body)
            } catch {
                throw .badRequest("can't parse parameter value: \(error)")
            }
            guard let object = value.objectValue else { throw .badRequest("JSON object expected") }
            for field in object.fields { fields.append(field.name, field.value) }
        } else if type.contains("application/x-www-form-urlencoded") {
            append(form: body, to: &fields)
        }
        return Parameters(fields)
    }

    private static func append(form: some Collection<UInt8>, to fields: inout JSONObject) {
        for pair in form.split(separator: UInt8(ascii: "&")) {
            let separator = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = decode(pair[..<separator], plusIsSpace: true)
            guard !name.isEmpty else { continue }
            let value = separator < pair.endIndex ? pair[pair.index(after: separator)...] : pair[separator...]
            fields.append(name, .string(decode(value, plusIsSpace: true)))
        }
    }

    /// Undoes percent-encoding. A broken escape stays as it is.
    static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool) -> String {
        let bytes = Array(text)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "%"), position + 2 < bytes.count,
                let code = UInt8(String(decoding: bytes[position + 1...position + 2], as: UTF8.self), radix: 16)
            {
                decoded.append(code)
                position += 3
            } else {
                decoded.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
                position += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
