import Postgres

/// What somebody asked for in Odoo, by the buttons that set and remove a bot's webhook.
struct WebhookRequest: Sendable, Equatable {
    enum Action: String, Sendable { case set, delete }

    /// What the worker knows of the bot that it is about.
    enum Subject: Sendable, Equatable {
        /// The one that this worker serves.
        case served
        /// Another row of Odoo's configuration, or one that is not active.
        case other
        /// Its row was deleted since.
        case gone
    }

    let id: Int64
    let botConfigID: Int
    let action: Action
    let subject: Subject

    /// Why it cannot be done, whatever Telegram says; nil when it can be tried.
    var obstacle: String? {
        switch subject {
        case .served: nil
        case .other:
            "This is not the bot that the worker serves: it serves the active one, the first if there are several. Tick Active on this one only, then try again."
        case .gone: "This bot's configuration was deleted."
        }
    }

    /// A sentence for Odoo's screen.
    static func sentence(_ words: String) -> String {
        let line = InlineValue.line(words, limit: 500)
        return line.prefix(1).uppercased() + line.dropFirst()
    }
}

/// Statements on `tgworker.webhook_request`. Only the sender answers, but for ``refuse(_:after:unlessSender:)``.
enum WebhookRequestStatements {
    /// The last request of each bot that nobody has answered. The worker serves the first active row, or the bot whose
    /// token it was given.
    static func open(bot: Int64) -> Statement {
        Statement(
            """
            select distinct on (r.bot_config_id) r.id, r.bot_config_id, r.action, c.id is not null as is_there,
                coalesce(c.id = (select a.id from public.telegram_bot_config a where a.active order by a.id limit 1)
                    or split_part(trim(c.bot_token), ':', 1) = $1::bigint::text, false) as is_served
            from tgworker.webhook_request r left join public.telegram_bot_config c on c.id = r.bot_config_id
            where r.answered_at is null
            order by r.bot_config_id, r.id desc
            """, [.integer(bot)])
    }

    /// Records the answer, and lets the bot's earlier requests go.
    static func answer(_ request: WebhookRequest, ok: Bool, _ words: String) -> [Statement] {
        [
            Statement(
                """
                update tgworker.webhook_request set answered_at = clock_timestamp(), ok = $2, answer = $3
                where id = $1 and answered_at is null
                """, [.integer(request.id), .boolean(ok), .text(words)]),
            Statement(
                "delete from tgworker.webhook_request where bot_config_id = $1 and id < $2",
                [.integer(request.botConfigID), .integer(request.id)]),
        ]
    }

    /// Answers what nobody can do now, unless another instance sends, which might: it reaches Telegram, or has another
    /// configuration.
    static func refuse(_ words: String, after age: Duration, unlessSender instance: String) -> Statement {
        Statement(
            """
            update tgworker.webhook_request set answered_at = clock_timestamp(), ok = false, answer = $1
            where answered_at is null and requested_at <= clock_timestamp() - $2::interval
                and not exists (
                    select from tgworker.worker w
                    where w.role = 'sender' and w.instance <> $3::uuid
                        and w.heartbeat_at > now() - interval '150 seconds')
            """, [.text(words), .interval(age), .text(instance)])
    }
}

extension WebhookRequest {
    /// Reads a row of ``WebhookRequestStatements/open(bot:)``.
    init(_ row: Rows.Row) throws(PostgresError) {
        id = try row.get("id")
        botConfigID = try row.get("bot_config_id")
        guard let action = Action(rawValue: try row.get("action")) else {
            throw PostgresError(.unexpectedResult, message: "webhook_request.action cannot be read")
        }
        self.action = action
        subject = try !row.get("is_there") ? .gone : row.get("is_served") ? .served : .other
    }
}
