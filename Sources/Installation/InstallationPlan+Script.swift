extension InstallationPlan {
    /// The plan as a script for psql, to the same effect as running it: safe to run twice and beside other installers.
    public var script: String {
        let head = """
            -- tgworker: installs or upgrades schema tgworker beside Odoo, for review and for psql:
            --     psql -X -f FILE DATABASE
            -- Each step is one transaction, does nothing when it was done before, and gives up on a lock after a third of
            -- a second, so that no session of Odoo is held up behind it: when that happens, run the script again.
            \\set ON_ERROR_STOP on
            \\set QUIET on
            \\pset tuples_only on
            \\pset format unaligned

            -- Is this a database and a role to install with?
            \(Self.transaction(Self.failing("select p.problem from (\n\(preflightSQL)\n) p limit 1")))
            """
        return ([head] + steps.map(Self.script)).joined(separator: "\n\n") + "\n"
    }

    private static func script(_ step: Step) -> String {
        switch step {
        case .bootstrap:
            return transaction(
                unlessDone(isPendingSQL, bootstrapSQL) + "\n"
                    + failing(
                        """
                        select format(\(quoted(tooNew("%s"))), max(number)) from tgworker.migration
                        having max(number) > \(Migration.latest)
                        """))
        case .migration(let migration):
            return """
                -- Migration \(migration.number): \(migration.name)
                \(transaction(
                    unlessDone(
                        "select not exists (select from tgworker.migration where number = \(migration.number)) as pending",
                        recordSQL(migration) + "\n" + migration.sql) + "\n"
                        + failing(
                            """
                            select \(quoted(appliedFromAnotherFile(migration))) from tgworker.migration
                            where number = \(migration.number) and checksum <> '\(migration.checksum)'
                            """)))
                """
        case .call(let function):
            return transaction("select * from tgworker.\(function);")
        }
    }

    private static func unlessDone(_ pending: String, _ sql: String) -> String {
        """
        \(pending) \\gset
        \\if :pending
        \(sql)
        \\endif
        """
    }

    /// Stops with the text that the query finds, if any.
    private static func failing(_ problem: String) -> String {
        """
        do $tgworker$
        declare
            problem text := (
        \(problem)
            );
        begin
            if problem is not null then
                raise exception '%', problem;
            end if;
        end
        $tgworker$;
        """
    }

    private static func transaction(_ sql: String) -> String {
        """
        begin;
        \(openingSQL)
        \(sql)
        commit;
        """
    }
}
