public import Postgres

/// Runs an ``InstallationPlan`` on a connection, step by step, each in a transaction of its own that gives up on a lock
/// after a third of a second and tries again: a long transaction of Odoo never makes other sessions queue behind the DBA.
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
    private let began: @Sendable (String) -> Void

    /// - Parameters:
    ///   - patience: how long a step is tried while somebody holds a lock that it needs.
    ///   - began: called with what is being done from now on, such as "migration 2 (outbox)".
    ///   - report: called for each event.
    public init(
        connection: Connection, patience: Duration, began: @escaping @Sendable (String) -> Void = { _ in },
        report: @escaping @Sendable (Event) -> Void
    ) {
        self.connection = connection
        self.patience = patience
        self.began = began
        self.report = report
    }

    /// Installs, upgrades or does nothing, as needed.
    ///
    /// - Parameter dryRun: do everything in one transaction, report it, and roll it back.
    /// - Throws: ``InstallationError`` or `PostgresError`; what earlier steps did stays, and a second run continues.
    public func run(_ plan: InstallationPlan, dryRun: Bool = false) async throws {
        guard connection.serverVersion >= 120_000 else {
            throw InstallationError(
                "the server is PostgreSQL \(connection.serverVersion / 10_000): version 12 or newer is needed")
        }
        try await check(plan.preflightSQL)
        var changes = 0
        for step in dryRun ? [plan.steps] : plan.steps.map({ [$0] }) {
            let done = try await patiently {
                try await attempt(step, keep: !dryRun)
            }
            for change in done { report(.changed(change)) }
            changes += done.count
        }
        if changes == 0 { report(.upToDate) }
    }

    /// Removes everything that was made, except the addon's tables and their data.
    ///
    /// - Throws: ``InstallationError`` or `PostgresError`; then nothing was changed.
    public func uninstall() async throws {
        try await check(InstallationPlan.removalPreflightSQL)
        let done = try await patiently {
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
                try await open(transaction)
                var changes: [String] = []
                for step in steps { changes += try await run(step, transaction) }
                guard keep else { throw RolledBack(changes: changes) }
                return changes
            }
        } catch let end as RolledBack {
            return end.changes
        }
    }

    private func open(_ transaction: Transaction) async throws {
        try await transaction.script(InstallationPlan.openingSQL, timeout: .seconds(120))
    }

    private func check(_ problemSQL: String) async throws {
        let problem: String? = try await patiently {
            try await connection.transaction { transaction in
                try await open(transaction)
                return try await transaction.query(problemSQL).first?.get("problem")
            }
        }
        if let problem { throw InstallationError(problem) }
    }

    private func run(_ step: InstallationPlan.Step, _ transaction: Transaction) async throws -> [String] {
        began(step.title)
        switch step {
        case .bootstrap:
            guard try await transaction.query(InstallationPlan.isPendingSQL)[0].get("pending") else {
                let newest: Int = try await transaction.query(
                    "select coalesce(max(number), 0) as newest from tgworker.migration")[0].get("newest")
                guard newest <= Migration.latest else {
                    throw InstallationError(InstallationPlan.tooNew("\(newest)"))
                }
                return []
            }
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
            "select checksum from tgworker.migration where number = $1", [.integer(migration.number)])
        if let checksum: String = try rows.first?.get("checksum") {
            guard checksum == migration.checksum else {
                throw InstallationError(InstallationPlan.appliedFromAnotherFile(migration))
            }
            return []
        }
        try await transaction.script(InstallationPlan.recordSQL(migration))
        try await transaction.script(migration.sql, timeout: .seconds(24 * 3600))
        return ["applied migration \(migration.number) (\(migration.name))"]
    }

    private func remove() async throws -> [String] {
        try await connection.transaction { transaction in
            try await open(transaction)
            var changes: [String] = []
            guard try await !transaction.query(InstallationPlan.isPendingSQL)[0].get("pending") else { return [] }
            if try await transaction.query("select to_regclass('tgworker.granted_role') is not null as there")[0].get(
                "there")
            {
                changes += try await transaction.query(
                    "select line from tgworker.granted_role g, tgworker.revoke_worker(g.role_name) line order by line"
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

    /// Tries again while somebody holds a lock that is needed, and puts what the schema's functions refuse in words.
    private func patiently<Result>(_ attempt: () async throws -> Result) async throws -> Result {
        let deadline = ContinuousClock.now + patience
        var pause = Duration.milliseconds(500)
        while true {
            do {
                return try await attempt()
            } catch let error as PostgresError where error.isAboutLocks {
                let holder = try await lockHolder()
                guard ContinuousClock.now < deadline else {
                    throw InstallationError(
                        "gave up: \(holder); end that session or try again when it is quiet (what was done so far stays)"
                    )
                }
                report(.waiting(for: holder))
                try await Task.sleep(for: pause * Double.random(in: 0.8...1.2))
                pause = min(pause * 2, .seconds(5))
            } catch let error as PostgresError where error.sqlState == .objectNotInPrerequisiteState {
                guard let hint = error.hint else { throw error }
                throw InstallationError("\(error.message): \(hint)")
            }
        }
    }

    /// Who stands in the way, as a clause: the oldest transaction that holds a lock on one of the tables, rather one
    /// that writes than one that only reads; else the installer whose turn it is.
    private func lockHolder() async throws -> String {
        let rows = try await connection.query(
            """
            select pg_catalog.format('session %s (role %s, %s%s) %s', a.pid, a.usename, coalesce(a.state, 'state hidden'),
                ', transaction open for ' || extract(epoch from clock_timestamp() - a.xact_start)::int::text || ' s',
                case l.locktype when 'relation' then 'holds ' || l.relation::regclass::text
                    else 'is installing tgworker too' end) as holder
            from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid
            where l.granted and l.pid <> pg_backend_pid()
                and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
                and (l.locktype = 'relation' and a.application_name <> 'tgworker install-sql' and l.relation in (
                        select c.oid from pg_catalog.pg_class c
                        where c.relnamespace = to_regnamespace('public') and c.relname in (
                            'sale_order', 'telegram_user', 'telegram_message', 'telegram_bot_config', 'res_users', 'res_partner'))
                    or l.locktype = 'advisory' and l.objsubid = 1
                        and l.classid::bigint = $1::bigint >> 32 and l.objid::bigint = $1::bigint & 4294967295)
            order by l.locktype = 'advisory', l.mode in ('AccessShareLock', 'RowShareLock'), a.xact_start
            limit 1
            """, [.integer(InstallationPlan.lockKey)])
        return try rows.first?.find("holder") ?? "another session holds a lock that is needed"
    }
}

extension PostgresError {
    /// Somebody else was in the way; the same step may pass later.
    fileprivate var isAboutLocks: Bool {
        sqlState == .lockNotAvailable || sqlState == .deadlockDetected
    }
}

extension SQLState {
    fileprivate static let objectNotInPrerequisiteState: SQLState = "55000"
}
