/// What `install-sql` does, as data: the same steps are run on a connection or printed as a script.
public struct InstallationPlan: Sendable, Equatable {
    /// One transaction.
    public enum Step: Sendable, Equatable {
        /// Makes the schema and the table of migrations where they are missing.
        case bootstrap
        /// Applies a migration that has not been applied.
        case migration(Migration)
        /// Calls a function of the schema that looks first and says what it changed.
        case call(String)
    }

    /// The steps in order.
    public let steps: [Step]
    /// The roles that get the worker's rights.
    let roles: [String]

    /// Installs or upgrades; safe to repeat.
    ///
    /// - Parameters:
    ///   - roles: get the worker's rights.
    ///   - adopt: makes a copied database one that may write to customers.
    public static func install(grantTo roles: [String] = [], adopt: Bool = false) -> InstallationPlan {
        var steps: [Step] = [.bootstrap]
        steps += Migration.all.map(Step.migration)
        steps += [
            "create_addon_tables()", "widen_ids()", "attach_triggers()", "grant_odoo()", "pin(\(adopt))",
            "renew_grants()",
        ].map(Step.call)
        steps += roles.map { .call("grant_worker(\(quoted($0)))") }
        return InstallationPlan(steps: steps, roles: roles)
    }

    /// Key of the advisory lock that installers take, one after the other ("tgworker" in ASCII).
    static let lockKey: Int64 = 0x7467_776f_726b_6572

    /// How every transaction begins. The settings of the role or the database must not matter: not a search_path in which
    /// others can put functions, not an isolation level that would hide what another installer has done meanwhile. Then
    /// it waits for its turn; after that it gives up on a lock before a session of Odoo that queues behind it notices.
    static let openingSQL = """
        set transaction isolation level read committed;
        set local search_path = pg_catalog, pg_temp;
        set local statement_timeout = 0;
        set local lock_timeout = '60s';
        do 'begin perform pg_advisory_xact_lock(\(lockKey)); end';
        set local lock_timeout = '300ms';
        """

    /// Whether the bootstrap is still to be done. The schema may be there: a DBA can make it for a role that may not.
    /// It reads the catalog's tables, because to_regclass may answer out of a cache that does not know yet what another
    /// installer has committed a moment ago.
    static let isPendingSQL = """
        select not exists (
            select from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'tgworker' and c.relname = 'migration') as pending
        """

    static let bootstrapSQL = """
        do $$
        begin
            if to_regnamespace('tgworker') is null then
                create schema tgworker;
            end if;
        end
        $$;
        comment on schema tgworker is 'tgworker: delivers Odoo''s order notifications and replies to Telegram. See https://core.telegram.org/bots/api for what it speaks.';
        create table tgworker.migration (
            number integer primary key,
            name text not null,
            checksum text not null,
            applied_at timestamptz not null default now()
        );
        comment on table tgworker.migration is 'What of the schema is installed.';
        comment on column tgworker.migration.number is 'Number of the migration.';
        comment on column tgworker.migration.name is 'What it is about.';
        comment on column tgworker.migration.checksum is 'FNV-1a of the file as it was applied.';
        comment on column tgworker.migration.applied_at is 'When.';
        """

    /// Problems that make an installation impossible, one a row, worst first.
    var preflightSQL: String {
        let missingRoles = roles.enumerated().map { index, role in
            let advice = Self.quoted("there is no role \(role): create it first, as in: create role \(role) login")
            return """
                ,
                (\(8 + index), case when not exists (select from pg_roles r where r.rolname = \(Self.quoted(role))) then
                    \(advice) end)
                """
        }.joined()
        return """
            select problem from (values
            \(Self.problemsSQL)\(missingRoles)
            ) p (priority, problem)
            where problem is not null order by priority
            """
    }

    /// Problems that make it impossible to uninstall.
    static let removalPreflightSQL = """
        select problem from (values
        \(problemsSQL)
        ) p (priority, problem)
        where problem is not null and priority in (2, 5) order by priority
        """

    private static let problemsSQL = """
            (1, case when current_setting('server_version_num')::int < 120000 then
                'this server is PostgreSQL ' || current_setting('server_version') || ': version 12 or newer is needed' end),
            (2, case when pg_is_in_recovery() then
                'this server is a standby and read-only: connect to the primary'
                when current_setting('transaction_read_only')::boolean then
                'transactions of role ' || current_user || ' are read-only (default_transaction_read_only): set PGOPTIONS=-cdefault_transaction_read_only=off'
                end),
            (3, case when to_regclass('public.res_partner') is null then
                'database ' || current_database() || ' is not an Odoo database (no table res_partner): check the database name'
                when to_regclass('public.sale_order') is null then
                'Odoo in database ' || current_database() || ' has no Sales (no table sale_order): install the Sales app first' end),
            (4, case when to_regnamespace('tgworker') is null
                    and not has_database_privilege(current_database(), 'create') then
                'role ' || current_user || ' may not create a schema in database ' || current_database()
                    || ': run as the database''s owner or a superuser' end),
            (5, (select 'role ' || current_user || ' does not own schema tgworker: run as ' || n.nspowner::regrole
                from pg_namespace n
                where n.nspname = 'tgworker' and not pg_has_role(n.nspowner, 'usage'))),
            (6, (select 'role ' || current_user || ' does not own Odoo''s table ' || c.relname
                    || ': run as its owner ' || c.relowner::regrole || ' or a superuser'
                from pg_class c
                where c.relnamespace = to_regnamespace('public') and not pg_has_role(c.relowner, 'usage')
                    and c.relname in ('sale_order', 'res_partner', 'res_users', 'ir_config_parameter',
                        'telegram_bot_config', 'telegram_user', 'telegram_message')
                order by c.relname = 'sale_order' desc, c.relname limit 1)),
            (7, case when to_regclass('public.telegram_message') is null
                    and not has_schema_privilege('public', 'create') then
                'role ' || current_user || ' may not create tables in schema public: run as the database''s owner or a superuser'
                end)
        """

    /// Said of a schema that a newer program has installed.
    static func tooNew(_ version: String) -> String {
        "schema tgworker is at version \(version), this program knows \(Migration.latest): install a newer tgworker"
    }

    /// Said when a migration's file is not the one that was applied.
    static func appliedFromAnotherFile(_ migration: Migration) -> String {
        "migration \(migration.number) (\(migration.name)) was applied here from another file: install the tgworker that did, or uninstall first"
    }

    static func recordSQL(_ migration: Migration) -> String {
        """
        insert into tgworker.migration (number, name, checksum)
        values (\(migration.number), \(quoted(migration.name)), '\(migration.checksum)');
        """
    }

    /// A string literal (PostgreSQL, String Constants; standard_conforming_strings is on since 9.1).
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}

extension InstallationPlan.Step {
    /// What it does, for somebody who waits for it.
    var title: String {
        switch self {
        case .bootstrap: "schema tgworker"
        case .migration(let migration): "migration \(migration.number) (\(migration.name))"
        case .call(let function):
            function.hasPrefix("widen_ids")
                ? "widening Telegram's ids, which rewrites tables" : "\(function.prefix { $0 != "(" })"
        }
    }
}
