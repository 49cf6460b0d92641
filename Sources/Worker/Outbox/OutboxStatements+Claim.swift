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
            .array(claim.marks.moments.map { Parameter.integer($0) }), .integer(claim.reserve),
            .integer(claim.marks.oldest),
        ]
        guard let walk = claim.walk else { return Statement(windowSQL, parameters, prepared: true) }
        parameters += [
            .integer(walk.lanes), .integer(walk.after?.chat ?? .min), .integer(walk.after?.priority ?? 0),
        ]
        return Statement(walkSQL, parameters, prepared: true)
    }

    /// Steps from lane to lane along the index, so it costs as many look-ups as there are lanes, however
    /// many rows they have.
    private static func steps(_ count: String, after chat: String, _ priority: String) -> String {
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

    private static let windowSQL = claimSQL(
        steps: "", heads: "", end: "null::bigint as walked_chat, null::smallint as walked_priority")

    private static let walkSQL = claimSQL(
        steps: steps("$9", after: "$10", "$11") + ",",
        heads: """
            union
            select s.id, s.chat_id, s.priority, s.available_at from step s
            where not s.behind and s.sending_since is null and s.available_at <= (select t.now from clock t)
                and s.chat_id <> all ($3::bigint[])
            """,
        end: """
            (select s.chat_id from step s where s.number = $9::integer) as walked_chat,
            (select s.priority from step s where s.number = $9::integer) as walked_priority
            """)

    private static func claimSQL(steps: String, heads: String, end: String) -> String {
        """
        with recursive clock as materialized (select clock_timestamp() as now), \(steps) candidate as materialized (
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
        ), placed as materialized (
            select c.*, not c.is_head and exists (
                select from tgworker.outbox e
                where e.chat_id = c.chat_id and e.priority = c.priority and e.id < c.id and e.id >= $8) as is_behind
            from candidate c
        ), head as materialized (
            select p.id, p.chat_id, p.priority, p.available_at from placed p
            where not p.is_behind and p.chat_id <> all ($3::bigint[])
            \(heads)
        ), reserved as materialized (
            select o.id, o.chat_id from (
                select distinct on (h.chat_id) h.* from head h order by h.chat_id, h.available_at, h.id
            ) o
            order by o.available_at, o.id
            limit $7
        ), marked as (
            update tgworker.outbox set behind = true
            where id = any (array(
                select l.id from tgworker.outbox l
                where l.id = any (array(select p.id from placed p where p.is_behind))
                for no key update skip locked))
            returning id
        ), claimed as (
            update tgworker.outbox
            set sending_since = clock_timestamp(), attempt = attempt + 1,
                -- A crash may have forgotten an attempt of what was ready before it.
                in_doubt = in_doubt + coalesce(
                    available_at < (select w.doubts_before from tgworker.crash_witness w), false)::integer
            where id = any (array(
                select l.id from tgworker.outbox l
                where l.id = any (array(
                    select r.id from reserved r
                    union all
                    (select f.id from (
                        select distinct on (h.chat_id) h.* from head h
                        where h.chat_id <> all (array(select r.chat_id from reserved r))
                        order by h.chat_id, h.priority, h.id
                    ) f
                    order by f.priority, f.available_at, f.id
                    limit $1 - (select count(*) from reserved))))
                for no key update skip locked))
            returning *
        ), left_over as (
            -- For each priority the oldest row that stays ready, and where the search stopped when it was cut off.
            select c.priority, (extract(epoch from least(
                    min(c.available_at) filter (where c.id <> all (array(
                        select m.id from marked m union all select t.id from claimed t))),
                    case when count(*) >= $2 then max(c.available_at) end)) * 1000000)::bigint - 1 as since
            from candidate c group by c.priority
        ), sight as (
            select (select count(*) from marked) as marked,
                (select w.id from tgworker.outbox w where w.id >= $8 order by w.id limit 1) as oldest,
                (select (extract(epoch from t.now) * 1000000)::bigint from clock t) as moment,
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
        select sight.*, c.id, c.kind, c.priority, c.chat_id, c.attempt, c.parts_sent, c.message_id,
            c.failures, c.in_doubt, c.last_error,
            (extract(epoch from clock_timestamp() - c.failing_since) * 1000000)::bigint as failing_us,
            (extract(epoch from c.enqueued_at) * 1000000)::bigint as enqueued_us,
            u.id is not null as user_exists, u.is_verified is true as is_verified, partner.lang,
            coalesce(c.event ->> 'order', o.name) as order_name,
            c.event ->> 'state' as order_state,
            to_char(tgworker.local_time(
                (c.event ->> 'changed_at')::timestamp at time zone 'UTC',
                coalesce(partner.tz, company_partner.tz, $4)), 'YYYY-MM-DD HH24:MI:SS') as changed_at,
            case when partner.tz is null and company_partner.tz is null then $4 end as time_zone_name,
            coalesce(c.event ->> 'total', o.amount_total::text) as total,
            coalesce((c.event ->> 'currency_id')::integer, o.currency_id) as currency_id,
            m.id is not null as source_exists, m.text as reply_text, answered.message_id as reply_to,
            case c.kind when 'answer' then c.event::text end as answer, u.verification_code,
            u.id is not null and u.partner_id is distinct from i.placeholder_partner_id as is_linked,
            chat.language_code, chat.blocked_since is not null as is_chat_blocked,
            -- After a week it is tried: the word that the customer is back may have been lost, Telegram keeps it a day.
            case when chat.blocked_since > now() - interval '7 days' then chat.blocked_reason end as blocked_reason
        from sight
        left join claimed c on true
        left join public.telegram_user u on u.id = c.telegram_user_id
        left join public.res_partner partner on partner.id = u.partner_id
        left join public.sale_order o on c.kind = 'order_state' and o.id = c.source_id
        left join public.res_company company on company.id = coalesce((c.event ->> 'company_id')::integer, o.company_id)
        left join public.res_partner company_partner on company_partner.id = company.partner_id
        left join public.telegram_message m on c.kind = 'reply' and m.id = c.source_id
        left join public.telegram_message answered on answered.id = m.reply_to_message_id
        left join tgworker.identification i on c.kind = 'answer' and i.telegram_user_id = u.id
        left join tgworker.chat chat on chat.bot_id = $5::bigint and chat.chat_id = c.chat_id
        order by c.priority, c.available_at, c.id
        """
    }

    /// Brings forward what stands first in its lane and is marked as behind all the same; looks at so many lanes after
    /// the one that is named. Answers where it ended, NULL when that was the last lane.
    ///
    /// A row is marked because of an older one; when that is deleted at the same time by somebody else, in a transaction
    /// that does not see the mark yet (Odoo's are REPEATABLE READ), the trigger that takes the mark back misses it.
    static func mendLanes(_ walk: OutboxClaim.Walk) -> Statement {
        Statement(
            mendSQL,
            [.integer(walk.lanes), .integer(walk.after?.chat ?? .min), .integer(walk.after?.priority ?? 0)])
    }

    private static let mendSQL = """
        with recursive \(steps("$1", after: "$2", "$3")), mended as (
            update tgworker.outbox
            set behind = false, is_head = true, available_at = greatest(available_at, clock_timestamp())
            where id = any (array(
                select l.id from tgworker.outbox l
                where l.id = any (array(select s.id from step s where s.behind))
                for no key update skip locked))
            returning 1
        )
        select (select count(*) from mended) as mended, max(s.chat_id) as walked_chat, max(s.priority) as walked_priority
        from step s where s.number = $1::integer
        """
}

