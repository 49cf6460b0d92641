/// What the sender does, as SQL.
extension Shop {
    /// Puts a reply into the queue and returns its id.
    func enqueue(chat: Int, source: Int = 1, priority: Int = 1, behind: Bool = false) async throws -> Int {
        try await integer(
            """
            insert into tgworker.outbox (kind, priority, chat_id, source_id, behind)
            values ('reply', \(priority), \(chat), \(source), \(behind)) returning id
            """)
    }

    /// Records the intent to send a message.
    func beginAttempt(_ id: Int) async throws {
        try await psql(
            "update tgworker.outbox set sending_since = clock_timestamp(), attempt = attempt + 1 where id = \(id)")
    }

    /// Moves a message to the ledger.
    func finish(_ id: Int, _ outcome: String, reason: String? = nil, messageID: Int? = nil, parts: Int = 1) async throws
    {
        try await psql(
            """
            with gone as (delete from tgworker.outbox where id = \(id) returning *)
            insert into tgworker.delivery (outbox_id, kind, priority, chat_id, telegram_user_id, source_id, event, outcome,
                reason, attempts, in_doubt, enqueued_at, message_id, parts)
            select id, kind, priority, chat_id, telegram_user_id, source_id, event, '\(outcome)',
                \(reason.map { "'\($0)'" } ?? "null"), attempt, in_doubt + \(outcome == "unknown" ? 1 : 0), enqueued_at,
                \(messageID.map { "\($0)" } ?? "null"), \(parts)
            from gone
            """)
    }
}
