import Postgres

/// Removes what is older than the shop wants to keep, a little at a time: no statement holds anything for long, and a
/// backlog of years is gone in minutes.
struct Housekeeping: Sendable {
    /// Rows that one statement removes at most.
    static let batch = 1000

    /// Statements that each remove up to a batch.
    static let statements = [
        Statement(
            """
            delete from tgworker.delivery where id = any (array(
                select d.id from tgworker.delivery d
                where d.finished_at < now() - nullif(tgworker.setting('keep_ledger_days')::integer, 0) * interval '1 day'
                order by d.finished_at limit $1))
            """, [.integer(batch)], prepared: true),
        Statement(
            """
            delete from tgworker.update_log where id = any (array(
                select l.id from tgworker.update_log l
                where l.received_at < now() - interval '1 day' * (
                    select case when s.days > 0 then greatest(s.days, 2) end
                    from (select tgworker.setting('keep_updates_days')::integer as days) s)
                order by l.received_at limit $1))
            """, [.integer(batch)], prepared: true),
        // A used invitation says for a month who used it.
        Statement(
            """
            delete from tgworker.invitation where token_hash = any (array(
                select i.token_hash from tgworker.invitation i
                where i.expires_at < now() - interval '30 days' order by i.expires_at limit $1))
            """, [.integer(batch)], prepared: true),
        // A pause that is over: so the index of pauses stays as short as they are.
        Statement(
            """
            update tgworker.chat c set paused_until = null, pause_reason = null
            from (
                select p.bot_id, p.chat_id from tgworker.chat p where p.paused_until < now() - interval '1 minute'
                limit $1 for no key update skip locked
            ) p
            where c.bot_id = p.bot_id and c.chat_id = p.chat_id
            """, [.integer(batch)], prepared: true),
    ]

    /// Removes batches until nothing is left or the turn is over.
    ///
    /// - Returns: whether there is more.
    static func run(on connection: Connection, turns: Int = 10) async throws(PostgresError) -> Bool {
        for _ in 0..<turns {
            var isMore = false
            // One at a time: each may take as long as the session lets a statement run.
            for statement in statements {
                let removed = try await connection.group([statement])[0].affected
                if removed == batch { isMore = true }
            }
            guard isMore else { return false }
        }
        return true
    }
}
