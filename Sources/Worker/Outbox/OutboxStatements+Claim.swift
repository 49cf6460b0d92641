import Postgres

extension OutboxStatements {
    /// Records the intent to send and returns what to send: the best of what is ready, one of each chat, none of the
    /// busy chats. Rows found behind another of their lane are marked, so that they are not looked at again before it is
    /// their turn.
    ///
    /// `id = any (array(…))` keeps its index plan whatever the statistics say; a join would flip to a scan of the table.
    /// The moment is taken once, as an index can be searched by it then, and before anything is looked at. It is the clock
    /// and not `now()`, the beginning of the exchange: rows that the same exchange has brought forward are ready. What
    /// becomes ready later is told by the same statement (`due`), so that a message is either ready or due.
    ///
    /// Rows that somebody holds a lock on, such as one that an operator is discarding in a transaction still open, are
    /// passed over: never waited for.
    ///
    /// The answer is read by ``OutboxClaim/Answer/init(_:)``.
    static func claim(_ claim: OutboxClaim, defaultTimeZone: String, bot: Int64) -> Statement {
        var parameters: [Parameter] = [
            .integer(claim.limit), .integer(claim.window), .array(claim.busy), .text(defaultTimeZone), .integer(bot),
            .array(claim.marks.moments.map { Parameter.integer($0) }), .integer(claim.marks.oldest),
            .boolean(claim.forgoesDisk),
        ]
        let sql: String
        switch claim.depth {
        case .changes: sql = changesSQL
        case .glance: sql = glanceSQL
        case .survey(reserve: 0, walk: nil): sql = plainSQL
        case .survey(let reserve, walk: nil):
            sql = fairSQL
            parameters.append(.integer(reserve))
        case .survey(let reserve, let walk?):
            sql = walkSQL
            parameters += [
                .integer(reserve), .integer(walk.lanes), .integer(walk.after?.chat ?? .min),
                .integer(walk.after?.priority ?? 0),
            ]
        }
        return Statement(sql, parameters, prepared: true)
    }

    /// Steps from lane to lane along the index, so it costs as many look-ups as there are lanes, however
    /// many rows they have.
    static func steps(_ count: String, after chat: String, _ priority: String) -> String {
        let columns = "o.id, o.chat_id, o.priority, o.available_at, o.behind, o.sending_since"
        return """
            step as (
                (select \(columns), 1 as number from tgworker.outbox o
                where (o.chat_id, o.priority) > (\(chat)::bigint, \(priority)::smallint)
                order by o.chat_id, o.priority, o.id limit 1)
                union all
                select n.*, s.number + 1 from step s cross join lateral (
                    select \(columns) from tgworker.outbox o
                    where (o.chat_id, o.priority) > (s.chat_id, s.priority)
                    order by o.chat_id, o.priority, o.id limit 1
                ) n
                where s.number < \(count)::integer
            )
            """
    }

    private static let plainSQL = claimSQL(isFair: false)
    private static let fairSQL = claimSQL(isFair: true)
    private static let walkSQL = claimSQL(
        isFair: true,
        steps: steps("$10", after: "$11", "$12") + ",",
        heads: """
            union
            select s.id, s.chat_id, s.priority, s.available_at from step s
            where not s.behind and s.sending_since is null and s.available_at <= (select t.now from clock t)
                and s.chat_id <> all ($3::bigint[])
            """,
        end: """
            (select s.chat_id from step s where s.number = $10::integer) as walked_chat,
            (select s.priority from step s where s.number = $10::integer) as walked_priority
            """)

    /// The moment of the claim. It need not wait for the disk where a lost intent means that a message is sent again:
    /// ``noticeCrash(hold:)`` sees to it that the doubt is counted.
    static let clock = """
        clock as materialized (
            select clock_timestamp() as now,
                case when $8::boolean then set_config('synchronous_commit', 'off', true) end as forgone
        )
        """

    /// When the claim looked, for ``QueueHorizon``: before its snapshot was taken, however long the server stands still
    /// between the two. The clock of the claim is read after it.
    static let sightMoment = "(date_part('epoch', statement_timestamp()) * 1000000)::bigint as moment"

    /// The ready rows of each priority, from its mark on.
    static let candidates = """
        select o.*
        from (values
            (0::smallint, ($6::bigint[])[1]), (1::smallint, ($6::bigint[])[2]), (2::smallint, ($6::bigint[])[3])
        ) p (priority, mark)
        cross join clock t
        cross join lateral (
            select r.id, r.chat_id, r.priority, r.available_at, r.is_head or r.attempt > 0 as is_head
            from tgworker.outbox r
            where r.priority = p.priority and not r.behind and r.sending_since is null
                and r.available_at <= t.now and r.available_at >= coalesce(
                    timestamptz 'epoch' + p.mark * interval '1 microsecond', '-infinity')
            order by r.priority, r.available_at, r.id
            limit $2
        ) o
        """

    /// Whether an older row of its lane is before the candidate `c`.
    static let isBehind = """
        not c.is_head and exists (
            select from tgworker.outbox e
            where e.chat_id = c.chat_id and e.priority = c.priority and e.id < c.id and e.id >= $7)
        """

    /// Records the intent for the rows whose ids `locked` selects, and locks.
    static func claimed(_ locked: String) -> String {
        """
        claimed as (
            update tgworker.outbox
            set sending_since = clock_timestamp(), attempt = attempt + 1,
                -- A crash may have forgotten an attempt of what was ready before it.
                in_doubt = in_doubt + coalesce(
                    available_at < (select w.doubts_before from tgworker.crash_witness w), false)::integer
            where id = any (array(\(locked)))
            returning *
        )
        """
    }

