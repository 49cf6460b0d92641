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
    public var steps: [Step]

    /// Installs or upgrades; safe to repeat.
    ///
    /// - Parameters:
    ///   - roles: get the worker's rights.
    ///   - adopt: makes a copied database one that may write to customers.
    public static func install(grantTo roles: [String] = [], adopt: Bool = false) -> InstallationPlan {
        var steps: [Step] = [.bootstrap]
        steps += Migration.all.map(Step.migration)
        steps += ["create_addon_tables()", "widen_ids()", "attach_triggers()", "pin(\(adopt))", "grant_odoo()"]
            .map(Step.call)
        steps += roles.map { .call("grant_worker(\(quoted($0)))") }
        return InstallationPlan(steps: steps)
    }

    /// Key of the advisory lock that installers take, one after the other ("tgworker" in ASCII).
    static let lockKey: Int64 = 0x7467_776f_726b_6572

    static let bootstrapSQL = """
        create schema tgworker;
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
    static let preflightSQL = """
        select problem from (values
            (1, case when current_setting('server_version_num')::int < 120000 then
                'this server is PostgreSQL ' || current_setting('server_version') || ': version 12 or newer is needed' end),
            (2, case when pg_is_in_recovery() then
                'this server is a standby and read-only: connect to the primary' end),
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
            (6, (select 'role ' || current_user || ' may not create triggers on ' || c.relname
                    || ': run as its owner ' || c.relowner::regrole || ' or a superuser'
                from pg_class c
                where c.relnamespace = to_regnamespace('public') and not pg_has_role(c.relowner, 'usage')
                    and c.relname in ('sale_order', 'telegram_user', 'telegram_message', 'telegram_bot_config')
                order by c.relname limit 1))
        ) p (priority, problem)
        where problem is not null order by priority
        """

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
