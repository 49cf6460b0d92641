package import Postgres
import Worker

extension QueueStatus {
    /// Reads it in one round trip, by indexes only, whatever waits and however long the ledger is.
    package static func read(on connection: Connection) async throws -> QueueStatus {
        let answers = try await connection.group(statements, timeout: .seconds(20))
        var status = QueueStatus()
        status.database = try answers[0][0].get("database")
        status.time = try answers[0][0].get("time")
        let workers = try WorkerFacts(answers[1], lock: answers[2])
        status.instances = workers.instances.filter { $0.isAlive || $0.age < 3600 }.map {
            Instance(
                host: $0.host, processId: $0.processID, role: $0.role, version: $0.version, isAlive: $0.isAlive,
                heartbeatAge: $0.age, wakeUp: $0.wakeUp, lastError: $0.lastError)
        }
        status.isSending = workers.sender != nil
        status.queue = try kinds(answers[3], answers[4][0])
        let rates = answers[5][0]
        status.rates = Rates(
            sentLastMinute: try rates.get("minute"), sentLast5Minutes: try rates.get("five"),
            sentLastHour: try rates.get("hour"), notSentLastHour: try rates.get("not_sent"),
            isLimited: try rates.get("total", as: Int.self) > rateLimit)
        status.pauses = try answers[6].map {
            Pause(
                chat: try $0.find("chat_id"), until: try $0.get("until"), seconds: try $0.get("seconds"),
                reason: try $0.find("reason").map { Words.line($0) })
        }
        status.pausedChats = try answers[7][0].get("chats")
        status.lastFailures = try answers[8].map {
            Failure(
                outboxId: try $0.get("outbox_id"), kind: try $0.get("kind"), chat: try $0.get("chat_id"),
                outcome: try $0.get("outcome"), age: try $0.get("age"),
                reason: Words.line(try $0.find("reason") ?? "no reason is known"))
        }
        status.failingChats = try answers[9].map {
            FailingChat(
                chat: try $0.get("chat_id"), messages: try $0.get("messages"),
                reason: Words.line(try $0.find("reason") ?? "no reason is known"))
        }
        return status
    }

    private static func kinds(_ rows: Rows, _ more: Rows.Row) throws -> [Kind] {
        var kinds = [
            "answer": Kind(kind: "answer"), "reply": Kind(kind: "reply"), "order_state": Kind(kind: "order_state"),
        ]
        var total = 0
        for row in rows {
            let kind = Kind(
                kind: try row.get("kind"), waiting: try row.get("waiting"), ready: try row.get("ready"),
                sending: try row.get("sending"), failing: try row.get("failing"), oldest: try row.find("oldest"))
            total += kind.waiting
            kinds[kind.kind] = kind
        }
        if total > limit {
            // Beyond the oldest ones: what the indexes say of the other kinds.
            for name in kinds.keys { kinds[name]?.isLimited = true }
            kinds["answer"]?.raise(to: try more.get("answers"))
            kinds["reply"]?.raise(to: try more.get("replies"))
        }
        return ["answer", "reply", "order_state"].compactMap { kinds.removeValue(forKey: $0) }
            + kinds.values.sorted { $0.kind < $1.kind }
    }

    /// In the order of ``read(on:)``. QueueTests look at the plans.
    package static let statements = [
        Statement(
            """
            select current_database() as database,
                to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as time
            """),
        Statement(WorkerFacts.instancesSQL),
        Statement(WorkerFacts.lockSQL, [.integer(SenderLock.key)]),
        Statement(
            """
            select o.kind, count(*) as waiting,
                count(*) filter (where not o.behind and o.sending_since is null and o.available_at <= clock_timestamp())
                    as ready,
                count(*) filter (where o.sending_since is not null) as sending,
                count(*) filter (where o.failures > 0) as failing,
                extract(epoch from clock_timestamp() - min(o.enqueued_at))::float8 as oldest
            from (select * from tgworker.outbox order by id limit $1) o group by o.kind
            """, [.integer(limit + 1)]),
        Statement(
            """
            select (select count(*) from (
                    select from tgworker.outbox o where o.priority = 0 and not o.behind and o.sending_since is null limit $1
                ) a) as answers,
                (select count(*) from (
                    select o.source_id from tgworker.outbox o where o.kind = 'reply' order by o.source_id limit $1
                ) r) as replies
            """, [.integer(limit + 1)]),
        Statement(
            """
            select count(*) filter (where d.outcome = 'sent' and d.finished_at > now() - interval '1 minute') as minute,
                count(*) filter (where d.outcome = 'sent' and d.finished_at > now() - interval '5 minutes') as five,
                count(*) filter (where d.outcome = 'sent') as hour,
                count(*) filter (where d.outcome <> 'sent') as not_sent, count(*) as total
            from (
                select outcome, finished_at from tgworker.delivery
                where finished_at > now() - interval '1 hour' order by finished_at desc limit $1
            ) d
            """, [.integer(rateLimit + 1)]),
        Statement(
            """
            select p.chat_id, to_char(p.paused_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as until,
                extract(epoch from p.paused_until - clock_timestamp())::float8 as seconds, p.reason
            from (
                select null::bigint as chat_id, b.paused_until, b.pause_reason as reason from tgworker.bot b
                union all
                (select c.chat_id, c.paused_until, c.pause_reason from tgworker.chat c
                where c.paused_until > clock_timestamp() limit 1000)
            ) p
            where p.paused_until > clock_timestamp()
            order by p.chat_id is not null, p.paused_until desc limit 6
            """),
        Statement(
            """
            select count(*) as chats from (
                select from tgworker.chat c where c.paused_until > clock_timestamp() limit $1) c
            """, [.integer(limit + 1)]),
        Statement(
            """
            select d.outbox_id, d.kind, d.chat_id, d.outcome, d.reason,
                extract(epoch from clock_timestamp() - d.finished_at)::float8 as age
            from (select * from tgworker.delivery order by finished_at desc limit $1) d
            where d.outcome in ('failed', 'unknown') and d.finished_at > now() - interval '24 hours'
            order by d.finished_at desc limit 5
            """, [.integer(limit)]),
        Statement(
            """
            select f.chat_id, count(*) as messages, (array_agg(f.reason order by f.at desc))[1] as reason
            from (
                select o.chat_id, o.last_error as reason, clock_timestamp() as at
                from (select * from tgworker.outbox order by id limit $1) o where o.failures > 0
                union all
                select d.chat_id, d.reason, d.finished_at
                from (select * from tgworker.delivery order by finished_at desc limit $1) d
                where d.outcome in ('failed', 'unknown') and d.finished_at > now() - interval '24 hours'
                    and d.retried_as is null
            ) f
            group by f.chat_id order by 2 desc, 1 limit 5
            """, [.integer(limit)]),
    ]
}

extension QueueStatus.Kind {
    fileprivate mutating func raise(to number: Int) {
        waiting = max(waiting, number)
    }
}
