import Postgres
import Telegram

/// The statements of one update: what is known, what changes. All of an update's run in one transaction.
enum UpdateStatements {
    /// Makes updates of one person take turns, in whatever process they are handled: so nobody is entered twice.
    static func takeTurn(_ telegramID: Int64) -> Statement {
        Statement(
            "select pg_advisory_xact_lock(hashtextextended('tgworker.chat ' || $1, 0))", [.integer(telegramID)],
            prepared: true)
    }

    /// Whether the update was handled before, and whether an old one had its number: Telegram keeps updates for a day and
    /// begins to count anew somewhere else after a week without any (Bot API, "Getting updates", "Update").
    static func seen(bot: Int64, update: Int64?) -> Statement {
        Statement(
            """
            select coalesce(l.received_at > now() - interval '2 days', false) as is_repeated, l.id as entry
            from (select) one
            left join lateral (
                select g.id, g.received_at from tgworker.update_log g where g.bot_id = $1 and g.update_id = $2 limit 1
            ) l on true
            """, [.integer(bot), .integer(update)], prepared: true)
    }

    /// Frees the number of an old update for a new one.
    static func forget(entry: Int64) -> Statement {
        Statement("delete from tgworker.update_log where id = $1", [.integer(entry)], prepared: true)
    }

    /// Enters the update, with what became of it.
    static func log(bot: Int64, update: RawUpdate, outcome: UpdateOutcome) -> Statement {
        Statement(
            "insert into tgworker.update_log (bot_id, update_id, outcome, reason, raw) values ($1, $2, $3, $4, $5)",
            [
                .integer(bot), .integer(update.id), .text(outcome.name), .text(outcome.reason.map(storable)),
                .text(storable(update.json)),
            ], prepared: true)
    }

    /// Enters the update in the place of an old one that had its number, if there is one.
    static func enter(bot: Int64, update: RawUpdate, outcome: UpdateOutcome, replacing old: Int64?) -> [Statement] {
        (old.map { [forget(entry: $0)] } ?? []) + [log(bot: bot, update: update, outcome: outcome)]
    }

    private static func storable(_ text: String) -> String {
        text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    }

    /// The value of a setting. Not by `tgworker.setting()`: a function in SQL is planned by each statement that calls it, which
    /// takes longer than all the rest of such a statement.
    private static func setting(_ name: String) -> String {
        "(select coalesce(s.value, s.default_value) from tgworker.setting s where s.name = '\(name)')"
    }

    /// What is known of the person: see ``Customer``.
    static func customer(_ telegramID: Int64, chat: Int64, bot: Int64) -> Statement {
        Statement(
            """
            select u.id as user_id, u.partner_id, u.is_verified is true as is_verified, u.verification_code,
                nullif(u.first_name, '') as first_name, nullif(u.last_name, '') as last_name,
                nullif(u.username, '') as username,
                coalesce(u.chat_id, 0) <> 0 and coalesce(u.display_name, '') <> '' as has_chat_and_name,
                u.partner_id is distinct from i.placeholder_partner_id as is_linked,
                coalesce(i.failures, 0) as failures, i.proof, i.phone, i.proposed_partner_id,
                (select g.id from public.res_partner g where g.id = i.granted_partner_id) as granted_partner_id,
                coalesce(i.is_code_used, false) as is_code_used,
                ceil(extract(epoch from i.locked_until - now()))::integer as locked_seconds,
                c.language_code, c.blocked_since is not null as is_blocked,
                \(setting("phone_verifies")) = 'true' as phone_verifies,
                \(setting("operator_toast")) = 'true' as shows_toasts,
                \(setting("default_language")) as default_language
            from (select) one
            left join lateral (select t.* from public.telegram_user t where t.telegram_id = $1 limit 1) u on true
            left join lateral (
                select n.* from tgworker.identification n where n.telegram_user_id = u.id limit 1
            ) i on true
            left join lateral (
                select h.* from tgworker.chat h where h.bot_id = $3 and h.chat_id = $2 limit 1
            ) c on true
            """, [.integer(telegramID), .integer(chat), .integer(bot)], prepared: true)
    }

