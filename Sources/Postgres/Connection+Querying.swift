extension Connection {
    /// Default time limit of a call, waiting for its turn included.
    public static let defaultTimeout = Duration.seconds(60)

    /// Runs one statement.
    ///
    /// - Throws: ``PostgresError``. Cancelling the task, or the timeout, cancels the statement on the server.
    @discardableResult
    public func query(
        _ sql: String, _ parameters: [Parameter] = [], prepared: Bool = false,
        timeout: Duration = Connection.defaultTimeout
    ) async throws(PostgresError) -> Rows {
        try await group([Statement(sql, parameters, prepared: prepared)], timeout: timeout)[0]
    }

    /// Runs statements in one round trip (libpq, Pipeline Mode), ended by one Sync: together they have effect or none.
    ///
    /// - Returns: one answer for each statement.
    /// - Throws: the first statement's error.
    @discardableResult
    public func group(
        _ statements: [Statement], timeout: Duration = Connection.defaultTimeout
    ) async throws(PostgresError) -> [Rows] {
        try await perform(.group(statements), part: .none, timeout: timeout)
    }

    /// Asks whether the server is there, with a bare Sync: no query, no transaction, no snapshot.
    public func ping(timeout: Duration = Connection.defaultTimeout) async throws(PostgresError) {
        try await group([], timeout: timeout)
    }

    /// Runs a script of several statements without parameters, in the simple protocol.
    ///
    /// - Returns: one answer for each statement.
    @discardableResult
    public func script(
        _ sql: String, timeout: Duration = Connection.defaultTimeout
    ) async throws(PostgresError) -> [Rows] {
        try await perform(.script(sql), part: .none, timeout: timeout)
    }

    /// Runs `body` in a transaction, commits when it returns, rolls back when it throws. Others that use this
    /// connection wait meanwhile; inside, use only the ``Transaction``, and after it that no more.
    ///
    /// - Throws: what `body` throws, or ``PostgresError``. Cancelling the task does not stop the commit, or the rollback.
    public func transaction<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Transaction) async throws -> Result
    ) async throws -> Result {
        let transaction = Transaction(connection: self, id: await newID())
        try await transaction.run("begin", part: .opens(transaction.id))
        let result: Result
        do {
            result = try await body(transaction)
        } catch {
            _ = try? await transaction.run("rollback", part: .closes(transaction.id))
            throw error
        }
        // A commit that fails has ended the transaction as well (PostgreSQL: COMMIT).
        let end = try await transaction.run("commit", part: .closes(transaction.id))
        guard end.commandTag == "COMMIT" else {
            throw PostgresError(.aborted, message: "the transaction was rolled back by an error inside")
        }
        return result
    }
}

/// A transaction that is open on a connection.
public struct Transaction: Sendable {
    fileprivate let connection: Connection
    fileprivate let id: Int

    /// Runs one statement; see ``Connection/query(_:_:prepared:timeout:)``.
    @discardableResult
    public func query(
        _ sql: String, _ parameters: [Parameter] = [], prepared: Bool = false,
        timeout: Duration = Connection.defaultTimeout
    ) async throws(PostgresError) -> Rows {
        try await group([Statement(sql, parameters, prepared: prepared)], timeout: timeout)[0]
    }

    /// Runs statements in one round trip.
    @discardableResult
    public func group(
        _ statements: [Statement], timeout: Duration = Connection.defaultTimeout
    ) async throws(PostgresError) -> [Rows] {
        try await connection.perform(.group(statements), part: .belongs(id), timeout: timeout)
    }

    /// Runs a script of several statements without parameters, in the simple protocol.
    @discardableResult
    public func script(
        _ sql: String, timeout: Duration = Connection.defaultTimeout
    ) async throws(PostgresError) -> [Rows] {
        try await connection.perform(.script(sql), part: .belongs(id), timeout: timeout)
    }

    @discardableResult
    fileprivate func run(_ sql: String, part: Exchange.Part) async throws(PostgresError) -> Rows {
        try await connection.perform(
            .group([Statement(sql)]), part: part, timeout: Connection.defaultTimeout)[0]
    }
}
