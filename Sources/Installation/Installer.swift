public import Postgres

/// Runs an ``InstallationPlan`` on a connection, step by step, each in a transaction of its own that gives up on a lock
/// after two seconds and tries again: a long transaction of Odoo never makes other sessions queue behind the DBA.
public struct Installer: Sendable {
    /// What is worth a line on the DBA's screen.
    public enum Event: Sendable, Equatable {
        /// Something was changed.
        case changed(String)
        /// Somebody holds a lock that is needed; the step is tried again.
        case waiting(for: String)
        /// Nothing had to be changed.
        case upToDate
    }

    private let connection: Connection
    private let patience: Duration
    private let report: @Sendable (Event) -> Void

    /// - Parameters:
    ///   - patience: how long a step is tried while somebody holds a lock that it needs.
    ///   - report: called for each event.
    public init(connection: Connection, patience: Duration, report: @escaping @Sendable (Event) -> Void) {
        self.connection = connection
        self.patience = patience
        self.report = report
    }

    /// Installs, upgrades or does nothing, as needed.
    ///
    /// - Parameter dryRun: do everything in one transaction, report it, and roll it back.
    /// - Throws: ``InstallationError`` or `PostgresError`; what earlier steps did stays, and a second run continues.
    public func run(_ plan: InstallationPlan, dryRun: Bool = false) async throws {
        if let problem = try await connection.query(InstallationPlan.preflightSQL).first {
            throw InstallationError(try problem.get("problem"))
        }
        var changes = 0
        for step in dryRun ? [plan.steps] : plan.steps.map({ [$0] }) {
            let done = try await retryingOnLocks {
                try await attempt(step, keep: !dryRun)
            }
            for change in done { report(.changed(change)) }
            changes += done.count
        }
        if changes == 0 { report(.upToDate) }
    }

    /// Removes everything that was made, except the addon's tables and their data.
    public func uninstall() async throws {
        let done = try await retryingOnLocks {
            try await remove()
        }
        for change in done { report(.changed(change)) }
        if done.isEmpty { report(.upToDate) }
    }

    /// Ends a dry run's transaction.
    private struct RolledBack: Error {
        let changes: [String]
    }

    private func attempt(_ steps: [InstallationPlan.Step], keep: Bool) async throws -> [String] {
        do {
            return try await connection.transaction { transaction in
                try await takeTurn(transaction)
                var changes: [String] = []
                for step in steps { changes += try await run(step, transaction) }
                guard keep else { throw RolledBack(changes: changes) }
                return changes
            }
        } catch let end as RolledBack {
            return end.changes
        }
    }

    private func takeTurn(_ transaction: Transaction) async throws {
        try await transaction.script(
            """
            set local lock_timeout = '60s';
            select pg_advisory_xact_lock(\(InstallationPlan.lockKey));
            set local lock_timeout = '2s';
            """, timeout: .seconds(120))
    }

    private func run(_ step: InstallationPlan.Step, _ transaction: Transaction) async throws -> [String] {
        switch step {
        case .bootstrap:
            let rows = try await transaction.query("select to_regnamespace('tgworker') is null as pending")
            guard try rows[0].get("pending") else { return [] }
            try await transaction.script(InstallationPlan.bootstrapSQL)
            return ["created schema tgworker"]
        case .migration(let migration):
            return try await apply(migration, transaction)
        case .call(let function):
            // Widening rewrites a table, which may take its time.
            let rows = try await transaction.query(
                "select line from tgworker.\(function) line", timeout: .seconds(24 * 3600))
            return try rows.map { try $0.get("line") }
        }
    }

