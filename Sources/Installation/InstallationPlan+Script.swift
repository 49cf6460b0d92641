extension InstallationPlan {
    /// The plan as a script for psql, to the same effect as running it: safe to run twice and beside other installers.
    public var script: String {
        let head = """
            -- tgworker: installs or upgrades schema tgworker beside Odoo, for review and for psql:
            --     psql -X -f FILE DATABASE
            -- Each step is one transaction, does nothing when it was done before, and gives up on a lock after two
            -- seconds, so that no session of Odoo ever queues behind it: when that happens, run the script again.
            \\set ON_ERROR_STOP on
            \\set QUIET on
            \\pset tuples_only on
            \\pset format unaligned

            -- Is this a database and a role to install with?
            do $tgworker$
            declare
                problem text := (select p.problem from (
            \(Self.preflightSQL)
                ) p limit 1);
            begin
                if problem is not null then
                    raise exception '%', problem;
                end if;
            end
            $tgworker$;
            """
        return ([head] + steps.map(Self.script)).joined(separator: "\n\n") + "\n"
    }

    private static func script(_ step: Step) -> String {
        switch step {
        case .bootstrap:
            return """
                select to_regnamespace('tgworker') is null as pending \\gset
                \\if :pending
                \(transaction(bootstrapSQL))
                \\endif
                """
        case .migration(let migration):
            return """
                -- Migration \(migration.number): \(migration.name)
                select not exists (select from tgworker.migration where number = \(migration.number)) as pending \\gset
                \\if :pending
                \(transaction(recordSQL(migration) + "\n" + migration.sql))
                \\endif
                do $tgworker$
                begin
                    if (select checksum from tgworker.migration where number = \(migration.number)) <> '\(migration.checksum)' then
                        raise exception 'migration \(migration.number) (\(migration.name)) was applied from another file';
                    end if;
                end
                $tgworker$;
                """
        case .call(let function):
            return transaction("select * from tgworker.\(function);")
        }
    }

    private static func transaction(_ sql: String) -> String {
        """
        begin;
        set local lock_timeout = '60s';
        do 'begin perform pg_advisory_xact_lock(\(lockKey)); end';
        set local lock_timeout = '2s';
        \(sql)
        commit;
        """
    }
}
