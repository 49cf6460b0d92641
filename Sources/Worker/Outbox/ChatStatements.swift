import Postgres

/// The statements about chats and the bot as a whole: who cannot be reached, who has to wait, who has another id now.
enum ChatStatements {
    /// Remembers which chats nothing reaches, and which are open again.
    static func setChats(_ chats: [ChatState], bot: Int64) -> Statement {
        Statement(
            """
            insert into tgworker.chat (bot_id, chat_id, blocked_since, blocked_reason)
            select $1, c.chat_id, case when c.reason is not null then now() end, c.reason
            from unnest($2::bigint[], $3::text[]) c (chat_id, reason)
            on conflict (bot_id, chat_id) do update set blocked_since = excluded.blocked_since,
                blocked_reason = excluded.blocked_reason
            """,
            [.integer(bot), .array(chats.map(\.chatID)), .array(chats.map { Parameter.text($0.reason) })],
            prepared: true)
    }

    /// Remembers that Telegram asked chats to wait, so that no restart and no other instance forgets it.
    static func pause(_ chats: [(id: Int64, duration: Duration)], bot: Int64) -> Statement {
        Statement(
            """
            insert into tgworker.chat (bot_id, chat_id, paused_until, pause_reason)
            select $1, c.chat_id, clock_timestamp() + c.duration, 'Telegram asked to wait (429)'
            from unnest($2::bigint[], $3::interval[]) c (chat_id, duration)
            on conflict (bot_id, chat_id) do update set paused_until = excluded.paused_until,
                pause_reason = excluded.pause_reason
            """,
            [.integer(bot), .array(chats.map(\.id)), .array(chats.map { Parameter.interval($0.duration) })],
            prepared: true)
    }

    /// The pauses that are not over: chats with the microseconds that are left, and the bot's with a NULL for the chat.
    static func pauses(bot: Int64) -> Statement {
        Statement(
            """
            select p.chat_id, (extract(epoch from p.paused_until - clock_timestamp()) * 1000000)::bigint as microseconds
            from (
                select null::bigint as chat_id, b.paused_until from tgworker.bot b where b.id = $1
                union all
                select c.chat_id, c.paused_until from tgworker.chat c
                where c.bot_id = $1 and c.paused_until is not null
            ) p
            where p.paused_until > clock_timestamp()
            """, [.integer(bot)])
    }

    /// Follows a group that has become a supergroup: Telegram's users in Odoo, what is known of the chat, and what waits
    /// for it move to the new id, in the order in which it waited. What somebody has locked is passed over: it is met
    /// again at the next attempt, which Telegram answers in the same way.
    static func migrate(_ chat: Int64, to newChat: Int64, bot: Int64) -> Statement {
        Statement(
            """
            with users as (
                update public.telegram_user
                set chat_id = $2, write_uid = 1, write_date = now() at time zone 'UTC'
                where id = any (array(
                    select u.id from public.telegram_user u
                    where tgworker.chat_of(u.chat_id, u.telegram_id) = $1
                    for no key update skip locked))
            ), known as (
                delete from tgworker.chat c where c.bot_id = $3 and c.chat_id = $1 returning c.*
            ), moved as (
                insert into tgworker.chat (bot_id, chat_id, language_code, paused_until, pause_reason)
                select k.bot_id, $2, k.language_code, k.paused_until, k.pause_reason from known k
                on conflict (bot_id, chat_id) do nothing
            )
            -- Whether a row is behind another one of its new lane is found out by the next claim.
            update tgworker.outbox
            set chat_id = $2, behind = false, is_head = false, available_at = greatest(available_at, clock_timestamp())
            where id = any (array(
                select o.id from tgworker.outbox o where o.chat_id = $1 for no key update skip locked))
            """, [.integer(chat), .integer(newChat), .integer(bot)])
    }

    /// Remembers that Telegram asked the bot to wait, so that a restart does not forget it.
    static func pause(_ bot: Int64, for duration: Duration) -> Statement {
        Statement(
            """
            update tgworker.bot set paused_until = clock_timestamp() + $2, pause_reason = 'Telegram asked to wait (429)'
            where id = $1
            """, [.integer(bot), .interval(duration)], prepared: true)
    }
}
