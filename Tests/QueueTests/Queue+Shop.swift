import Postgres
import TestSupport

/// What Odoo writes for customers of the queue's own.
extension Queue {
    /// Customers with these numbers who are in Telegram, and so many orders for each of them, from 1 on.
    func addCustomers(_ numbers: ClosedRange<Int>, orders: Int = 1) async throws {
        let series = "generate_series(\(numbers.lowerBound), \(numbers.upperBound))"
        try await session.script(
            """
            insert into res_partner (id, name, complete_name, commercial_partner_id, active, type, lang)
            select 100000 + n, 'C' || n, 'C' || n, 100000 + n, true, 'contact', 'ru_RU' from \(series) n;
            insert into telegram_user (id, telegram_id, chat_id, partner_id, is_verified)
            select 100000 + n, n, n, 100000 + n, true from \(series) n;
            insert into sale_order (id, company_id, partner_id, partner_invoice_id, partner_shipping_id, name, state,
                date_order, amount_total, currency_id)
            select 1000000 * k + n, 1, 100000 + n, 100000 + n, 100000 + n, 'K' || k || '/' || n, 'draft', now(), n, 1
            from \(series) n,
                generate_series(1, \(orders)) k
            """)
    }

    /// How many messages are not done with.
    func waiting() async throws -> Int {
        try await session.query("select count(*) as n from tgworker.outbox")[0].get("n")
    }

    /// How many messages are.
    func delivered() async throws -> Int {
        try await session.query("select count(*) as n from tgworker.delivery")[0].get("n")
    }

    /// What puts a row into the queue, in the chat of the same number as the customer.
    enum Writing: CaseIterable {
        case order, reply

        /// What the trigger's notification says.
        var payload: String { self == .order ? "change" : "outbox" }

        /// The statement of Odoo's ORM.
        ///
        /// - Parameter order: which of the customer's.
        func sql(customers: ClosedRange<Int>, order: Int = 1) -> String {
            switch self {
            case .order:
                """
                update sale_order set state = case state when 'sale' then 'sent' else 'sale' end,
                    write_date = now() at time zone 'UTC', write_uid = 2
                where id between \(1_000_000 * order + customers.lowerBound) and \(1_000_000 * order + customers.upperBound)
                """
            case .reply:
                """
                insert into telegram_message (telegram_user_id, partner_id, user_id, direction, text, is_read, message_date)
                select id, partner_id, 2, 'outgoing', 'hello', true, now() at time zone 'UTC' from telegram_user
                where id between \(100_000 + customers.lowerBound) and \(100_000 + customers.upperBound)
                """
            }
        }

        func sql(customer: Int, order: Int = 1) -> String { sql(customers: customer...customer, order: order) }
    }
}

extension Connection {
    /// Begins a transaction as Odoo does, whose snapshot is taken now, and which has no number before it writes.
    func beginAsOdoo() async throws {
        try await script("begin isolation level repeatable read; select count(*) from tgworker.outbox")
    }
}
