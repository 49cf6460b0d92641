import Postgres
import Reactor

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A notice in the corner of the operators' screens in Odoo.
struct OperatorToast: Sendable, Equatable {
    /// The title: who wrote.
    let customer: String
    /// The text, shortened to a few lines.
    let text: String

    init(customer: String, text: String) {
        self.customer = InlineValue.line(customer, limit: 64)
        self.text = InlineValue.line(text)
    }
}

/// Shows toasts: a row for Odoo's bus, and a NOTIFY in the database `postgres`, which is where Odoo's longpolling
/// process listens (Odoo 17, bus/models/bus.py). A convenience: a failure is reported once and never fails a message.
actor OperatorToaster {
    private let pool: ConnectionPool
    private let bus: ConnectionPool
    private let reactor: Reactor
    private let events: @Sendable (WorkerEvent) -> Void
    private var pending: [OperatorToast] = []
    private var isShowing = false
    private var lastFailure: String?

    /// Toasts that may wait; more would be noise.
    private static let capacity = 100

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    /// - Parameter pool: connections to Odoo's database.
    init(
        pool: ConnectionPool, database: ConnectionConfiguration, reactor: Reactor,
        events: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        var configuration = database
        configuration.overrides["dbname"] = "postgres"
        configuration.overrides["application_name"] = "tgworker toasts"
        configuration.timeout = .seconds(5)
        configuration.heartbeat = Heartbeat(every: nil, limit: .seconds(10))
        self.pool = pool
        self.reactor = reactor
        self.events = events
        bus = ConnectionPool(configuration, limit: 1, on: reactor)
    }

    /// Shows toasts soon.
    func show(_ toasts: [OperatorToast]) {
        pending.append(contentsOf: toasts.prefix(Self.capacity - pending.count))
        guard !isShowing, !pending.isEmpty else { return }
        isShowing = true
        Task { await showPending() }
    }

    func close() async { await bus.close() }

    private func showPending() async {
        while !pending.isEmpty {
            let toasts = pending
            pending = []
            do {
                try await post(toasts)
                lastFailure = nil
            } catch {
                let reason = (error as? PostgresError)?.message ?? "\(error)"
                if lastFailure != reason { events(.toastFailed(reason: reason)) }
                lastFailure = reason
            }
        }
        isShowing = false
    }

    private func post(_ toasts: [OperatorToast]) async throws {
        let messages = toasts.map(\.busMessage)
        // The rows are committed before the NOTIFY: Odoo looks for them when it hears it.
        let rows = try await pool.withConnection { connection in
            try await connection.group([
                Statement(
                    """
                    with recipient as (
                        select distinct '["' || current_database() || '","res.partner",' || u.partner_id || ']' as channel
                        from (select c.id from public.telegram_bot_config c where c.active order by c.id limit 1) bot
                        join public.telegram_bot_operator_rel o on o.bot_id = bot.id
                        join public.res_users u on u.id = o.user_id and u.active
                    ), posted as (
                        insert into public.bus_bus (channel, message, create_uid, write_uid, create_date, write_date)
                        select r.channel, m.message, 1, 1, now() at time zone 'UTC', now() at time zone 'UTC'
                        from unnest($1::text[]) with ordinality m (message, n), recipient r
                        order by m.n
                    )
                    select channel from recipient
                    """, [.array(messages.map { Parameter.text($0) })], prepared: true)
            ])[0]
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
}

extension OperatorToast {
    private struct BusMessage: Encodable {
        struct Payload: Encodable {
            let type = "info"
            let title: String
            let message: String
            let sticky = false
        }
        let type = "simple_notification"
        let payload: Payload
    }

    /// The message as Odoo's bus has it.
    fileprivate var busMessage: String {
        let message = BusMessage(payload: .init(title: customer, message: text))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Encoding strings cannot fail.
        return (try? encoder.encode(message)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