    // MARK: Inquiries

    /// Takes an invitation up; no row when it is no good.
    static func redeem(token: String, by telegramID: Int64) -> Statement {
        Statement(
            """
            with redeemed as (
                update tgworker.invitation i set used_at = now(), telegram_id = $2
                where i.token_hash = sha256(convert_to($1, 'UTF8')) and i.used_at is null and i.expires_at > now()
                    and exists (select from public.res_partner p where p.id = i.partner_id)
                returning i.partner_id
            )
            select r.partner_id, false as is_repeated from redeemed r
            union all
            select i.partner_id, true from tgworker.invitation i
            where i.token_hash = sha256(convert_to($1, 'UTF8')) and i.used_at is not null and i.telegram_id = $2
            """, [.text(token), .integer(telegramID)], prepared: true)
    }

    static func partners(phone: String) -> Statement {
        Statement("select id from tgworker.partners_with_phone($1) id", [.text(phone)])
    }

    /// The orders of the user's partner, and of the contacts of a company: those that notifications come of.
    static func orders(of telegramID: Int64, after cursor: OrderPage.Cursor?, limit: Int) -> Statement {
        Statement(
            """
            select o.id, o.name, o.state, o.amount_total::text as total, o.currency_id, o.access_token,
                to_char(tgworker.local_time(
                    o.date_order at time zone 'UTC',
                    coalesce(p.tz, company_partner.tz, \(setting("default_time_zone")))),
                    'YYYY-MM-DD HH24:MI:SS') as date,
                (extract(epoch from o.date_order) * 1000000)::bigint as microseconds,
                tgworker.odoo_parameter('web.base.url') as base_url
            from (
                select t.partner_id from public.telegram_user t where t.telegram_id = $1 and t.is_verified limit 1
            ) u
            cross join lateral (
                select r.id, r.tz from public.res_partner r where r.id = u.partner_id limit 1
            ) p
            cross join lateral (
                select s.* from (
                    select s.id, s.name, s.state, s.amount_total, s.currency_id, s.access_token, s.date_order,
                        s.company_id
                    from public.sale_order s
                    where s.partner_id = any (array(
                            select q.id from public.res_partner q where q.id = p.id or q.commercial_partner_id = p.id))
                        and s.state <> 'cancel'
                    -- All of the customer's, which are not many: not the shop's in their order, until there are enough.
                    offset 0
                ) s
                where $2::bigint is null
                    or (s.date_order, s.id) < (timestamp 'epoch' + $2::bigint * interval '1 microsecond', $3::integer)
                order by s.date_order desc, s.id desc
                limit $4
            ) o
            left join lateral (
                select r.tz from public.res_company y join public.res_partner r on r.id = y.partner_id
                where y.id = o.company_id limit 1
            ) company_partner on true
            order by o.date_order desc, o.id desc
            """,
            [.integer(telegramID), .integer(cursor?.date), .integer(cursor?.id), .integer(limit)], prepared: true)
    }

    // MARK: Chats and messages

    static func rememberChat(bot: Int64, chat: Int64, languageCode: String?, blocked reason: String?) -> Statement {
        Statement(
            """
            insert into tgworker.chat (bot_id, chat_id, language_code, blocked_since, blocked_reason)
            values ($1, $2, $3, case when $4::text is not null then now() end, $4)
            on conflict (bot_id, chat_id) do update set
                language_code = coalesce(excluded.language_code, chat.language_code),
                blocked_since = excluded.blocked_since,
                blocked_reason = excluded.blocked_reason
            """, [.integer(bot), .integer(chat), .text(languageCode), .text(reason)], prepared: true)
    }

    static func say(_ message: BotMessage, to telegramID: Int64, chat: Int64) -> Statement {
        Statement(
            """
            insert into tgworker.outbox (kind, priority, chat_id, telegram_user_id, event)
            select 'answer', 0, $2, (select u.id from public.telegram_user u where u.telegram_id = $1), $3::jsonb
            """, [.integer(telegramID), .integer(chat), .text(message.event)], prepared: true)
    }