extension OutboxClaim.Answer {
    /// Reads the rows of ``OutboxStatements/claim(_:defaultTimeZone:bot:)``: each begins with what was seen, and a lone
    /// one with a NULL id says that nothing was claimed.
    init(_ rows: Rows) throws(PostgresError) {
        guard let first = rows.first else { return }
        marked = try first.get("marked")
        dueIn = (try first.find("due", as: Int64.self)).map { .microseconds($0) }
        walkedTo = try OutboxClaim.Lane(first)
        let moment: Int64 = try first.get("moment")
        if let snapshot = QueueHorizon.Snapshot(try first.get("snapshot")) {
            var left: [Int64] = []
            for column in ["left_0", "left_1", "left_2"] { left.append(try first.find(column) ?? moment) }
            sight = QueueHorizon.Sight(
                moment: moment, left: left, oldest: try first.find("oldest"), snapshot: snapshot)
        }
        for row in rows where try row.find("id", as: Int64.self) != nil { messages.append(try OutboxMessage(row)) }
    }
}

extension OutboxClaim.Lane {
    /// Where a walk ended; nil when it came to the last lane.
    init?(_ row: Rows.Row) throws(PostgresError) {
        guard let chat: Int64 = try row.find("walked_chat") else { return nil }
        self.init(chat: chat, priority: try row.get("walked_priority"))
    }
}
