import Postgres

/// The advisory lock that the sender's session holds. There is one active bot in a database, as in the addon, so there is
/// one sender. It goes with the session, and with it the means to write the queue.
package enum SenderLock {
    /// "tgwsendr" in ASCII.
    package static let key: Int64 = 0x7467_7773_656e_6472

    /// Whether this session has it now. Tries, and never waits inside a statement: that would hold back vacuum.
    static func take(on connection: Connection) async throws(PostgresError) -> Bool {
        try await connection.query("select pg_try_advisory_lock($1) as mine", [.integer(key)])[0].get("mine")
    }

    /// Gives it back.
    static func release(on connection: Connection) async throws(PostgresError) {
        try await connection.query("select pg_advisory_unlock_all()")
    }
}
