import Logging

/// Writes a JSON object a line (RFC 8259): `{"time":…,"level":…,"message":…}` and the metadata beside them. Metadata of
/// one of these three names gets an underscore behind it.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level

    private let now: @Sendable () -> Timestamp

    /// A handler for one logger.
    ///
    /// - Parameter now: the clock.
    init(level: Logger.Level, now: @escaping @Sendable () -> Timestamp = { .now }) {
        logLevel = level
        self.now = now
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        StandardStream.error.write(line: line(for: event))
    }

    /// The line, without its line feed.
    func line(for event: LogEvent) -> String {
        let fixed = [
            ("time", now().inMilliseconds), ("level", event.level.rawValue), ("message", event.message.description),
        ]
        var members = fixed.map { $0.0.jsonLiteral + ":" + $0.1.jsonLiteral }
        for (key, value) in event.allMetadata(of: self).sorted(by: { $0.key < $1.key }) {
            let name = fixed.contains { $0.0 == key } ? key + "_" : key
            members.append(name.jsonLiteral + ":" + value.json)
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}

extension Logger.MetadataValue {
    fileprivate var json: String {
        switch self {
        case .string(let text): text.jsonLiteral
        case .stringConvertible(let value):
            switch value {
            case let number as any BinaryInteger: number.description
            case let number as Double where number.isFinite: number.description
            case let truth as Bool: truth.description
            default: value.description.jsonLiteral
            }
        case .array(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .dictionary(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { $0.key.jsonLiteral + ":" + $0.value.json }
                .joined(separator: ",") + "}"
        }
    }
}

extension String {
    fileprivate var jsonLiteral: String {
        unicodeScalars.reduce(into: "\"") { text, scalar in
            switch scalar {
            case "\"", "\\": text += "\\" + String(scalar)
            case _ where scalar.isControlOrBreak: text += scalar.escaped(withBraces: false)
            default: text.unicodeScalars.append(scalar)
            }
        } + "\""
    }
}