    static let notifyOutbox = Statement("select pg_notify('tgworker', 'outbox')", prepared: true)

    /// The row of a person; `$1` is their Telegram id.
    static let author = "select u.id, u.partner_id from public.telegram_user u where u.telegram_id = $1 limit 1"

    /// Who has written, and which messages of theirs have the numbers that `numbers` says.
    ///
    /// Each is looked up by itself and by its key. A join would be made in the order of two keys as long as there are no
    /// statistics, and read both tables whole.
    private static func conversation(_ numbers: String) -> String {
        """
        author as materialized (
            \(author)
        ), said as materialized (
            select m.id, m.direction, m.message_id from public.telegram_message m
            where m.telegram_user_id = (select a.id from author a) and m.message_id in (\(numbers))
        )
        """
    }

    /// Writes the message for the operators, unless a later version of it is there: updates may overtake each other.
    static func store(_ message: Message, text: String, from telegramID: Int64) -> Statement {
        Statement(
            """
            with \(conversation("$2::bigint, $5::bigint"))
            insert into public.telegram_message (
                telegram_user_id, partner_id, message_id, message_date, text, direction, is_read, reply_to_message_id,
                create_uid, write_uid, create_date, write_date)
            select u.id, u.partner_id, $2, to_timestamp($3::bigint) at time zone 'UTC', $4, 'incoming', false,
                (select s.id from said s where s.message_id = $5::bigint order by s.id desc limit 1),
                1, 1, now() at time zone 'UTC', now() at time zone 'UTC'
            from author u
            where not exists (select from said s where s.direction = 'incoming' and s.message_id = $2)
            """,
            [
                .integer(telegramID), .integer(message.id), .integer(message.date), .text(text),
                .integer(message.replyTo),
            ], prepared: true)
    }

    /// Changes a message's text, unless a later change is known, and makes it unread again.
    static func edit(_ message: Message, text: String, from telegramID: Int64) -> Statement {
        Statement(
            """
            with \(conversation("$2::bigint")), latest as (
                insert into tgworker.edited_message (telegram_message_id, edited_at)
                select s.id, to_timestamp($3::bigint) from said s where s.direction = 'incoming' and s.message_id = $2
                on conflict (telegram_message_id) do update set edited_at = excluded.edited_at
                    where edited_message.edited_at <= excluded.edited_at
                returning telegram_message_id
            )
            update public.telegram_message m
            set text = $4, is_read = false, write_uid = 1, write_date = now() at time zone 'UTC'
            where m.id = any (array(select l.telegram_message_id from latest l))
            """,
            [.integer(telegramID), .integer(message.id), .integer(message.editDate ?? message.date), .text(text)],
            prepared: true)
    }

    /// Notes when the customer wrote last, to ten seconds: operators write this row too, and Odoo's transaction has to
    /// begin again when it was changed meanwhile. When one is writing it at this moment, the next message does.
    static func touch(_ telegramID: Int64, at date: Int64) -> Statement {
        Statement(
            """
            update public.telegram_user
            set last_message_date = to_timestamp($2::bigint) at time zone 'UTC'
            where id = any (array(
                select u.id from public.telegram_user u
                where u.telegram_id = $1 and (u.last_message_date is null
                    or u.last_message_date < to_timestamp($2::bigint - 10) at time zone 'UTC')
                for no key update skip locked))
            """, [.integer(telegramID), .integer(date)], prepared: true)
    }
}

/// What became of an update.
enum UpdateOutcome: Sendable, Equatable {
    case handled
    case ignored(String)
    case failed(String)

    var name: String {
        switch self {
        case .handled: "handled"
        case .ignored: "ignored"
        case .failed: "failed"
        }
    }

    var reason: String? {
        switch self {
        case .handled: nil
        case .ignored(let reason), .failed(let reason): reason
        }
    }
}
