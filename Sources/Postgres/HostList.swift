import CLibpq

/// The hosts that a connect tries, one after the other, each with its share of the time.
///
/// libpq can do this by itself, but its non-blocking connect knows no time limit (connect_timeout is ignored there): the
/// first host that swallows packets would use up the time of all.
struct HostList: Equatable {
    /// What is said for one host, on top of the settings for all.
    typealias Host = [String: String]

    /// In the order of trying.
    let attempts: [Host]

    /// - Parameter resolved: all options as libpq has them after its environment, service file and defaults.
    /// - Returns: nil when there is a single host, or a list that libpq is to refuse.
    init?(_ resolved: [String: String], explicitSession: String?) {
        let names = Self.list(resolved["host"])
        let addresses = Self.list(resolved["hostaddr"])
        let ports = Self.list(resolved["port"])
        let count = max(names.count, addresses.count)
        guard count > 1, [0, count].contains(names.count), [0, count].contains(addresses.count),
            [0, 1, count].contains(ports.count)
        else { return nil }
        let hosts = (0..<count).map { index in
            var host = Host()
            if !names.isEmpty { host["host"] = names[index] }
            if !addresses.isEmpty { host["hostaddr"] = addresses[index] }
            if let port = ports.count > 1 ? ports[index] : ports.first { host["port"] = port }
            return host
        }
        attempts = Self.sessions(
            explicitSession ?? resolved["target_session_attrs"] ?? "any", isSaid: explicitSession != nil
        )
        .flatMap { session in hosts.map { $0.merging(["target_session_attrs": session]) { $1 } } }
    }

    /// A worker writes: where nobody says what kind of server is meant, the one that can be written is.
    private static func sessions(_ wanted: String, isSaid: Bool) -> [String] {
        switch wanted {
        case "any": [isSaid ? "any" : "read-write"]
        // So libpq does it too: a first round for standbys only.
        case "prefer-standby": ["standby", "any"]
        default: [wanted]
        }
    }

    private static func list(_ value: String?) -> [String] {
        guard let value, !value.isEmpty else { return [] }
        return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// Time for the next attempt, out of what is left for all.
    static func share(of left: Duration, among attempts: Int) -> Duration {
        min(left / max(attempts, 1), .seconds(5))
    }

    /// What to throw when every host has failed: what waiting may mend, if there is any of it; of all, if they differ.
    static func failure(_ errors: [(host: Host, error: PostgresError)]) -> PostgresError {
        let telling = errors.filter(\.error.isTransient)
        let first = telling.first?.error ?? errors.first?.error ?? PostgresError(.connect, message: "no host")
        var messages: [String] = []
        for (host, error) in errors {
            let name = host["host"].flatMap { $0.isEmpty ? nil : $0 } ?? host["hostaddr"] ?? "the default host"
            let text = error.message.contains(name) ? error.message : "\(name): \(error.message)"
            if !messages.contains(text) { messages.append(text) }
        }
        return PostgresError(.connect, sqlState: first.sqlState, message: messages.joined(separator: "; "))
    }
}

/// All options of a connect as libpq resolves them, the service file included, without connecting anywhere.
func resolvedOptions(_ settings: [String: String]) -> [String: String] {
    // An impossible value ends the connect after the options are complete and before anything is looked up.
    let handle = connectStart(settings.merging(["sslmode": "none of these"]) { $1 })
    defer { PQfinish(handle) }
    guard let options = PQconninfo(handle) else { return [:] }
    defer { PQconninfoFree(options) }
    var resolved: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
        if let value = option.pointee.val { resolved[String(cString: keyword)] = String(cString: value) }
        option += 1
    }
    return resolved
}
