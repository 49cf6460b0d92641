import Postgres

extension OutboxStatements {
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

extension OutboxClaim.Lane {
    /// Where a walk ended; nil when it came to the last lane.
    init?(_ row: Rows.Row) throws(PostgresError) {
        guard let chat: Int64 = try row.find("walked_chat") else { return nil }
        self.init(chat: chat, priority: try row.get("walked_priority"))
    }
}
