import Postgres
import Worker

extension FactFinder {
    /// From the schema's function where there is one, which sees more than this role may.
    func addon(_ connection: Connection) async throws -> AddonFacts {
        let look = try await connection.query(
            """
            select exists (
                select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where n.nspname = 'tgworker' and p.proname = 'addon_version' and p.pronargs = 0
                    and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute')) as by_function
            """, timeout: Self.timeout)[0]
        let query =
            try look.get("by_function")
            ? "select tgworker.addon_version() as version"
            : """
            select max(m.latest_version) as version from public.ir_module_module m
            where m.name = 'telegram_bot' and m.state in ('installed', 'to upgrade', 'to remove')
            """
        return AddonFacts(version: try await connection.query(query, timeout: Self.timeout)[0].find("version"))
    }

    func bots(_ connection: Connection) async throws -> BotFacts {
        let active = try await connection.query(
            "select id from public.telegram_bot_config where active order by id limit 100", timeout: Self.timeout
        ).map { try $0.get("id", as: Int.self) }
        var bots = BotFacts(active: active)
        if let first = active.first {
            bots.operators = try await connection.query(
                "select count(*) as operators from public.telegram_bot_operator_rel where bot_id = $1",
                [.integer(first)], timeout: Self.timeout)[0].get("operators")
        }
        return bots
    }

    func workers(_ connection: Connection) async throws -> WorkerFacts {
        let answers = try await connection.group(
            [
                Statement(WorkerFacts.instancesSQL),
                Statement(WorkerFacts.lockSQL, [.integer(SenderLock.key)]),
            ], timeout: Self.timeout)
        return try WorkerFacts(answers[0], lock: answers[1])
    }

    func queue(_ connection: Connection) async throws -> QueueFacts {
        let limit = QueueFacts.limit + 1
        let row = try await connection.query(
            """
            select (select count(*) from (select from tgworker.outbox limit $1) o) as waiting,
                (select count(*) from (
                    select from tgworker.outbox o
                    where not o.behind and o.sending_since is null and o.available_at <= clock_timestamp() limit $1) o
                ) as ready,
                (select count(*) from tgworker.outbox o where o.sending_since is not null) as sending,
                (
                    select extract(epoch from clock_timestamp() - min(first.available_at))::float8
                    from generate_series(0, 2) p, lateral (
                        select o.available_at from tgworker.outbox o
                        where o.priority = p and not o.behind and o.sending_since is null
                        order by o.available_at limit 1) first
                    where first.available_at <= clock_timestamp()
                ) as oldest_ready,
                (
                    select o.last_error from (select last_error from tgworker.outbox order by id limit 1000) o
                    where o.last_error is not null group by o.last_error order by count(*) desc limit 1
                ) as common_error,
                (
                    select extract(epoch from max(b.paused_until) - clock_timestamp())::float8
                    from tgworker.bot b where b.paused_until > clock_timestamp()
                ) as bot_pause
            """, [.integer(limit)], timeout: Self.timeout)[0]
        return QueueFacts(
            waiting: try row.get("waiting"), ready: try row.get("ready"), sending: try row.get("sending"),
            oldestReady: try row.find("oldest_ready"),
            commonError: try row.find("common_error").map { Words.line($0, limit: 160) },
            botPause: try row.find("bot_pause"))
    }
}

extension WorkerFacts {
    /// The instances of the last day, the newest sign of life first. A column of a later schema is read as far as it is there.
    static let instancesSQL = """
        select w.host, w.process_id, w.version, w.role,
            extract(epoch from clock_timestamp() - w.heartbeat_at)::float8 as age, w.last_error,
            extract(epoch from w.wake_up)::float8 as wake_up
        from tgworker.worker w
        where w.heartbeat_at > now() - interval '1 day'
        order by w.role = 'sender' desc, w.heartbeat_at desc limit 50
        """

    /// Whether a session holds the lock with key $1 (pg_locks: "bigint keys are displayed").
    static let lockSQL = """
        select exists (
            select from pg_locks l
            where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                and l.classid::bigint = $1::bigint >> 32 and l.objid::bigint = $1::bigint & 4294967295
                and l.database = (select d.oid from pg_database d where d.datname = current_database())) as held
        """

    init(_ rows: Rows, lock: Rows) throws {
        instances = try rows.map { row in
            var instance = Instance(
                host: Words.line(try row.get("host"), limit: 60), processID: try row.get("process_id"),
                role: try row.get("role"), age: try row.get("age"),
                lastError: try row.find("last_error").map { Words.line($0) }, wakeUp: try row.find("wake_up"))
            instance.version = try row.get("version")
            return instance
        }
        isLockHeld = try lock[0].get("held")
    }
}
