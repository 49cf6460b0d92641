import Foundation
import Testing
import TestSupport

/// A shop as it runs: an Odoo database with the SQL installed and an active bot, Telegram, and workers.
struct Shop {
    let database: TestDatabase
    let telegram: Simulator

    /// What its webhook's address ends with; `scripts/test` looks for it in the programs' output.
    static let webhookSecret = "WEBHOOK-SECRET"

    /// A shop without a worker yet.
    static func open(_ kind: DemoDatabase, simulator options: [String] = [], in cluster: Cluster? = nil) async throws
        -> Shop
    {
        async let telegram = Simulator.start(options)
        let database = try await DemoDatabase.create(kind, in: cluster)
        try await Command.run(Checkout.product("tgworker"), ["install-sql", "--database-url", database.url])
        try await database.psql(
            """
            -- The original addon of the real Odoo, as after its upgrade.
            update ir_module_module set latest_version = '17.0.2.0.0' where name = 'telegram_bot';
            delete from telegram_bot_config;
            insert into telegram_bot_config (bot_name, bot_token, webhook_secret, active)
            values ('Shop', '\(Simulator.token)', '\(Self.webhookSecret)', true)
            """)
        return Shop(database: database, telegram: try await telegram)
    }

    /// Starts a worker, without limits on speed unless `arguments` set them, and waits until it sends or stands by.
    func startWorker(
        _ arguments: [String] = [], environment: [String: String] = [:], url: String? = nil,
        awaiting line: String = "sending"
    ) async throws -> ChildProcess {
        let unlimited = ["--max-messages-per-second", "0", "--max-messages-per-chat-per-second", "0"]
        let worker = try await ChildProcess.start(
            product: "tgworker",
            [
                "run", "--database-url", url ?? database.url, "--telegram-api-url", telegram.url, "--listen",
                "127.0.0.1:0",
                "--log-level", "debug",
            ] + (arguments.contains("--max-messages-per-second") ? [] : unlimited) + arguments,
            environment: environment)
        _ = try await worker.line(containing: line)
        return worker
    }

    /// A customer of the shop with a Telegram account that the bot may write to.
    ///
    /// - Returns: `telegram_user.id`.
    @discardableResult
    func customer(
        partner: Int, telegram id: Int64, verified: Bool = true, language: String? = nil, timeZone: String? = nil
    ) async throws -> Int {
        try await telegram.registerChat(id)
        for (column, value) in [("lang", language), ("tz", timeZone)] {
            if let value {
                try await database.psql("update res_partner set \(column) = '\(value)' where id = \(partner)")
            }
        }
        return try #require(
            Int(
                try await database.psql(
                    """
                    insert into telegram_user (telegram_id, chat_id, partner_id, is_verified, first_name, display_name)
                    values (\(id), \(id), \(partner), \(verified), 'Test', 'Test') returning id
                    """)))
    }

    /// Customers with a chat each, and an order each with an id above 100000.
    func addCustomers(_ count: Int) async throws {
        try await database.psql(
            """
            insert into res_partner (id, name, complete_name, commercial_partner_id, active, type, lang)
            select 100000 + n, 'C' || n, 'C' || n, 100000 + n, true, 'contact', 'ru_RU' from generate_series(1, \(count)) n;
            insert into telegram_user (telegram_id, chat_id, partner_id, is_verified)
            select 5000000000 + n, 5000000000 + n, 100000 + n, true from generate_series(1, \(count)) n;
            insert into sale_order (id, company_id, partner_id, partner_invoice_id, partner_shipping_id, name, state, date_order,
                amount_total, currency_id)
            select 100000 + n, 1, 100000 + n, 100000 + n, 100000 + n, 'K' || n, 'draft', now(), n, 1
            from generate_series(1, \(count)) n
            """)
    }

    /// A new quotation for a partner.
    ///
    /// - Returns: `sale_order.id`.
    func order(
        _ name: String, partner: Int, total: String = "1234.50", currency: String = "RUB"
    ) async throws -> Int {
        try #require(
            Int(
                try await database.psql(
                    """
                    insert into sale_order (company_id, partner_id, partner_invoice_id, partner_shipping_id, name, state,
                        date_order, amount_total, currency_id, create_date, write_date)
                    select 1, \(partner), \(partner), \(partner), $$\(name)$$, 'draft', now() at time zone 'UTC',
                        \(total), (select id from res_currency where name = '\(currency)'), now() at time zone 'UTC',
                        now() at time zone 'UTC'
                    returning id
                    """)))
    }

    /// Changes orders' state in one transaction, as Odoo's ORM writes it.
    func change(_ orders: [Int], to state: String) async throws {
        let ids = orders.map(String.init).joined(separator: ", ")
        try await database.psql(
            """
            begin isolation level repeatable read;
            UPDATE "sale_order" SET "date_order" = now() at time zone 'UTC', "state" = '\(state)',
                "write_date" = now() at time zone 'UTC', "write_uid" = 2 WHERE "sale_order"."id" IN (\(ids));
            commit
            """)
    }

    /// What an operator's answer in Odoo's UI inserts.
    ///
    /// - Returns: `telegram_message.id`.
    func reply(to user: Int, _ text: String, answering message: Int? = nil) async throws -> Int {
        try #require(
            Int(
                try await database.psql(
                    """
                    insert into telegram_message (telegram_user_id, partner_id, user_id, reply_to_message_id, direction, text,
                        is_read, message_date, create_uid, write_uid, create_date, write_date)
                    select id, partner_id, 2, \(message.map(String.init) ?? "null"), 'outgoing', $text$\(text)$text$, true,
                        date_trunc('second', now() at time zone 'UTC'), 2, 2, now() at time zone 'UTC', now() at time zone 'UTC'
                    from telegram_user where id = \(user) returning id
                    """)))
    }

    /// Waits until nothing is left to be sent.
    func queueDrained(within timeout: Duration = .seconds(60)) async throws {
        try await eventually("the queue is empty", timeout: timeout) {
            try await database.psql("select count(*) from tgworker.outbox") == "0"
        }
    }

    func number(_ query: String) async throws -> Int {
        try #require(Int(try await database.psql(query)))
    }
}
