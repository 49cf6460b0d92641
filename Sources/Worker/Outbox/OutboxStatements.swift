import Postgres

/// The statements of the queue. Each runs on the sender's own session, so a lost lock fences all of them.
enum OutboxStatements {
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
            from gone g join done d on d.id = g.id
            -- By its key, whatever the statistics say.
            cross join lateral (
                select t.id, t.partner_id from public.telegram_user t where t.id = g.telegram_user_id limit 1
            ) u
            where g.kind = 'order_state' and d.outcome = 'sent'
            order by g.id
            returning id, telegram_user_id, message_id
        ), replied as (
            update public.telegram_message m set message_id = d.message_id
            from gone g join done d on d.id = g.id
            where g.kind = 'reply' and d.message_id is not null and m.id = g.source_id
                and m.id = any (array(select r.source_id from gone r where r.kind = 'reply'))
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

    /// Messages that are waiting longer than they need: Telegram is reached again.
    static func bringForward(_ ids: [Int64]) -> Statement {
        Statement(
            """
            update tgworker.outbox set available_at = clock_timestamp()
            where id = any (array(
                select l.id from tgworker.outbox l
                where l.id = any ($1::bigint[]) and l.sending_since is null and l.available_at > now()
                for no key update skip locked))
            """, [.array(ids)], prepared: true)
    }

    /// Notices that the database server has crashed since the last sender began: what was ready until now may have been
    /// sent by an attempt that the crash has forgotten, see ``OutboxClaim/forgoesDisk``, and is claimed as in doubt. Where
    /// unknown outcomes are held, attempts are not forgotten.
    static func noticeCrash(hold: Bool) -> Statement {
        Statement(
            """
            insert into tgworker.crash_witness (doubts_before)
            select case when $1::boolean then '-infinity' else clock_timestamp() end
            on conflict do nothing
            """, [.boolean(hold)])
    }

    /// Tells the triggers whether the sender waits to be notified; at once, whatever becomes of the transaction.
    static func park(_ isParked: Bool) -> Statement {
        Statement(
            "select setval('tgworker.sender_parked', $1::integer)", [.integer(isParked ? 1 : 0)], prepared: true)
    }
}
