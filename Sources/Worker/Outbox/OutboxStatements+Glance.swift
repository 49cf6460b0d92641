extension OutboxStatements {
    /// A glance: the ready rows that are the first of their lanes. Nothing is marked, and nothing told of when others are
    /// due: a third of the other's nodes have to be made ready before it runs.
    static let glanceSQL = """
        with \(clock), candidate as materialized (
            \(candidates)
        ), \(claimed("""
            select f.id from (
                select distinct on (c.chat_id) c.* from candidate c
                where c.chat_id <> all ($3::bigint[]) and not (\(isBehind))
                order by c.chat_id, c.priority, c.id
            ) f
            order by f.priority, f.available_at, f.id
            limit $1
            """))
        select (select count(*) from candidate) as seen, txid_current_snapshot()::text as snapshot,
            (date_part('epoch', clock.now) * 1000000)::bigint as moment,
            (date_part('epoch', c.available_at) * 1000000)::bigint as available_us,
            \(messageColumns)
        from clock
        left join claimed c on true
        \(messageSources)
        order by c.priority, c.available_at, c.id
        """
}
