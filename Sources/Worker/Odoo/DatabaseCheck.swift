import Postgres

/// Why the worker cannot work on this database, in one line that says what to do.
public struct StartupProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Whether this is the database that the installation belongs to, with the schema that this program works with.
struct DatabaseCheck: Sendable {
    /// The schema version that this program works with.
    let schemaVersion: Int
    /// Whether to work beside the original addon, which sends as well.
    var allowsOriginalAddon = false

    /// - Returns: the database's name.
    /// - Throws: ``StartupProblem``, or `PostgresError` when the database does not answer.
    func run(on connection: Connection) async throws -> String {
        let first = try await connection.query(
            """
            select current_database() as database, current_user as role,
                to_regnamespace('tgworker') is not null as installed,
                coalesce(has_schema_privilege(to_regnamespace('tgworker')::oid, 'usage'), false) as permitted,
                pg_is_in_recovery() as standby, current_setting('server_version') as version
            """)[0]
        let database: String = try first.get("database")
        let role: String = try first.get("role")
        guard connection.serverVersion >= 120_000 else {
            throw StartupProblem(
                "the server is PostgreSQL \(try first.get("version", as: String.self)): version 12 or newer is needed")
        }
        guard try !first.get("standby") else {
            throw PostgresError(.connect, sqlState: .cannotConnectNow, message: "the server is a read-only standby")
        }
        guard try first.get("installed") else {
            throw StartupProblem("schema tgworker is not installed in database \(database): run tgworker install-sql")
        }
        guard try first.get("permitted") else {
            throw StartupProblem(
                "role \(role) may not use schema tgworker: run tgworker install-sql --grant-to \(role)")
        }
        do {
            try await checkInstallation(connection, database)
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            throw StartupProblem(
                "role \(role) lacks a right the worker needs (\(error.message)): run tgworker install-sql --grant-to \(role)"
            )
        } catch let error as PostgresError
            where error.sqlState == .undefinedTable || error.sqlState == .undefinedFunction
        {
            throw StartupProblem("schema tgworker in database \(database) is incomplete: run tgworker install-sql")
        }
        return database
    }

    private func checkInstallation(_ connection: Connection, _ database: String) async throws {
        let row = try await connection.query(
            """
            select to_regclass('public.telegram_user') is not null
                    and to_regclass('public.telegram_message') is not null
                    and to_regclass('public.telegram_bot_config') is not null as has_tables,
                coalesce((select max(number) from tgworker.migration), 0) as version,
                i.database_name as pinned_name, i.database_uuid as pinned_uuid,
                \(Self.identity)
            from (select) one left join tgworker.installation i on true
            """)[0]
        let version: Int = try row.get("version")
        guard version == schemaVersion else {
            throw StartupProblem(
                version < schemaVersion
                    ? "schema tgworker is at version \(version), this program needs \(schemaVersion): run tgworker install-sql"
                    : "schema tgworker is at version \(version), this program knows \(schemaVersion): install a newer tgworker"
            )
        }
        try checkCopy(row, database)
        guard try row.get("has_tables") else {
            throw StartupProblem("the addon's tables are gone from database \(database): run tgworker install-sql")
        }
        // What follows is in this version of the schema only.
        try await checkAgain(on: connection)
    }

    /// Whether this is still the database that the worker may write to customers from: neither a copy nor neutralized, and
    /// nobody else does. One small query, for the middle of a session.
    ///
    /// - Returns: whether a request of Odoo's waits for the sender.
    /// - Throws: ``StartupProblem``, or `PostgresError` when the database does not answer.
    @discardableResult
    func checkAgain(on connection: Connection) async throws -> Bool {
        let rows = try await connection.query(
            """
            select current_database() as database, i.database_name as pinned_name, i.database_uuid as pinned_uuid,
                \(Self.identity), tgworker.addon_version() as addon_version,
                exists (select from tgworker.webhook_request r where r.answered_at is null) as is_asked
            from tgworker.installation i
            """, prepared: true)
        // An installation that is gone is another trouble, met by the next statement.
        guard let row = rows.first else { return false }
        let database: String = try row.get("database")
        try checkCopy(row, database)
        try checkNeutralized(row, database)
        if let addon = OriginalAddon(version: try row.find("addon_version")), !allowsOriginalAddon {
            throw addon.problem(in: database)
        }
        return try row.get("is_asked")
    }

    /// Whether this is the database that customers are written to from, whatever version its schema has.
    ///
    /// - Throws: ``StartupProblem``, or `PostgresError` when the database does not answer.
    func checkIdentity(on connection: Connection) async throws {
        let rows = try await connection.query(
            """
            select current_database() as database, i.database_name as pinned_name, i.database_uuid as pinned_uuid,
                \(Self.identity)
            from tgworker.installation i
            """)
        guard let row = rows.first else { return }
        let database: String = try row.get("database")
        try checkCopy(row, database)
        try checkNeutralized(row, database)
    }

    /// What Odoo says of the database.
    private static let identity = """
        tgworker.odoo_parameter('database.uuid') as uuid,
            coalesce(tgworker.odoo_parameter('database.is_neutralized') in ('True', 'true', '1'), false) as neutralized
        """

    private func checkCopy(_ row: Rows.Row, _ database: String) throws {
        guard let pinned: String = try row.find("pinned_name") else {
            throw StartupProblem("schema tgworker in database \(database) is incomplete: run tgworker install-sql")
        }
        let pinnedUUID: String? = try row.find("pinned_uuid")
        guard try pinned == database && pinnedUUID == row.find("uuid") else {
            throw StartupProblem(
                "database \(database) is a copy of \(pinned), and a copy does not write to customers: run tgworker install-sql --adopt if this one is to do so from now on"
            )
        }
    }

    private func checkNeutralized(_ row: Rows.Row, _ database: String) throws {
        guard try !row.get("neutralized") else {
            throw StartupProblem(
                "database \(database) is neutralized (a test copy), so nothing is sent from it: use the production database, or remove Odoo's system parameter database.is_neutralized"
            )
        }
    }
}
