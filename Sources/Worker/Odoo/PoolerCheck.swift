package import Postgres
package import Reactor

/// Whether a session is one. Behind a pooler that hands out servers for a transaction or a statement (PgBouncer's
/// pool_mode), LISTEN and a session's locks belong to a server that others use as well: nothing would be heard, and two
/// would send.
///
/// The sign of a pooler is that the process that answers is not the one that was announced at the connect. Then, and only
/// then, it is looked at more closely: while other connections hold a server each by an open transaction, ours must stay
/// on its own, and none of them may be on it.
package struct PoolerCheck: Sendable {
    let configuration: ConnectionConfiguration
    let reactor: Reactor

    /// A pooler has a server for another connection within this time, or it has none, which proves nothing: in session
    /// mode a pool may be small.
    private static let patience = Duration.seconds(2)

    package init(_ database: ConnectionConfiguration, reactor: Reactor) {
        var configuration = database
        configuration.timeout = .seconds(4)
        configuration.heartbeat = Heartbeat(every: nil, limit: Self.patience)
        configuration.overrides["application_name"] = "tgworker pooler check"
        self.configuration = configuration
        self.reactor = reactor
    }

    /// - Returns: whether there is a pooler.
    /// - Throws: ``StartupProblem`` when it shares the session, `PostgresError` when `connection` breaks.
    package func run(on connection: Connection) async throws -> Bool {
        var evidence = SessionEvidence(server: try await Self.server(of: connection))
        guard evidence.server != connection.processID else { return false }
        var holders: [Connection] = []
        do {
            // Two, because with two idle servers handed out in turn one comes back to its own.
            for _ in 0..<2 {
                guard let (holder, server) = try await hold() else { break }
                holders.append(holder)
                evidence.isHeldByAnother(server)
                try evidence.judge()
                evidence.isOurs(try await Self.server(of: connection))
                try evidence.judge()
            }
        } catch {
            await Self.end(holders)
            throw error
        }
        await Self.end(holders)
        return true
    }

    /// A connection with an open transaction, and its server; nil when it gets none.
    private func hold() async throws -> (Connection, Int32)? {
        guard let holder = try? await Connection.connect(configuration, on: reactor) else { return nil }
        do {
            try await holder.query("begin")
            return (holder, try await Self.server(of: holder))
        } catch let error as PostgresError {
            await holder.close()
            // PgBouncer says so when pool_mode is statement.
            if error.message.contains("statement pooling mode") { throw SessionEvidence.problem }
            return nil
        }
    }

    private static func server(of connection: Connection) async throws -> Int32 {
        let number: Int = try await connection.query("select pg_backend_pid() as pid")[0].get("pid")
        return Int32(truncatingIfNeeded: number)
    }

    private static func end(_ holders: [Connection]) async {
        for holder in holders {
            _ = try? await holder.query("rollback")
            await holder.close()
        }
    }
}

/// What is known of the server process behind a session.
struct SessionEvidence: Equatable {
    /// The one that answered first.
    let server: Int32
    private(set) var isShared = false

    init(server: Int32) {
        self.server = server
    }

    /// It has answered us.
    mutating func isOurs(_ server: Int32) {
        if server != self.server { isShared = true }
    }

    /// It runs another's transaction.
    mutating func isHeldByAnother(_ server: Int32) {
        if server == self.server { isShared = true }
    }

    func judge() throws(StartupProblem) {
        if isShared { throw Self.problem }
    }

    static let problem = StartupProblem(
        "a connection pooler shares the database's sessions between its clients, so neither notifications nor the sender's lock hold: connect to PostgreSQL directly, or set pool_mode=session for this database in PgBouncer"
    )
}
