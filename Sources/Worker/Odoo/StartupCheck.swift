package import Postgres

/// What `run` looks at before it works on a database, for those who want to know without running.
package enum StartupCheck {
    /// Whether `run` would work here.
    ///
    /// - Returns: what it would say; nil when it would work.
    /// - Throws: `PostgresError` when the database does not answer.
    package static func problem(
        on connection: Connection, schemaVersion: Int, allowsOriginalAddon: Bool
    ) async throws -> StartupProblem? {
        let check = DatabaseCheck(schemaVersion: schemaVersion, allowsOriginalAddon: allowsOriginalAddon)
        return try await problem { _ = try await check.run(on: connection) }
    }

    /// Whether this is the database that customers are written to from: neither a copy nor neutralized.
    ///
    /// - Returns: why it is not; nil when it is.
    /// - Throws: `PostgresError` when the database does not answer.
    package static func identityProblem(
        on connection: Connection, schemaVersion: Int
    ) async throws -> StartupProblem? {
        try await problem { try await DatabaseCheck(schemaVersion: schemaVersion).checkIdentity(on: connection) }
    }

    private static func problem(_ check: () async throws -> Void) async throws -> StartupProblem? {
        do {
            try await check()
            return nil
        } catch let problem as StartupProblem {
            return problem
        }
    }
}
