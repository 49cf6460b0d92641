/// What was given besides the command line, and which of several places wins: a flag over an environment variable, that
/// over a key of the configuration file. An empty text counts as not given.
struct Settings: Sendable {
    /// A place where settings are given; the strongest is the smallest.
    enum Source: Int, Sendable, Comparable {
        case flag, environment, file

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// A value, and where it was given.
    struct Found<Value: Sendable>: Sendable {
        let value: Value
        let source: Source
    }

    /// The environment as it is, also for what has names of its own, such as libpq's variables.
    let environment: [String: String]

    private let file: ConfigurationFile?

    /// Reads the configuration file, if one is named.
    ///
    /// - Parameters:
    ///   - configurationFile: the value of `--config`; without it `TGWORKER_CONFIG` counts.
    ///   - environment: the environment variables.
    /// - Throws: ``CommandError`` when the file cannot be used.
    init(configurationFile: String?, environment: [String: String]) throws {
        let path = [configurationFile, environment[Setting.config.variable]].compactMap { $0 }.first { !$0.isEmpty }
        self.init(file: try path.map(ConfigurationFile.init(path:)), environment: environment)
    }

    /// Settings out of a file that is already read.
    init(file: ConfigurationFile?, environment: [String: String]) {
        self.file = file
        self.environment = environment
    }

    /// The value that wins, and where it was given; nil when it was given nowhere.
    ///
    /// - Throws: ``CommandError`` when the winning text is not a value.
    func find<Value>(_ setting: Setting<Value>, flag: Value? = nil) throws -> Found<Value>? {
        if let flag { return Found(value: flag, source: .flag) }
        for source in [Source.environment, .file] {
            if let value = try find(setting, in: source) { return Found(value: value, source: source) }
        }
        return nil
    }

    /// The value that wins; nil when it was given nowhere.
    func value<Value>(_ setting: Setting<Value>, flag: Value? = nil) throws -> Value? {
        try find(setting, flag: flag)?.value
    }

    /// The value given in one place.
    func find<Value>(_ setting: Setting<Value>, in source: Source) throws -> Value? {
        guard let text = try text(of: setting, in: source), !text.isEmpty else { return nil }
        guard let value = setting.read(text) else {
            throw CommandError("\(place(of: setting, in: source)) is '\(text)'", "write \(setting.expected)")
        }
        return value
    }

    /// The texts that win, for a flag that can be repeated: a comma separates them in the variable and in the file, where
    /// they may be a list too.
    func list(_ setting: Setting<String>, flags: [String]) throws -> [String] {
        guard flags.isEmpty else { return flags }
        if let text = try text(of: setting, in: .environment), !text.isEmpty { return text.commaSeparated }
        if let items = file?.list(setting.name) { return items }
        return try text(of: setting, in: .file)?.commaSeparated ?? []
    }

    /// The place in words, for messages.
    func place<Value>(of setting: Setting<Value>, in source: Source) -> String {
        switch source {
        case .flag: "--\(setting.name)"
        case .environment: setting.variable
        case .file: "\(setting.name) in \(file?.path ?? "the configuration file")"
        }
    }

    private func text<Value>(of setting: Setting<Value>, in source: Source) throws -> String? {
        switch source {
        case .flag: nil
        case .environment: environment[setting.variable]
        case .file: try file?.text(setting.name)
        }
    }
}

extension String {
    fileprivate var commaSeparated: [String] {
        split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
    }
}
