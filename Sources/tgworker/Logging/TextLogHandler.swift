import Logging

/// Writes log lines for people: `2026-11-23T14:59:21Z info  message key=value …`.
struct TextLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level

    private let showsPriority: Bool
    private let now: @Sendable () -> Timestamp

    /// A handler for one logger.
    ///
    /// - Parameters:
    ///   - showsPriority: whether lines begin with the level as systemd's journal reads it.
    ///   - now: the clock.
    init(level: Logger.Level, showsPriority: Bool, now: @escaping @Sendable () -> Timestamp = { .now }) {
        logLevel = level
        self.showsPriority = showsPriority
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
        let level = event.level.rawValue
        var line = showsPriority ? Journal.prefix(event.level) : ""
        line += now().inSeconds + " " + level + String(repeating: " ", count: max(0, 5 - level.count)) + " "
        line += event.message.description.escaped
        for (key, value) in event.allMetadata(of: self).sorted(by: { $0.key < $1.key }) {
            line += " " + key.escaped + "=" + value.description.quotedWhereNeeded
        }
        return line
    }
}

extension String {
    /// Control characters, as `\n` or `\u{1b}`, so that a text from outside neither makes a line nor moves the cursor.
    fileprivate var escaped: String {
        guard unicodeScalars.contains(where: \.isControlOrBreak) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            text += scalar.isControlOrBreak ? scalar.escaped(withBraces: true) : String(scalar)
        }
    }

    /// The text, in quotation marks when it could not be told from what is around it.
    fileprivate var quotedWhereNeeded: String {
        guard isEmpty || contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return escaped }
        return "\"" + replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").escaped + "\""
    }
}
