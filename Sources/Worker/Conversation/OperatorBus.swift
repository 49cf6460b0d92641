import Postgres
import Reactor

/// Tells operators: rows for Odoo's bus, and a NOTIFY in the database `postgres`, which is where Odoo's longpolling process
/// listens (Odoo 17, bus/models/bus.py). A convenience: a failure is reported once and never fails a message.
actor OperatorBus {
    private let pool: ConnectionPool
    private let bus: ConnectionPool
    private let reactor: Reactor
    private let events: @Sendable (WorkerEvent) -> Void
    private var toasts: [OperatorToast] = []
    private var messages: [OperatorNotice.StoredMessage] = []
    private var isPosting = false
    private var lastFailure: String?

    /// Toasts that may wait; more would be noise.
    private static let toastCapacity = 100
    /// Messages that may wait; a browser that hears of one of a conversation reads all of it.
    private static let messageCapacity = 1000

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    /// - Parameter pool: connections to Odoo's database.
    init(
        pool: ConnectionPool, database: ConnectionConfiguration, reactor: Reactor,
        events: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        var configuration = database
        configuration.overrides["dbname"] = "postgres"
        configuration.overrides["application_name"] = "tgworker bus"
        configuration.timeout = .seconds(5)
        configuration.heartbeat = Heartbeat(every: nil, limit: .seconds(10))
        self.pool = pool
        self.reactor = reactor
        self.events = events
        bus = ConnectionPool(configuration, limit: 1, on: reactor)
    }

    /// Tells it soon.
    func tell(_ notices: [OperatorNotice]) {
        for notice in notices {
            switch notice {
            case .toast(let toast): if toasts.count < Self.toastCapacity { toasts.append(toast) }
            case .message(let message): if messages.count < Self.messageCapacity { messages.append(message) }
            }
        }
        guard !isPosting, !(toasts.isEmpty && messages.isEmpty) else { return }
        isPosting = true
        Task { await postPending() }
    }

    func close() async { await bus.close() }

    private func postPending() async {
        while !(toasts.isEmpty && messages.isEmpty) {
            let pending = (toasts, messages)
            (toasts, messages) = ([], [])
            do {
                try await post(pending.0, pending.1)
                lastFailure = nil
            } catch {
                let reason = (error as? PostgresError)?.message ?? "\(error)"
                if lastFailure != reason { events(.toastFailed(reason: reason)) }
                lastFailure = reason
            }
        }
        isPosting = false
    }

    private func post(_ toasts: [OperatorToast], _ messages: [OperatorNotice.StoredMessage]) async throws {
        // The rows are committed before the NOTIFY: Odoo looks for them when it hears it.
        let rows = try await pool.withConnection { connection in
            try await connection.group([Self.rows(for: toasts, messages)])[0]
        }
        let channels: [String] = try rows.map { try $0.get("channel") }
        guard !channels.isEmpty else { return }
        // A payload has at most 8000 bytes (PostgreSQL: NOTIFY).
        for start in stride(from: 0, to: channels.count, by: 50) {
            let payload = "[\(channels[start..<min(start + 50, channels.count)].joined(separator: ","))]"
            _ = try await bus.withConnection { connection in
                try await connection.query("select pg_notify('imbus', $1)", [.text(payload)], prepared: true)
            }
        }
    }

    /// Writes them for each operator of the active bot, and returns their channels. The type and payload of a message are
    /// what the addon's screens listen for.
    private static func rows(
        for toasts: [OperatorToast], _ messages: [OperatorNotice.StoredMessage]
    ) -> Statement {
        Statement(
            """
            with recipient as (
                select distinct '["' || current_database() || '","res.partner",' || u.partner_id || ']' as channel
                from (select c.id from public.telegram_bot_config c where c.active order by c.id limit 1) bot
                join public.telegram_bot_operator_rel o on o.bot_id = bot.id
                join public.res_users u on u.id = o.user_id and u.active
            ), told as (
                select format('{"type":"telegram_bot/new_message","payload":{"telegram_user_id":%s,"message_id":%s}}',
                    u.id, max(m.id)) as message, 0 as rank, min(s.n) as n
                from unnest($2::bigint[], $3::bigint[]) with ordinality s (telegram_id, message_id, n)
                join public.telegram_user u on u.telegram_id = s.telegram_id
                join public.telegram_message m on m.telegram_user_id = u.id and m.direction = 'incoming'
                    and m.message_id = s.message_id
                group by u.id, s.message_id
                union all
                select t.message, 1, t.n from unnest($1::text[]) with ordinality t (message, n)
            ), posted as (
                insert into public.bus_bus (channel, message, create_uid, write_uid, create_date, write_date)
                select r.channel, t.message, 1, 1, now() at time zone 'UTC', now() at time zone 'UTC'
                from told t, recipient r
                order by t.rank, t.n
            )
            select channel from recipient
            """,
            [
                .array(toasts.map { .text($0.busMessage) }), .array(messages.map(\.telegramID)),
                .array(messages.map(\.messageID)),
            ], prepared: true)
    }
}
