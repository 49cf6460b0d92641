import TestSupport

/// What Odoo does, as SQL: the test's own customers and orders, so that it does not matter which others are there.
extension Shop {
    /// Makes a partner and returns its id.
    func makePartner(_ name: String = "Customer", of company: Int? = nil) async throws -> Int {
        try await integer(
            """
            insert into res_partner (name, complete_name, active, is_company, type, parent_id, commercial_partner_id)
            values ('\(name)', '\(name)', true, false, 'contact', \(company.sql), \(company.sql)) returning id;
            """)
    }

    /// Makes a Telegram user of a partner and returns its id.
    func makeTelegramUser(
        of partner: Int, telegramID: Int, chatID: Int? = nil, isVerified: Bool? = true
    ) async throws -> Int {
        try await integer(
            """
            insert into telegram_user (telegram_id, chat_id, partner_id, is_verified)
            values (\(telegramID), \(chatID.sql), \(partner), \(isVerified.map { "\($0)" } ?? "null")) returning id
            """)
    }

    /// Makes an order of a partner and returns its id.
    func makeOrder(of partner: Int, state: String? = "draft") async throws -> Int {
        try await integer(orderSQL(of: partner, state: state) + " returning id")
    }

    /// The statement that makes an order.
    func orderSQL(of partner: Int, state: String?) -> String {
        """
        insert into sale_order (company_id, partner_id, partner_invoice_id, partner_shipping_id, currency_id, name, state,
            date_order, amount_total)
        select company_id, \(partner), \(partner), \(partner), currency_id, 'T' || gen.n, \(state.map { "'\($0)'" } ?? "null"),
            now() at time zone 'utc', 1234.50
        from sale_order, (select count(*) as n from sale_order) gen order by id limit 1
        """
    }

    /// Changes the state of orders as Odoo's ORM does, in a transaction of its own.
    func write(_ state: String, to orders: Int..., as user: String = "odoo") async throws {
        try await psql(
            "begin isolation level repeatable read; \(Self.update(orders, to: state)); commit;", as: user)
    }

    /// The statement that Odoo's ORM sends for `orders.write({'state': state})`.
    static func update(_ orders: [Int], to state: String) -> String {
        let ids = orders.map(String.init).joined(separator: ", ")
        return """
            UPDATE "sale_order" SET "state" = '\(state)', "write_date" = '2026-03-10 09:08:07.654321', "write_uid" = 1 \
            WHERE id IN (\(ids))
            """
    }

    /// What of the outbox matters to most tests: kind, priority, chat, Telegram user, source, state.
    func outbox() async throws -> [String] {
        try await rows(
            """
            select kind, priority, chat_id, telegram_user_id, source_id, event ->> 'state' from tgworker.outbox order by id
            """)
    }

    /// Takes the state of orders to something else and back, which works whatever became of tgworker.
    func checkThatOrdersCanBeChanged(as user: String = "odoo") async throws {
        let order = try await integer("select min(id) from sale_order where state is distinct from 'cancel'")
        try await write("cancel", to: order, as: user)
        try await write("draft", to: order, as: user)
    }

    /// The number that a statement returns.
    func integer(_ sql: String) async throws -> Int {
        let text = try await psql(sql)
        guard let number = Int(text) else { throw NotANumber(text: text) }
        return number
    }

    private struct NotANumber: Error { let text: String }
}

extension Optional where Wrapped == Int {
    fileprivate var sql: String { map { "\($0)" } ?? "null" }
}
