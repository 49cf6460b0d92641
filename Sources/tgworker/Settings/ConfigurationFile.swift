import Configuration

/// The configuration file: YAML with one key for each flag, named as the flag.
struct ConfigurationFile: Sendable {
    /// Where it is.
    let path: String

    private let snapshot: YAMLSnapshot?

    /// Reads a file.
    ///
    /// - Throws: ``CommandError`` when it cannot be read, is not YAML, or has a key that nothing reads. No text of the file
    ///   is shown, only keys: it may hold the bot token.
    init(path: String) throws {
        try self.init(path: path, bytes: TextFile.bytes(of: path, what: "the configuration file"))
    }

    /// Reads a file's content.
    init(path: String, bytes: [UInt8]) throws {
        self.path = path
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard lines.contains(where: { !$0.trimmed.isEmpty && !$0.trimmed.hasPrefix("#") }) else {
            snapshot = nil
            return
        }
        do {
            snapshot = try YAMLSnapshot(data: bytes.span.bytes, providerName: path, parsingOptions: .default)
        } catch {
            throw CommandError(
                "the configuration file \(path) is not YAML that can be read\(Self.position(of: error))",
                "write one key a line, such as listen: 127.0.0.1:8080")
        }
        for key in lines.compactMap(Self.topLevelKey) where !SettingNames.all.contains(key) {
            throw CommandError(
                "the configuration file \(path) has the key '\(key)', which does not exist",
                "keys are named as the flags, such as max-messages-per-second (tgworker help run lists them)")
        }
    }

    /// The text of a key; nil when there is none.
    func text(_ key: String) throws -> String? {
        do {
            guard case .string(let text)? = try snapshot?.value(forKey: [key], type: .string).value?.content else {
                return nil
            }
            return text
        } catch {
            throw CommandError("\(key) in \(path) is a list", "write one value")
        }
    }

    /// The items of a key that is a list; nil when it is none.
    func list(_ key: String) -> [String]? {
        guard case .stringArray(let items)? = try? snapshot?.value(forKey: [key], type: .stringArray).value?.content
        else { return nil }
        return items
    }

    /// The key that a line begins with, where it is one of a block mapping at the top level.
    private static func topLevelKey(_ line: Substring) -> String? {
        guard let first = line.first, first.isLetter || first == "_" || first == "\"" || first == "'",
            let colon = line.firstIndex(of: ":")
        else { return nil }
        let key = line[..<colon].trimmed
        return String(key.filter { $0 != "\"" && $0 != "'" })
    }

    /// The line that the parser stumbled over. Its error shows the file's text, so nothing else of it is used.
    private static func position(of error: any Error) -> String {
        let number = "\(error)".prefix { $0 != ":" }
        return Int(number).map { " (line \($0))" } ?? ""
    }
}