    private func apply(_ migration: Migration, _ transaction: Transaction) async throws -> [String] {
        let rows = try await transaction.query(
            """
            select (select checksum from tgworker.migration where number = $1) as checksum,
                coalesce(max(number), 0) as newest from tgworker.migration
            """, [.integer(migration.number)])
        let newest: Int = try rows[0].get("newest")
        guard newest <= Migration.latest else {
            throw InstallationError(
                "schema tgworker is at version \(newest), this program knows \(Migration.latest): install a newer tgworker"
            )
        }
        if let checksum: String = try rows[0].find("checksum") {
            guard checksum == migration.checksum else {
                throw InstallationError(
                    "migration \(migration.number) (\(migration.name)) was applied here from another file: install the tgworker that did, or uninstall first"
                )
            }
            return []
        }
        try await transaction.script(InstallationPlan.recordSQL(migration))
        try await transaction.script(migration.sql, timeout: .seconds(24 * 3600))
        return ["applied migration \(migration.number) (\(migration.name))"]
    }

    private func remove() async throws -> [String] {
        try await connection.transaction { transaction in
            try await takeTurn(transaction)
            var changes: [String] = []
            guard try await transaction.query("select to_regnamespace('tgworker') is not null as there")[0].get("there")
            else { return [] }
            if try await transaction.query("select to_regclass('tgworker.granted_role') is not null as there")[0].get(
                "there")
            {
                changes += try await transaction.query(
                    "select line from tgworker.granted_role g, tgworker.revoke_worker(g.role_name) line"
                ).map { try $0.get("line") }
            }
            changes += try await transaction.query(
                """
                select format('dropped trigger %s on %s', t.tgname, t.tgrelid::regclass) as line
                from pg_trigger t join pg_proc f on f.oid = t.tgfoid
                where f.pronamespace = 'tgworker'::regnamespace and not t.tgisinternal
                    and t.tgrelid in (select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace)
                order by 1
                """
            ).map { try $0.get("line") }
            if try await transaction.query("select to_regclass('tgworker.outbox') is not null as there")[0].get("there")
            {
                let waiting: Int = try await transaction.query("select count(*) from tgworker.outbox")[0].get("count")
                if waiting > 0 { changes.append("dropped \(waiting) messages that were waiting") }
            }
            try await transaction.script("set local client_min_messages = warning; drop schema tgworker cascade")
            return changes + ["dropped schema tgworker"]
        }
    }

    private func retryingOnLocks(_ attempt: () async throws -> [String]) async throws -> [String] {
        let deadline = ContinuousClock.now + patience
        var pause = Duration.milliseconds(500)
        while true {
            do {
                return try await attempt()
            } catch let error as PostgresError where error.isAboutLocks {
                let holder = try await lockHolder() ?? "another session holds a lock that is needed"
                guard ContinuousClock.now < deadline else {
                    throw InstallationError(
                        "gave up: \(holder); end that session or try again when it is quiet (what was done so far stays)"
                    )
                }
                report(.waiting(for: holder))
                try await Task.sleep(for: pause * Double.random(in: 0.8...1.2))
                pause = min(pause * 2, .seconds(10))
            }
        }
    }

    /// Who stands in the way, as a clause: the oldest transaction that holds a lock on one of the tables.
    private func lockHolder() async throws -> String? {
        let rows = try await connection.query(
            """
            select format('session %s (role %s, %s, transaction open for %s s) holds %s', a.pid, a.usename,
                coalesce(a.state, 'state hidden'), extract(epoch from clock_timestamp() - a.xact_start)::int,
                l.relation::regclass) as holder
            from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where l.granted and l.pid <> pg_backend_pid() and l.database = (
                    select d.oid from pg_database d where d.datname = current_database())
                and l.relation in (to_regclass('public.sale_order'), to_regclass('public.telegram_user'),
                    to_regclass('public.telegram_message'), to_regclass('public.telegram_bot_config'),
                    to_regclass('public.res_users'), to_regclass('public.res_partner'))
                and a.application_name <> 'tgworker install-sql'
            order by a.xact_start limit 1
            """)
        return try rows.first?.find("holder")
    }
}

extension PostgresError {
    /// Somebody else was in the way; the same step may pass later.
    fileprivate var isAboutLocks: Bool {
        sqlState == .lockNotAvailable || sqlState == .deadlockDetected
    }
}
