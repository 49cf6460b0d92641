import CLibpq
import Glibc
public import Reactor

/// Where the database is, and as whom.
public struct ConnectionConfiguration: Sendable {
    /// Any conninfo of libpq: a URI or "host=… dbname=…". What it does not say comes from libpq's environment
    /// variables, service file and .pgpass (libpq, Database Connection Control Functions).
    public var conninfo: String
    /// Settings that win over `conninfo`.
    public var overrides: [String: String]
    /// Shown in pg_stat_activity.
    public var applicationName: String
    /// Limit for all hosts and addresses together. Of several hosts each gets its share.
    public var timeout: Duration
    /// How the connection makes sure that the server is there; nil: TCP keepalive only.
    public var heartbeat: Heartbeat?

    /// A configuration with limits fit for a worker.
    public init(
        conninfo: String, overrides: [String: String] = [:], applicationName: String = "tgworker",
        timeout: Duration = .seconds(30), heartbeat: Heartbeat? = nil
    ) {
        self.conninfo = conninfo
        self.overrides = overrides
        self.applicationName = applicationName
        self.timeout = timeout
        self.heartbeat = heartbeat
    }

    /// Dead peers are noticed within 9 s instead of libpq's two hours; what the conninfo says itself wins. With a
    /// tcp_user_timeout it ends a connect, too, to an address that swallows packets (tcp(7): TCP_USER_TIMEOUT).
    private static let defaults = [
        ("keepalives_idle", "3"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "9000"),
    ]

    /// The settings for PQconnectStartParams.
    ///
    /// - Throws: when `conninfo` cannot be read; without the URL, which libpq quotes in whole in some of its messages.
    func settings() throws(PostgresError) -> [String: String] {
        var settings = Dictionary(uniqueKeysWithValues: Self.defaults)
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(conninfo, &message) else {
            defer { PQfreemem(message) }
            let text = message.map { String(cString: $0).trimmed } ?? "out of memory"
            let reason = text[..<(text.firstRange(of: ": \"postgres")?.lowerBound ?? text.endIndex)]
            throw PostgresError(.configuration, message: "the database URL cannot be read: \(reason)")
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { settings[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        settings["fallback_application_name"] = applicationName
        settings["client_encoding"] = "UTF8"
        return settings.merging(overrides) { _, override in override }
    }
}

extension Connection {
    /// Connects.
    ///
    /// - Throws: ``PostgresError`` of kind `connect`, with the server's SQLSTATE when it answered.
    public static func connect(
        _ configuration: ConnectionConfiguration, on reactor: Reactor, handlers: Handlers = Handlers()
    ) async throws(PostgresError) -> Connection {
        let attempt = try ConnectAttempt(configuration, reactor)
        return try await attempt.run(handlers)
    }
}

/// Makes one connection, on the reactor.
private actor ConnectAttempt {
    private let settings: [String: String]
    private let timeout: Duration
    private let heartbeat: Heartbeat?
    private let reactor: Reactor

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    init(_ configuration: ConnectionConfiguration, _ reactor: Reactor) throws(PostgresError) {
        settings = try configuration.settings()
        timeout = configuration.timeout
        heartbeat = configuration.heartbeat
        self.reactor = reactor
    }

    func run(_ handlers: Connection.Handlers) async throws(PostgresError) -> Connection {
        let deadline = ContinuousClock.now + timeout
        let settings = settings
        let hosts = await offload {
            HostList(
                resolvedOptions(settings),
                explicitSession: settings["target_session_attrs"] ?? environment("PGTARGETSESSIONATTRS"))
        }
        guard let hosts else { return try await connect(settings, before: deadline, handlers) }
        var errors: [(host: HostList.Host, error: PostgresError)] = []
        for (index, host) in hosts.attempts.enumerated() {
            let left = HostList.share(of: deadline - .now, among: hosts.attempts.count - index)
            do {
                return try await connect(settings.merging(host) { $1 }, before: .now + left, handlers)
            } catch {
                guard error.kind == .connect else { throw error }
                errors.append((host, error))
            }
        }
        throw HostList.failure(errors)
    }

    private func connect(
        _ settings: [String: String], before deadline: ContinuousClock.Instant, _ handlers: Connection.Handlers
    ) async throws(PostgresError) -> Connection {
        let started = await offload { Handle(connectStart(settings)) }
        guard let handle = started.pointer else {
            throw PostgresError(.connect, message: "out of memory")
        }
        // From here on it ends with the session, and its notices do not go to libpq's default, standard error.
        let session = Session(started)
        // The SQLSTATE of a refusal is only to be had as part of the verbose message.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        try await establish(handle, before: deadline)
        PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
        let connection = Connection(session, reactor: reactor, heartbeat: heartbeat, handlers: handlers)
        await connection.open()
        return connection
    }

    private func establish(
        _ handle: OpaquePointer, before deadline: ContinuousClock.Instant
    ) async throws(PostgresError) {
        var status = PGRES_POLLING_WRITING
        guard PQstatus(handle) != CONNECTION_BAD else { throw PostgresError(refused: handle) }
        while status != PGRES_POLLING_OK {
            guard status != PGRES_POLLING_FAILED else { throw PostgresError(refused: handle) }
            let interest: Readiness = status == PGRES_POLLING_READING ? .read : .write
            switch await reactor.ready(PQsocket(handle), for: interest, within: deadline - .now) {
            case .ready: break
            case .timedOut:
                throw PostgresError(.connect, message: "the server did not answer in time")
            case .cancelled: throw PostgresError(.cancelled, message: "cancelled")
            }
            // With several hosts the next one's name is looked up in here, which blocks.
            let shared = Handle(handle)
            status = await offload { PQconnectPoll(shared.pointer) }
        }
    }
}

private func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}

func connectStart(_ settings: [String: String]) -> OpaquePointer? {
    let pairs = settings.sorted { $0.key < $1.key }
    let keywords = pairs.map { strdup($0.key) }
    let values = pairs.map { strdup($0.value) }
    defer { for copy in keywords + values { free(copy) } }
    let keywordPointers = keywords.map { UnsafePointer($0) } + [nil]
    let valuePointers = values.map { UnsafePointer($0) } + [nil]
    return PQconnectStartParams(keywordPointers, valuePointers, 0)
}

extension PostgresError {
    /// Reads `… failed: FATAL:  28P01: password authentication failed …` out of libpq's verbose message.
    fileprivate init(refused handle: OpaquePointer) {
        let lines = String(cString: PQerrorMessage(handle)).split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("LOCATION:") }
        for line in lines.reversed() {
            guard let start = line.firstRange(of: ":  ")?.upperBound else { continue }
            let rest = line[start...]
            let code = rest.prefix(5)
            guard code.utf8.count == 5, code.utf8.allSatisfy(\.isSQLStateCharacter),
                rest.dropFirst(5).hasPrefix(": ")
            else { continue }
            self.init(
                .connect, sqlState: SQLState(rawValue: String(code)), message: String(rest.dropFirst(7)))
            return
        }
        // Lines that begin with a tab are advice on the line before.
        let line = lines.last { !$0.hasPrefix("\t") }
        self.init(.connect, message: line.map { String($0).trimmed } ?? "no connection")
    }
}

extension UInt8 {
    fileprivate var isSQLStateCharacter: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }
}

extension String {
    fileprivate var trimmed: String {
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...last].drop { $0.isWhitespace })
    }
}
