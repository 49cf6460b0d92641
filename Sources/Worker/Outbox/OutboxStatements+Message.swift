extension OutboxStatements {
    /// What a claimed row `c` says of itself.
    static let rowColumns = """
        c.id, c.kind, c.priority, c.chat_id, c.attempt, c.parts_sent, c.message_id,
            c.failures, c.in_doubt, c.last_error,
            (date_part('epoch', clock_timestamp() - c.failing_since) * 1000000)::bigint as failing_us,
            (date_part('epoch', c.enqueued_at) * 1000000)::bigint as enqueued_us
        """

    /// Whether its chat can be written to; from ``chatSource``.
    static let chatColumns = """
        chat.blocked_since is not null as is_chat_blocked,
            -- After a week it is tried: the word that the customer is back may have been lost, Telegram keeps it a day.
            case when chat.blocked_since > now() - interval '7 days' then chat.blocked_reason end as blocked_reason
        """

    /// What is known of its chat; `$5` is the bot.
    static let chatSource = """
        left join lateral (
            select h.language_code, h.blocked_since, h.blocked_reason from tgworker.chat h
            where h.bot_id = $5::bigint and h.chat_id = c.chat_id limit 1
        ) chat on true
        """

    /// What is needed to say the message of a claimed row `c`; `$4` is the default time zone.
    static let messageColumns = """
        \(rowColumns),
            u.id is not null as user_exists, u.is_verified is true as is_verified, partner.lang,
            coalesce(c.event ->> 'order', o.name) as order_name,
            c.event ->> 'state' as order_state,
            to_char(tgworker.local_time(
                (c.event ->> 'changed_at')::timestamp at time zone 'UTC',
                coalesce(partner.tz, company_partner.tz, $4)), 'YYYY-MM-DD HH24:MI:SS') as changed_at,
            case when partner.tz is null and company_partner.tz is null then $4 end as time_zone_name,
            coalesce(c.event ->> 'total', o.amount_total::text) as total,
            coalesce((c.event ->> 'currency_id')::integer, o.currency_id) as currency_id,
            m.id is not null as source_exists, m.text as reply_text, m.answered_id as reply_to,
            case c.kind when 'answer' then c.event::text end as answer, u.verification_code,
            u.id is not null and u.partner_id is distinct from i.placeholder_partner_id as is_linked,
            chat.language_code,
            \(chatColumns)
        """

    /// Where ``messageColumns`` come from.
    ///
    /// Each by its key and one row at most: a join by hash of the whole table, planned while that was small, would be kept
    /// until the statistics are taken again.
    static let messageSources = """
        left join lateral (
            select t.id, t.partner_id, t.is_verified, t.verification_code from public.telegram_user t
            where t.id = c.telegram_user_id limit 1
        ) u on true
        left join lateral (
            select p.lang, p.tz from public.res_partner p where p.id = u.partner_id limit 1
        ) partner on true
        left join lateral (
            select s.name, s.amount_total, s.currency_id, s.company_id from public.sale_order s
            where s.id = case c.kind when 'order_state' then c.source_id end limit 1
        ) o on true
        left join lateral (
            select p.tz from public.res_company s join public.res_partner p on p.id = s.partner_id
            where s.id = coalesce((c.event ->> 'company_id')::integer, o.company_id) limit 1
        ) company_partner on true
        left join lateral (
            select r.id, r.text, (
                select a.message_id from public.telegram_message a where a.id = r.reply_to_message_id
            ) as answered_id
            from public.telegram_message r
            where r.id = case c.kind when 'reply' then c.source_id end limit 1
        ) m on true
        left join lateral (
            select n.placeholder_partner_id from tgworker.identification n
            where n.telegram_user_id = case c.kind when 'answer' then u.id end limit 1
        ) i on true
        \(chatSource)
        """
}
