import Foundation

/// A PgBouncer of one's own before a cluster, run as an ordinary user on a free port of 127.0.0.1.
///
/// It is given one user, `odoo` with the password odoo, and any database of the cluster.
public struct PgBouncer: Sendable {
    /// What a client has a server for (PgBouncer: pool_mode).
    public enum PoolMode: String, Sendable, CaseIterable {
        case session, transaction, statement
    }

    private let process: ChildProcess
    private let directory: String
    private let cluster: Cluster
    /// Its port on 127.0.0.1.
    public let port: Int

    /// Starts one, and waits until it answers.
    ///
    /// - Parameters:
    ///   - cluster: Must listen on TCP.
    ///   - options: Further lines of the section `[pgbouncer]`.
    public static func start(
        before cluster: Cluster, mode: PoolMode, options: [String: String] = [:]
    ) async throws -> PgBouncer {
        let directory = try await Command.run("mktemp", ["-d", "/tmp/tgworker-pgbouncer.XXXXXX"])
        // Between looking for a free port and taking it, somebody else may.
        for attempt in 1... {
            let port = Int.random(in: 32_000...60_000)
            try write(mode, options, cluster, port: port, to: directory)
            // It refuses to run as root.
            let asUser = getuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] : []
            if getuid() == 0 { try await Command.run("chown", ["-R", "65534:65534", directory]) }
            let program = try await Command.run("sh", ["-c", "command -v pgbouncer || echo /usr/sbin/pgbouncer"])
            let command = asUser + [program, directory + "/pgbouncer.ini"]
            let process = try await ChildProcess.start(command[0], Array(command.dropFirst()))
            do {
                _ = try await process.line(containing: "process up")
                return PgBouncer(process: process, directory: directory, cluster: cluster, port: port)
            } catch  where attempt < 5 {
                continue
            }
        }
        throw TestSupportError("PgBouncer does not start")
    }

    /// A conninfo for a database behind it.
    public func conninfo(database: String) -> String {
        "host=127.0.0.1 port=\(port) dbname=\(database) user=odoo password=odoo"
    }

    /// Changes how it pools, as an administrator does: the file, then RELOAD.
    public func change(to mode: PoolMode, options: [String: String] = [:]) async throws {
        try Self.write(mode, options, cluster, port: port, to: directory)
        try await Command.run("psql", ["-X", "-q", "-d", conninfo(database: "pgbouncer"), "-c", "reload"])
    }

    /// Ends it.
    public func stop() async throws {
        await process.kill(SIGKILL)
        _ = try await process.exit()
        try await Command.run("rm", ["-rf", directory])
    }

    private static func write(
        _ mode: PoolMode, _ options: [String: String], _ cluster: Cluster, port: Int, to directory: String
    ) throws {
        let settings = [
            "listen_addr": "127.0.0.1", "listen_port": "\(port)", "unix_socket_dir": "", "auth_type": "plain",
            "auth_file": "\(directory)/users", "admin_users": "odoo", "pool_mode": mode.rawValue,
            "default_pool_size": "20", "ignore_startup_parameters": "extra_float_digits",
        ].merging(options) { $1 }
        let lines = settings.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }.joined(separator: "\n")
        let file =
            "[databases]\n* = host=127.0.0.1 port=\(cluster.port) user=odoo password=odoo\n[pgbouncer]\n\(lines)\n"
        // Not atomically: a new file would not be the other user's.
        try file.write(toFile: directory + "/pgbouncer.ini", atomically: false, encoding: .utf8)
        try "\"odoo\" \"odoo\"\n".write(toFile: directory + "/users", atomically: false, encoding: .utf8)
    }
}
