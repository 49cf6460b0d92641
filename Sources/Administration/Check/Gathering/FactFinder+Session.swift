import Glibc
import Postgres
import Reactor
import Worker

extension FactFinder {
    /// Milliseconds since 1970 by this machine.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    func lookAtSession(_ connection: Connection) async throws -> SessionFacts {
        let before = Self.now
        let row = try await connection.query(
            """
            select current_database() as database, current_user as role, current_setting('server_version') as version,
                pg_is_in_recovery() as standby, (extract(epoch from clock_timestamp()) * 1000)::bigint as clock,
                to_regnamespace('tgworker') is not null as installed,
                coalesce(has_schema_privilege(to_regnamespace('tgworker')::oid, 'usage'), false) as permitted,
                to_regclass('public.sale_order') is not null as has_sales,
                to_regclass('public.res_partner') is not null as is_odoo
            """, timeout: Self.timeout)[0]
        let clock: Int64 = try row.get("clock")
        return SessionFacts(
            database: try row.get("database"), role: try row.get("role"), version: try row.get("version"),
            versionNumber: connection.serverVersion, isStandby: try row.get("standby"),
            isOdoo: try row.get("is_odoo"), hasSales: try row.get("has_sales"),
            isInstalled: try row.get("installed"), mayUseSchema: try row.get("permitted"),
            clockOffset: Int(clock - (before + Self.now) / 2))
    }

    /// Calls this session from another one, as Odoo's would, and waits to be heard. From its own a session hears itself
    /// even where nobody else is heard.
    func listening(_ connection: Connection) async throws -> Listening {
        let isPooled: Bool
        do {
            isPooled = try await PoolerCheck(database, reactor: reactor).run(on: connection)
        } catch let problem as StartupProblem {
            return .shared(problem.description)
        }
        // Not the worker's channel: a running one need not look up.
        let channel = "tgworker_check_\(UInt32.random(in: 0 ... .max))"
        let (heard, continuation) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        await connection.setHandlers(
            Connection.Handlers(notification: { notification in
                if notification.channel == channel { continuation.yield(.now) }
            }))
        try await connection.query("listen \(channel)")
        let caller = try await Connection.connect(database, on: reactor)
        let called = ContinuousClock.now
        do {
            try await caller.query("select pg_notify($1, '')", [.text(channel)], timeout: Self.timeout)
        } catch {
            await caller.close()
            throw error
        }
        await caller.close()
        let limit = Task {
            _ = await reactor.sleep(for: .seconds(5))
            continuation.finish()
        }
        var delay: Duration?
        for await moment in heard {
            delay = moment - called
            break
        }
        limit.cancel()
        await connection.setHandlers(Connection.Handlers())
        try await connection.query("unlisten \(channel)")
        guard let delay else { return .deaf }
        return .heard(milliseconds: max(1, Int(delay / .milliseconds(1))), throughPooler: isPooled)
    }

    func horizon(_ connection: Connection) async throws -> [SnapshotHolder] {
        // Whose transaction it is, is hidden from most roles, but not how far behind its snapshot is (pg_stat_activity).
        try await connection.query(
            """
            select * from (
                select 'session' as kind, a.pid::text as id, coalesce(a.usename::text, '-') as owner,
                    coalesce(a.application_name, '') as application,
                    extract(epoch from clock_timestamp() - a.xact_start)::float8 as age,
                    greatest(age(a.backend_xmin), age(a.backend_xid)) as transactions, true as active
                from pg_stat_activity a
                where (a.backend_xmin is not null or a.backend_xid is not null) and a.pid <> pg_backend_pid()
                    and a.datname = current_database() and a.backend_type <> 'autovacuum worker'
                union all
                select 'prepared', p.gid, p.owner::text, '',
                    extract(epoch from clock_timestamp() - p.prepared)::float8, age(p.transaction), true
                from pg_prepared_xacts p where p.database = current_database()
                union all
                select 'slot', s.slot_name::text, '', '', null, age(s.xmin), s.active
                from pg_replication_slots s where s.xmin is not null
            ) h
            order by coalesce(h.age, 0) desc, h.transactions desc limit 20
            """, timeout: Self.timeout
        ).map { row in
            SnapshotHolder(
                kind: SnapshotHolder.Kind(rawValue: try row.get("kind")) ?? .session, id: try row.get("id"),
                user: try row.get("owner"), application: Words.line(try row.get("application"), limit: 60),
                age: try row.find("age"), transactions: try row.find("transactions") ?? 0,
                isActive: try row.get("active"))
        }
    }
}
