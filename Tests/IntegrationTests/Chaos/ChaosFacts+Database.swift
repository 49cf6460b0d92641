import Postgres

extension ChaosFacts {
    /// These, and what the database knows.
    func reading(_ connection: Connection) async throws -> ChaosFacts {
        var facts = self
        let answers = try await connection.group([
            Statement("select token, kind, chat_id, words from chaos.event"),
            Statement(
                """
                select d.outbox_id, d.kind, d.chat_id, d.outcome, coalesce(d.reason, '') as reason, d.in_doubt, d.message_id,
                    case d.kind when 'order_state' then (d.event ->> 'total')::numeric::integer
                        when 'reply' then (regexp_match(m.text, '^r(\\d+)-'))[1]::integer end as token
                from tgworker.delivery d
                left join telegram_message m on d.kind = 'reply' and m.id = d.source_id
                order by d.id
                """),
            Statement(
                """
                select o.id || ' ' || o.kind || ', chat ' || o.chat_id || ', attempt ' || o.attempt || ', available '
                    || o.available_at || coalesce(', sending since ' || o.sending_since, '') || case when o.behind then ', behind'
                    else '' end || coalesce(', ' || o.last_error, '') as line
                from tgworker.outbox o order by o.id
                """),
            Statement(
                """
                select u.chat_id, substr(m.text, 2)::integer as token
                from telegram_message m join telegram_user u on u.id = m.telegram_user_id
                where m.direction = 'incoming' and m.text ~ '^q\\d+$' order by m.id
                """),
            Statement("select update_id, outcome from tgworker.update_log where update_id is not null"),
        ])
        facts.promises = try answers[0].map {
            Promise(
                token: try $0.get("token"), kind: try Kind(named: $0.get("kind")), chat: try $0.get("chat_id"),
                words: try $0.get("words"))
        }
        facts.ledger = try answers[1].map {
            Entry(
                outboxID: try $0.get("outbox_id"), kind: try Kind(named: $0.get("kind")), chat: try $0.get("chat_id"),
                token: try $0.find("token"), outcome: try $0.get("outcome"), reason: try $0.get("reason"),
                inDoubt: try $0.get("in_doubt"), messageID: try $0.find("message_id"))
        }
        facts.queued = try answers[2].map { try $0.get("line") }
        facts.recorded = try answers[3].map { Text(token: try $0.get("token"), chat: try $0.get("chat_id")) }
        for row in answers[4] { facts.updateLog[try row.get("update_id")] = try row.get("outcome") }
        return facts
    }
}

extension ChaosFacts.Kind {
    fileprivate init(named name: String) throws {
        guard let kind = Self(rawValue: name) else { throw PostgresError(.unexpectedResult, message: "kind \(name)") }
        self = kind
    }
}
