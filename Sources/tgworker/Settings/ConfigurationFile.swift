/// The configuration file: YAML with one key for each flag, named as the flag.
struct ConfigurationFile: Sendable {
    /// Where it is.
    let path: String

    private let values: [String: YAMLMapping.Value]

    /// Reads a file.
    ///
    /// - Throws: ``CommandError`` when it cannot be read, is not YAML, or has a key that nothing reads, a key twice, or keys
    ///   below a key. No text of the file is shown, only keys: it may hold the bot token.
    init(path: String) throws(CommandError) {
        try self.init(path: path, bytes: TextFile.bytes(of: path, what: "the configuration file"))
    }

    /// Reads a file's content.
    init(path: String, bytes: [UInt8]) throws(CommandError) {
        self.path = path
        var values: [String: YAMLMapping.Value] = [:]
        for entry in try Self.entries(of: bytes, path: path) {
            guard SettingNames.all.contains(entry.key) else { throw Self.unknown(entry, path: path) }
            guard entry.value != .nested else {
                throw CommandError(
                    "\(entry.key) in \(path) is neither a value nor a list of values (line \(entry.line))",
                    "write one key a line, such as listen: 127.0.0.1:8080")
            }
            guard values.updateValue(entry.value, forKey: entry.key) == nil else {
                throw CommandError(
                    "the configuration file \(path) has the key '\(entry.key)' twice (line \(entry.line))",
                    "remove one of them")
            }
        }
        self.values = values
    }

    /// The text of a key; nil when there is none.
    func text(_ key: String) throws(CommandError) -> String? {
        switch values[key] {
        case .text(let text): text
        case .list: throw CommandError("\(key) in \(path) is a list", "write one value")
        case .nested, nil: nil
        }
    }

    /// The items of a key that is a list; nil when it is none.
    func list(_ key: String) -> [String]? {
        guard case .list(let items) = values[key] else { return nil }
        return items
    }

    private static func entries(of bytes: [UInt8], path: String) throws(CommandError) -> [YAMLMapping.Entry] {
        do {
            return try YAMLMapping(bytes).entries
        } catch {
            throw CommandError(
                "the configuration file \(path) is not YAML that can be read\(error.line.map { " (line \($0))" } ?? "")",
                "write one key a line, such as listen: 127.0.0.1:8080")
        }
    }

    /// A key is shown only when it cannot be a token that was written in the wrong place.
    private static func unknown(_ entry: YAMLMapping.Entry, path: String) -> CommandError {
        let isName = entry.key.allSatisfy { $0.isLetter || $0 == "-" || $0 == "_" || $0 == "." }
        return CommandError(
            "the configuration file \(path) has \(isName ? "the key '\(entry.key)'" : "a key in line \(entry.line)"), "
                + "which does not exist",
            "keys are named as the flags, such as max-messages-per-second (tgworker help run lists them)")
    }
}