    /// Locks the rows whose ids `chosen` selects, but for those that somebody else has locked.
    static func locked(_ chosen: String) -> String {
        """
        select l.id from tgworker.outbox l
        where l.id = any (array(\(chosen)))
        for no key update skip locked
        """
    }

    private static func claimSQL(
        isFair: Bool, steps: String = "", heads: String = "",
        end: String = "null::bigint as walked_chat, null::smallint as walked_priority"
    ) -> String {
        // Those that have waited longest, whatever their priority, and how they change the choice of the others.
        let reserved = """
            reserved as materialized (
                select o.id, o.chat_id from (
                    select distinct on (h.chat_id) h.* from head h order by h.chat_id, h.available_at, h.id
                ) o
                order by o.available_at, o.id
                limit $9
            ),
            """
        let (first, others, left) =
            isFair
            ? (
                "select r.id from reserved r union all",
                "where h.chat_id <> all (array(select r.chat_id from reserved r))",
                "$1 - (select count(*) from reserved)"
            ) : ("", "", "$1")
        return """
            with recursive \(clock), \(steps) candidate as materialized (
                \(candidates)
            ), placed as materialized (
                select c.*, \(isBehind) as is_behind from candidate c
            ), head as materialized (
                select p.id, p.chat_id, p.priority, p.available_at from placed p
                where not p.is_behind and p.chat_id <> all ($3::bigint[])
                \(heads)
            ), \(isFair ? reserved : "")
            marked as (
                update tgworker.outbox set behind = true
                where id = any (array(
                    select l.id from tgworker.outbox l
                    where l.id = any (array(select p.id from placed p where p.is_behind))
                    for no key update skip locked))
                returning id
            ), \(claimed(locked("""
                \(first) (select f.id from (
                    select distinct on (h.chat_id) h.* from head h
                    \(others)
                    order by h.chat_id, h.priority, h.id
                ) f
                order by f.priority, f.available_at, f.id
                limit \(left))
                """))), left_over as (
                -- For each priority the oldest row that stays ready, and where the search stopped when it was cut off.
                select c.priority, (extract(epoch from least(
                        min(c.available_at) filter (where c.id <> all (array(
                            select m.id from marked m union all select t.id from claimed t))),
                        case when count(*) >= $2 then max(c.available_at) end)) * 1000000)::bigint - 1 as since
                from candidate c group by c.priority
            ), sight as (
                select (select count(*) from marked) as marked,
                    (select w.id from tgworker.outbox w where w.id >= $7 order by w.id limit 1) as oldest,
                    \(sightMoment),
                    txid_current_snapshot()::text as snapshot,
                    -- When the next one becomes ready that is not yet; from now on, as this is read.
                    (select (extract(epoch from min(d.available_at) - clock_timestamp()) * 1000000)::bigint
                    from (values (0::smallint), (1::smallint), (2::smallint)) p (priority)
                    cross join clock t
                    cross join lateral (
                        select r.available_at from tgworker.outbox r
                        where r.priority = p.priority and not r.behind and r.sending_since is null
                            and r.available_at > t.now
                        order by r.available_at
                        limit 1
                    ) d) as due,
                    max(l.since) filter (where l.priority = 0) as left_0,
                    max(l.since) filter (where l.priority = 1) as left_1,
                    max(l.since) filter (where l.priority = 2) as left_2,
                    \(end)
                from left_over l
            )
            select sight.*, \(messageColumns)
            from sight
            left join claimed c on true
            \(messageSources)
            order by c.priority, c.available_at, c.id
            """
    }
}

extension OutboxClaim.Answer {
    /// Reads the rows of ``OutboxStatements/claim(_:defaultTimeZone:bot:)``: each begins with what was seen, and a lone
    /// one with a NULL id says that nothing was claimed.
    init(_ rows: Rows, to claim: OutboxClaim) throws(PostgresError) {
        guard let first = rows.first else { return }
        snapshot = QueueHorizon.Snapshot(try first.get("snapshot"))
        try take(rows)
        guard claim.depth != .changes else { return }
        let moment: Int64 = try first.get("moment")
        var left: [Int64] = []
        var oldest: Int64?
        if claim.depth == .glance {
            seen = try first.get("seen")
            left = try Self.left(by: rows, window: claim.window, moment: moment)
        } else {
            marked = try first.get("marked")
            dueIn = (try first.find("due", as: Int64.self)).map { .microseconds($0) }
            walkedTo = try OutboxClaim.Lane(first)
            for column in ["left_0", "left_1", "left_2"] { left.append(try first.find(column) ?? moment) }
            oldest = try first.find("oldest")
        }
        if let snapshot {
            sight = QueueHorizon.Sight(moment: moment, left: left, oldest: oldest, snapshot: snapshot)
        }
    }

    private mutating func take(_ rows: Rows) throws(PostgresError) {
        for row in rows where try row.find("id", as: Int64.self) != nil { messages.append(try OutboxMessage(row)) }
    }

    /// Of a glance that has taken all it saw: for each priority, where it stopped.
    private static func left(by rows: Rows, window: Int, moment: Int64) throws(PostgresError) -> [Int64] {
        var counts = [0, 0, 0]
        var last = [moment, moment, moment]
        for row in rows {
            guard let available: Int64 = try row.find("available_us") else { continue }
            let priority: Int = try row.get("priority")
            last[priority] = counts[priority] == 0 ? available - 1 : max(last[priority], available - 1)
            counts[priority] += 1
        }
        return (0..<3).map { counts[$0] < window ? moment : last[$0] }
    }
}
