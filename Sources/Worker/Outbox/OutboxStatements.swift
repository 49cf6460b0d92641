import Postgres

/// The statements of the queue. Each runs on the sender's own session, so a lost lock fences all of them.
enum OutboxStatements {
    /// Records the intent to send and returns what to send: at most `limit` messages, the best of what is ready, one of
    /// each chat, none of the chats in `busy`. Rows found behind another of their lane are marked, so that they are not
    /// looked at again before it is their turn.
    ///
    /// The first column says how many were marked; a lone row with a NULL id says that nothing was claimed.
    ///
    /// `id = any (array(…))` keeps its index plan whatever the statistics say; a join would flip to a scan of the table.
    /// The moment is `now()`, which is the same in all of an exchange, so that a message is either ready here or due in
    /// ``nextDue``, and which an index can be searched by, unlike `clock_timestamp()`. Rows that somebody holds a lock
    /// on, such as one that an operator is discarding in a transaction still open, are passed over: never waited for.
    static func claim(
        limit: Int, window: Int, busy: some Sequence<Int64>, defaultTimeZone: String, bot: Int64
    ) -> Statement {
        Statement(
            claimSQL,
            [.integer(limit), .integer(window), .array(busy), .text(defaultTimeZone), .integer(bot)], prepared: true)
    }

