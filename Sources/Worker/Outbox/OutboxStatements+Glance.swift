extension OutboxStatements {
    /// A glance: the ready rows that are the first of their lanes. Nothing is marked, and nothing told of when others are
    /// due: so a third of a survey's nodes need not be made ready before it runs.
    static let glanceSQL = """
        with \(clock), candidate as materialized (
            \(candidates)
        ), \(claimed(locked("""
            select f.id from (
                select distinct on (c.chat_id) c.* from candidate c
                where c.chat_id <> all ($3::bigint[]) and not (\(isBehind))
                order by c.chat_id, c.priority, c.id
            ) f
            order by f.priority, f.available_at, f.id
            limit $1
            """)))
        select (select count(*) from candidate) as seen, txid_current_snapshot()::text as snapshot,
            \(sightMoment),
            (date_part('epoch', c.available_at) * 1000000)::bigint as available_us,
            \(messageColumns)
        from clock
        left join claimed c on true
        \(messageSources)
        order by c.priority, c.available_at, c.id
        """

    /// A look at changes of orders' states, ``OutboxClaim/Depth/changes``: one priority, one row of each chat by
    /// itself, and half of the nodes that a glance has to make ready.
    static let changesSQL = """
        with \(clock), \(claimed("""
            select r.id from tgworker.outbox r
            where r.priority = 2 and not r.behind and r.sending_since is null
                and r.available_at <= (select t.now from clock t) and r.available_at >= coalesce(
                    timestamptz 'epoch' + ($6::bigint[])[3] * interval '1 microsecond', '-infinity')
                and r.chat_id <> all ($3::bigint[]) and r.event ->> 'order' is not null
                and r.event ->> 'total' is not null and r.event ->> 'currency_id' is not null
                and not exists (
                    select from tgworker.outbox e
                    where e.chat_id = r.chat_id and e.priority = r.priority and e.id < r.id and e.id >= $7)
            order by r.priority, r.available_at, r.id
            limit least($1::integer, $2::integer)
            for no key update of r skip locked
            """))
        select txid_current_snapshot()::text as snapshot, \(rowColumns),
            u.id is not null as user_exists, u.is_verified is true as is_verified, u.lang,
            c.event ->> 'order' as order_name, c.event ->> 'state' as order_state, c.event ->> 'total' as total,
            (c.event ->> 'currency_id')::integer as currency_id,
            to_char(tgworker.local_time(
                (c.event ->> 'changed_at')::timestamp at time zone 'UTC', coalesce(u.tz, z.company_tz, $4)),
                'YYYY-MM-DD HH24:MI:SS') as changed_at,
            case when u.tz is null and z.company_tz is null then $4 end as time_zone_name,
            \(chatColumns)
        from clock
        left join claimed c on true
        left join lateral (
            select t.id, t.is_verified, p.lang, p.tz
            from public.telegram_user t left join public.res_partner p on p.id = t.partner_id
            where t.id = c.telegram_user_id limit 1
        ) u on true
        left join lateral (
            select case when u.tz is null then (
                select p.tz from public.res_company s join public.res_partner p on p.id = s.partner_id
                where s.id = (c.event ->> 'company_id')::integer) end as company_tz
        ) z on true
        \(chatSource)
        """
}
