import ArgumentParser

/// One setting, with one name in every place it can be given: `--lock-wait`, `TGWORKER_LOCK_WAIT`, `lock-wait:`.
struct Setting<Value: Sendable>: Sendable {
    /// The flag's name without dashes, which is also the key in the configuration file.
    let name: String
    /// What to write, as a continuation of "write ".
    let expected: String
    /// Reads a value; nil when the text is none.
    let read: @Sendable (String) -> Value?

    /// The environment variable.
    var variable: String {
        "TGWORKER_" + name.uppercased().replacing("-", with: "_")
    }

    /// Reads the value of a flag.
    ///
    /// - Throws: what the command line parser shows as a usage error.
    func parse(_ text: String) throws -> Value {
        guard let value = read(text) else { throw ValidationError("write \(expected)") }
        return value
    }
}

extension Setting where Value == String {
    init(_ name: String) {
        self.init(name: name, expected: "a text") { $0 }
    }

    static var config: Self { Self("config") }
    static var databaseURL: Self { Self("database-url") }
    static var odooConf: Self { Self("odoo-conf") }
    static var grantTo: Self { Self("grant-to") }
    static var botToken: Self { Self("bot-token") }
    static var botTokenFile: Self { Self("bot-token-file") }

    static var telegramAPIURL: Self {
        Self(name: "telegram-api-url", expected: "an address such as https://api.telegram.org") { text in
            let lowercased = text.lowercased()
            return ["http://", "https://"].contains { lowercased.hasPrefix($0) && lowercased != $0 } ? text : nil
        }
    }
}

extension Setting where Value == Bool {
    init(_ name: String) {
        self.init(name: name, expected: "true or false") { text in
            switch text.lowercased() {
            case "true", "yes", "on", "1": true
            case "false", "no", "off", "0": false
            default: nil
            }
        }
    }

    static var adopt: Self { Self("adopt") }
    static var allowOriginalAddon: Self { Self("allow-original-addon") }
}

extension Setting where Value == Double {
    init(rate name: String) {
        self.init(name: name, expected: "a number of messages a second such as 30, or 0 for no limit") { text in
            Double(text).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        }
    }

    static var maxMessagesPerSecond: Self { Self(rate: "max-messages-per-second") }
    static var maxMessagesPerChatPerSecond: Self { Self(rate: "max-messages-per-chat-per-second") }
}

extension Setting where Value == Duration {
    init(seconds name: String) {
        self.init(name: name, expected: "a number of seconds from 0 to 86400") { text in
            Double(text).flatMap { (0...86400).contains($0) ? .seconds($0) : nil }
        }
    }

    static var lockWait: Self { Self(seconds: "lock-wait") }
    static var drainTimeout: Self { Self(seconds: "drain-timeout") }
}
