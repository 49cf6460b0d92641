import Postgres

/// The queue in figures, as the database has it: the same on every instance.
struct QueueFigures: Sendable, Equatable {
    struct Waiting: Sendable, Equatable {
        /// `outbox.kind`.
        let kind: String
        var count: Int
        var sending = 0
        var failing = 0
        /// Seconds since the oldest was queued.
        var oldest: Double
    }

    var waiting: [Waiting] = []
    /// Seconds since the message that is ready and has been so for longest became ready; zero when nothing is.
    var lag = 0.0
    /// Seconds that Telegram has asked the bot to wait from now on.
    var botPause = 0.0
    /// Chats that Telegram has asked to wait.
    var pausedChats = 0
    /// Instances that were heard of in the last three minutes, by role.
    var instances: [String: Int] = [:]

    /// Rows are counted to this number: a backlog of millions must not make looking expensive.
    static let limit = 100_000

    private static let kinds = ["answer", "order_state", "reply"]

    // MARK: Reading

    /// What waits, and what holds it up; read by ``init(waiting:rest:)``.
    static let statements = [
        Statement(
            """
            select q.kind, count(*) as count, count(q.sending_since) as sending,
                count(*) filter (where q.failures > 0) as failing,
                (extract(epoch from clock_timestamp() - min(q.enqueued_at)) * 1000)::bigint as oldest
            from (
                select o.kind, o.sending_since, o.failures, o.enqueued_at
                from tgworker.outbox o order by o.id limit \(limit)
            ) q
            group by q.kind order by q.kind
            """, prepared: true),
        Statement(
            """
            select (select (extract(epoch from clock_timestamp() - min(r.available_at)) * 1000)::bigint
                from (values (0::smallint), (1::smallint), (2::smallint)) p (priority)
                cross join lateral (
                    select o.available_at from tgworker.outbox o
                    where o.priority = p.priority and not o.behind and o.sending_since is null
                    order by o.available_at limit 1
                ) r) as lag,
                (select (extract(epoch from max(b.paused_until) - clock_timestamp()) * 1000)::bigint
                from tgworker.bot b) as bot_pause,
                (select count(*) from tgworker.chat c where c.paused_until > now()) as paused_chats,
                (select count(*) from tgworker.worker w
                where w.role = 'sender' and w.heartbeat_at > now() - interval '3 minutes') as senders,
                (select count(*) from tgworker.worker w
                where w.role = 'standby' and w.heartbeat_at > now() - interval '3 minutes') as standbys
            """, prepared: true),
    ]

    init(waiting rows: Rows, rest: Rows.Row) throws(PostgresError) {
        for row in rows {
            waiting.append(
                Waiting(
                    kind: try row.get("kind"), count: try row.get("count"), sending: try row.get("sending"),
                    failing: try row.get("failing"), oldest: Self.seconds(try row.get("oldest"))))
        }
        lag = Self.seconds(try rest.find("lag") ?? 0)
        botPause = Self.seconds(try rest.find("bot_pause") ?? 0)
        pausedChats = try rest.get("paused_chats")
        instances = ["sender": try rest.get("senders"), "standby": try rest.get("standbys")]
    }

    /// Nothing waits.
    init() {}

    /// Never less than zero: what is to come is not overdue.
    private static func seconds(_ milliseconds: Int64) -> Double { Double(max(0, milliseconds)) / 1000 }

    // MARK: Writing

    static func write(_ figures: QueueFigures?, to exposition: inout Exposition) {
        exposition.single(
            "tgworker_queue_readable", .gauge,
            "1 when the database told the figures of the queue; the others are missing otherwise.",
            figures == nil ? 0 : 1)
        figures?.write(to: &exposition)
    }

    private func write(to exposition: inout Exposition) {
        let kinds = Self.kinds.map { kind in
            waiting.first { $0.kind == kind } ?? Waiting(kind: kind, count: 0, oldest: 0)
        }
        func each(_ name: String, _ help: String, _ value: (Waiting) -> Double) {
            exposition.family(name, .gauge, help)
            for kind in kinds { exposition.sample(name, value(kind), ["kind": kind.kind]) }
        }
        each("tgworker_queue_messages", "Messages in the queue, counted up to \(Self.limit).") { Double($0.count) }
        each("tgworker_queue_sending", "Messages that are being sent.") { Double($0.sending) }
        each("tgworker_queue_failing", "Messages whose last attempt failed and that are tried again.") {
            Double($0.failing)
        }
        each("tgworker_queue_oldest_seconds", "Since the oldest message in the queue was written.") { $0.oldest }
        exposition.single(
            "tgworker_queue_lag_seconds", .gauge,
            "Since the message became ready that is ready and not sent for longest: what a healthy worker keeps near zero.",
            lag)
        exposition.single(
            "tgworker_bot_pause_seconds", .gauge, "How long Telegram still asks the bot to wait.", botPause)
        exposition.single(
            "tgworker_paused_chats", .gauge, "Chats that Telegram has asked to wait.", Double(pausedChats))
        exposition.family(
            "tgworker_instances", .gauge, "Instances that were heard of in the last three minutes, by role.")
        for (role, count) in instances.sorted(by: { $0.key < $1.key }) {
            exposition.sample("tgworker_instances", count, ["role": role])
        }
    }
}