    private static let claimSQL = """
        with candidate as materialized (
            select o.id, o.chat_id, o.priority, o.available_at
            from (values (0::smallint), (1::smallint), (2::smallint)) p (priority)
            cross join lateral (
                select r.id, r.chat_id, r.priority, r.available_at from tgworker.outbox r
                where r.priority = p.priority and not r.behind and r.sending_since is null
                    and r.available_at <= now()
                order by r.priority, r.available_at, r.id
                limit $2
            ) o
        ), placed as materialized (
            select c.*, exists (
                select from tgworker.outbox e
                where e.chat_id = c.chat_id and e.priority = c.priority and e.id < c.id) as is_behind
            from candidate c
        ), marked as (
            update tgworker.outbox set behind = true
            where id = any (array(
                select l.id from tgworker.outbox l
                where l.id = any (array(select p.id from placed p where p.is_behind))
                for no key update skip locked))
            returning 1
        ), claimed as (
            update tgworker.outbox set sending_since = clock_timestamp(), attempt = attempt + 1
            where id = any (array(
                select l.id from tgworker.outbox l
                where l.id = any (array(
                    select f.id from (
                        select distinct on (p.chat_id) p.id, p.priority, p.available_at
                        from placed p where not p.is_behind and p.chat_id <> all ($3::bigint[])
                        order by p.chat_id, p.priority, p.id
                    ) f
                    order by f.priority, f.available_at, f.id
                    limit $1))
                for no key update skip locked))
            returning *
        )
        select (select count(*) from marked) as marked,
            c.id, c.kind, c.chat_id, c.attempt, c.parts_sent, c.message_id, c.failures, c.in_doubt, c.last_error,
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
        from (select) one
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

    /// Microseconds until the next message that is not ready yet becomes so; NULL when there is none. To be asked in the
    /// exchange of a claim.
    static let nextDue = Statement(
        """
        select (extract(epoch from min(o.available_at) - clock_timestamp()) * 1000000)::bigint as microseconds
        from (values (0::smallint), (1::smallint), (2::smallint)) p (priority)
        cross join lateral (
            select r.available_at from tgworker.outbox r
            where r.priority = p.priority and not r.behind and r.sending_since is null
                and r.available_at > now()
            order by r.available_at
            limit 1
        ) o
        """, prepared: true)

    /// Moves finished messages to the ledger, notifications that were sent to Odoo's history, and Telegram's ids to the
    /// operators' replies. A message that somebody else has finished meanwhile is left as it is.
    static func finish(_ messages: [Finished]) -> Statement {
        Statement(
            finishSQL,
            [
                .array(messages.map(\.id)),
                .array(messages.map { Parameter.text($0.outcome.rawValue) }),
                .array(messages.map { Parameter.text($0.reason) }),
                .array(messages.map { Parameter.integer($0.messageID) }),
                .array(messages.map(\.parts)),
                .array(messages.map { Parameter.text($0.text) }),
                .array(messages.map { $0.isInDoubt ? 1 : 0 }),
            ], prepared: true)
    }

    private static let finishSQL = """
        with done as materialized (
            select * from unnest(
                $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::smallint[], $6::text[], $7::integer[])
                d (id, outcome, reason, message_id, parts, text, in_doubt)
        ), gone as (
            delete from tgworker.outbox where id = any ($1::bigint[]) returning *
        ), written as (
            insert into public.telegram_message (
                telegram_user_id, partner_id, message_id, message_date, text, direction, is_read,
                create_uid, write_uid, create_date, write_date)
            select u.id, u.partner_id, d.message_id, date_trunc('second', clock_timestamp() at time zone 'UTC'),
                d.text, 'outgoing', true, 1, 1, clock_timestamp() at time zone 'UTC', clock_timestamp() at time zone 'UTC'
            from gone g join done d on d.id = g.id join public.telegram_user u on u.id = g.telegram_user_id
            where g.kind = 'order_state' and d.outcome = 'sent'
            order by g.id
            returning id, telegram_user_id, message_id
        ), replied as (
            update public.telegram_message m set message_id = d.message_id
            from gone g join done d on d.id = g.id
            where g.kind = 'reply' and d.message_id is not null and m.id = g.source_id
                and coalesce(m.message_id, 0) = 0
            returning m.id
        )
        insert into tgworker.delivery (
            outbox_id, kind, priority, chat_id, telegram_user_id, source_id, event, outcome, reason, attempts, in_doubt,
            enqueued_at, sent_at, message_id, parts, telegram_message_id, text)
        select g.id, g.kind, g.priority, g.chat_id, g.telegram_user_id, g.source_id, g.event, d.outcome, d.reason,
            g.attempt, g.in_doubt + d.in_doubt, g.enqueued_at, g.sending_since, d.message_id, d.parts,
            case g.kind when 'reply' then g.source_id else w.id end, d.text
        from gone g join done d on d.id = g.id
        left join written w on w.telegram_user_id = g.telegram_user_id and w.message_id = d.message_id
        order by g.id
        """

    /// Puts messages back: to be tried again, or because a part of several was sent, or because they were not sent
    /// after all.
    static func requeue(_ messages: [Requeued]) -> Statement {
        Statement(
            requeueSQL,
            [
                .array(messages.map(\.id)),
                .array(messages.map(\.attempt)),
                .array(messages.map { Parameter.interval($0.delay) }),
                .array(messages.map { Parameter.text($0.reason) }),
                .array(messages.map { $0.isInDoubt ? 1 : 0 }),
                .array(messages.map(\.partsSent)),
                .array(messages.map { Parameter.integer($0.messageID) }),
                .array(messages.map(\.failures.rawValue)),
            ], prepared: true)
    }

    private static let requeueSQL = """
        update tgworker.outbox o
        set sending_since = null, available_at = now() + d.delay, last_error = d.reason,
            in_doubt = o.in_doubt + d.in_doubt, parts_sent = d.parts_sent, message_id = d.message_id,
            failures = case d.failures when -1 then 0 else o.failures + d.failures end,
            failing_since = case d.failures
                when -1 then null
                when 0 then o.failing_since
                else coalesce(o.failing_since, now())
            end
        from unnest($1::bigint[], $2::integer[], $3::interval[], $4::text[], $5::integer[], $6::smallint[], $7::bigint[],
                $8::integer[])
            d (id, attempt, delay, reason, in_doubt, parts_sent, message_id, failures)
        where o.id = any ($1::bigint[]) and o.id = d.id and o.attempt = d.attempt and o.sending_since is not null
        """

    /// Messages whose attempt was begun by a sender that is gone: nobody knows whether they were sent. `mine` are the
    /// attempts that this process knows better.
    ///
    /// Each counts as a failure, so that a message which ends its sender every time ends too. The first time it is sent
    /// at once; if it happens again, others get ahead of it.
    static func recover(mine: [OutboxAttempt], hold: Bool) -> Statement {
        let parameters: [Parameter] = [.array(mine.map(\.id)), .array(mine.map(\.attempt))]
        return hold
            ? Statement(
                """
                with gone as (
                    delete from tgworker.outbox where sending_since is not null
                        and (id, attempt) not in (select * from unnest($1::bigint[], $2::integer[])) returning *
                )
                insert into tgworker.delivery (
                    outbox_id, kind, priority, chat_id, telegram_user_id, source_id, event, outcome, reason, attempts,
                    in_doubt, enqueued_at, sent_at, message_id, parts, telegram_message_id)
                select g.id, g.kind, g.priority, g.chat_id, g.telegram_user_id, g.source_id, g.event, 'unknown',
                    'the worker stopped while it was sending: look whether the customer has the message', g.attempt,
                    g.in_doubt + 1, g.enqueued_at, g.sending_since, g.message_id, greatest(g.parts_sent, 1),
                    case g.kind when 'reply' then g.source_id end
                from gone g
                """, parameters)
            : Statement(
                """
                update tgworker.outbox
                set sending_since = null, in_doubt = in_doubt + 1, last_error = 'the worker stopped while it was sending',
                    failures = failures + 1, failing_since = coalesce(failing_since, now()),
                    available_at = case
                        when failures = 0 then available_at
                        else now() + least(power(2, least(failures, 10)), 300) * interval '1 second'
                    end
                where sending_since is not null
                    and (id, attempt) not in (select * from unnest($1::bigint[], $2::integer[]))
                """, parameters)
    }

    /// Brings forward what stands first in its lane and is marked as behind all the same.
    ///
    /// A row is marked because of an older one; when that is deleted at the same time by somebody else, in a transaction
    /// that does not see the mark yet (Odoo's are REPEATABLE READ), the trigger that takes the mark back misses it.
    ///
    /// Steps from lane to lane along the index, so it costs as many look-ups as there are lanes, not rows.
    static let mendLanes = Statement(
        """
        with recursive head as (
            (select o.id, o.chat_id, o.priority, o.behind from tgworker.outbox o
            order by o.chat_id, o.priority, o.id limit 1)
            union all
            select n.* from head h cross join lateral (
                select o.id, o.chat_id, o.priority, o.behind from tgworker.outbox o
                where (o.chat_id, o.priority) > (h.chat_id, h.priority)
                order by o.chat_id, o.priority, o.id limit 1
            ) n
        )
        update tgworker.outbox set behind = false
        where id = any (array(
            select l.id from tgworker.outbox l
            where l.id = any (array(select h.id from head h where h.behind))
            for no key update skip locked))
        """)

    /// Messages that are waiting longer than they need: Telegram is reached again.
    static func bringForward(_ ids: [Int64]) -> Statement {
        Statement(
            """
            update tgworker.outbox set available_at = now()
            where id = any (array(
                select l.id from tgworker.outbox l
                where l.id = any ($1::bigint[]) and l.sending_since is null and l.available_at > now()
                for no key update skip locked))
            """, [.array(ids)], prepared: true)
    }

    /// Waiting for the disk buys nothing where a lost intent only means that a message is sent again.
    static let withoutWaitingForDisk = Statement(
        "select set_config('synchronous_commit', 'off', true)", prepared: true)
}
