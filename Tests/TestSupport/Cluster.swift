import Foundation

/// A private PostgreSQL cluster, made by `scripts/cluster` and removed with the test process.
public struct Cluster: Sendable {
    /// How a server is stopped.
    public enum ShutdownMode: String, Sendable {
        /// Sessions are ended and the server shuts down cleanly.
        case fast
        /// As a crash: the next start recovers from the write-ahead log.
        case immediate
    }

    /// The cluster's directory, which is also that of its Unix socket.
    public let directory: String
    /// The port: a part of the socket's name, and the port on 127.0.0.1 where passwords are asked for.
    public let port: Int
    /// The directory of the server's programs.
    public let programs: String
    /// The major version of the server.
    public let version: Int

    /// The cluster that the tests of a process share, started by the first that asks.
    ///
    /// Do not restart it: a test that needs to has its own, from ``start(tcp:fsync:)``.
    public static var shared: Cluster {
        get async throws { try await sharedStart.value }
    }

    private static let sharedStart = Task { try await start(tcp: true) }

    /// Starts a cluster of one's own, in about a second.
    ///
    /// - Parameters:
    ///   - tcp: Whether it also listens on 127.0.0.1.
    ///   - fsync: Whether it writes to the disk as a production server does.
    ///   - primary: The cluster that it is a streaming standby of, if any.
    public static func start(
        tcp: Bool = false, fsync: Bool = false, standbyOf primary: Cluster? = nil
    ) async throws -> Cluster {
        // Not below TMPDIR, which may be too long for the path of a socket.
        let directory = try await Command.run("mktemp", ["-d", "/tmp/tgworker-test.XXXXXX"])
        let options =
            (tcp ? ["--tcp"] : []) + (fsync ? ["--fsync"] : [])
            + (primary.map { ["--standby-of", $0.directory] } ?? [])
        let processIdentifier = ProcessInfo.processInfo.processIdentifier
        try await script(["start"] + options + ["--while", "\(processIdentifier)", directory])
        let facts = try await script(["show", directory]).split(separator: "\n").reduce(into: [String: String]()) {
            let pair = $1.split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2 { $0[pair[0]] = pair[1] }
        }
        guard let port = facts["port"].flatMap({ Int($0) }), let version = facts["version"].flatMap({ Int($0) }),
            let programs = facts["bin"], let socket = facts["socket"]
        else {
            throw TestSupportError("scripts/cluster show \(directory) does not tell what it should: \(facts)")
        }
        return Cluster(directory: socket, port: port, programs: programs, version: version)
    }

    /// A libpq connection URI for a database, over the Unix socket and without a password.
    public func url(database: String = "postgres", user: String = "odoo") -> String {
        "postgresql:///\(database)?host=\(directory)&port=\(port)&user=\(user)"
    }

    /// The same as keywords and values.
    public func conninfo(database: String = "postgres", user: String = "odoo") -> String {
        "host=\(directory) port=\(port) dbname=\(database) user=\(user)"
    }

    /// A libpq connection URI over TCP, where the password (of `odoo`: odoo) is checked; for clusters with `tcp`.
    public func tcpURL(database: String = "postgres", user: String = "odoo", password: String = "odoo") -> String {
        "postgresql://\(user):\(password)@127.0.0.1:\(port)/\(database)"
    }

    /// Runs SQL through the psql client, each statement in its own transaction, as a DBA would.
    ///
    /// Returns the rows, one per line, columns separated by `|`. Throws at the first error.
    @discardableResult
    public func psql(_ sql: String, database: String = "postgres", user: String = "odoo") async throws -> String {
        try await Command.run(
            "psql", Self.psqlOptions + ["--dbname", url(database: database, user: user)], input: sql)
    }

    /// Stops the server and starts it again.
    public func restart(_ mode: ShutdownMode = .immediate) async throws {
        try await Self.script(["restart", directory, "--mode", mode.rawValue])
    }

    /// Stops the server and leaves it stopped.
    public func shutDown(_ mode: ShutdownMode = .fast) async throws {
        try await control("stop", "--mode=\(mode.rawValue)", "--wait", "--silent")
    }

    /// Starts the server after ``shutDown(_:)``.
    public func startAgain() async throws {
        try await control("start", "--wait", "--silent")
    }

    /// Runs pg_ctl on the cluster.
    public func control(_ arguments: String...) async throws {
        try await Self.script(["pg_ctl", directory] + arguments)
    }

    /// What the server has logged so far.
    public func log() async throws -> String {
        try String(contentsOfFile: directory + "/log", encoding: .utf8)
    }

    /// Stops the server and removes the cluster, earlier than the end of the process would.
    public func stop() async throws {
        try await Self.script(["stop", directory])
    }

    static let psqlOptions = [
        "--no-align", "--tuples-only", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=verbose",
    ]

    @discardableResult
    private static func script(_ arguments: [String]) async throws -> String {
        try await Command.run(Checkout.path("scripts/cluster"), arguments)
    }
}
