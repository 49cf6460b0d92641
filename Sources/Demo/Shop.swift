import Postgres
import Reactor

/// The shop's database, written as Odoo 17 writes it when its people press buttons.
struct Shop: Sendable {
    private let connections: ConnectionPool

    /// The operator Олег of Tests/Fixtures/odoo.sql (`res_users.id`).
    private static let operatorID = 6

    init(databaseURL: String, reactor: Reactor) {
        connections = ConnectionPool(
            ConnectionConfiguration(conninfo: databaseURL, applicationName: "demo"), limit: 4, on: reactor)
    }

    /// Makes what the demo keeps beside Odoo's tables: how the orders were at first, and when transactions committed.
    func prepare() async throws {
        _ = try await connections.withConnection { connection in
            try await connection.script(
                """
                create schema if not exists demo;
                create table if not exists demo.original as select id, state, date_order from public.sale_order;
                create table if not exists demo.committed (outbox_id bigint primary key, at timestamptz not null)
                """)
        }
    }

    func close() async { await connections.close() }

    /// Everything the page shows of the shop, as JSON.
    func view(for customer: Customer) async throws -> String {
        try await connections.withConnection { connection in
            let partners = Customer.all.map(\.partnerID)
            let accounts = Customer.all.map(\.telegramID)
            let rows = try await connection.query(
                ShopView.sql,
                [
                    .array(partners), .array(accounts), .integer(customer.partnerID), .integer(customer.telegramID),
                ], prepared: true)
            return try rows[0].get("view")
        }
    }

    // MARK: What people do in Odoo

    /// Changes an order's state (Odoo's buttons write date_order with it).
    func setState(_ state: String, ofOrder id: Int) async throws {
        try await commit(
            """
            update sale_order
            set state = $2, date_order = now() at time zone 'utc', write_uid = $3, write_date = now() at time zone 'utc'
            where id = $1
            """, [.integer(id), .text(state), .integer(Self.operatorID)])
    }

    /// Answers the customer's last message and marks what was unread as read, as the addon's wizard does.
    func reply(_ text: String, to customer: Customer) async throws {
        try await commit(
            """
            insert into telegram_message
                (telegram_user_id, partner_id, reply_to_message_id, message_date, text, direction, is_read, user_id,
                create_uid, write_uid, create_date, write_date)
            select u.id, u.partner_id,
                (select max(m.id) from telegram_message m where m.telegram_user_id = u.id and m.direction = 'incoming'),
                date_trunc('second', now() at time zone 'utc'), $2, 'outgoing', true, $3, $3, $3,
                now() at time zone 'utc', now() at time zone 'utc'
            from telegram_user u where u.telegram_id = $1
            """, [.integer(customer.telegramID), .text(text), .integer(Self.operatorID)])
        try await markRead(customer)
    }

    /// Marks a customer's messages as read.
    func markRead(_ customer: Customer) async throws {
        try await commit(
            """
            update telegram_message set is_read = true, write_uid = $2, write_date = now() at time zone 'utc'
            where telegram_user_id = (select u.id from telegram_user u where u.telegram_id = $1)
                and direction = 'incoming' and is_read is not true
            """, [.integer(customer.telegramID), .integer(Self.operatorID)])
    }

    /// Says who a Telegram user is: the manager picks the partner.
    func link(_ customer: Customer) async throws {
        try await commit(
            """
            update telegram_user set partner_id = $2, write_uid = $3, write_date = now() at time zone 'utc'
            where telegram_id = $1
            """, [.integer(customer.telegramID), .integer(customer.partnerID), .integer(Self.operatorID)])
    }

    /// Sends a message again that failed.
    func retry(outboxID: Int64) async throws {
        try await commit("select tgworker.retry($1)", [.integer(outboxID)])
    }

    /// Everything as it was at first. The worker should be started again afterwards: it remembers pauses.
    func reset() async throws {
        _ = try await connections.withConnection { connection in
            try await connection.script(
                """
                begin;
                delete from telegram_message;
                delete from telegram_user;
                update sale_order o set state = s.state, date_order = s.date_order
                from demo.original s where s.id = o.id and o.state <> s.state;
                delete from res_partner where id > (select max(partner_id) from sale_order)
                    and id in (select placeholder_partner_id from tgworker.identification);
                delete from tgworker.identification;
                delete from tgworker.errand;
                delete from tgworker.outbox;
                delete from tgworker.delivery;
                delete from tgworker.chat;
                update tgworker.bot set paused_until = null, pause_reason = null;
                delete from demo.committed;
                commit
                """)
        }
    }

    /// One transaction as Odoo makes it, in its isolation level. When it commits is noted for each row that it puts into
    /// the outbox: the clock as the last thing before COMMIT is sent.
    private func commit(_ sql: String, _ parameters: [Parameter]) async throws {
        try await connections.withConnection { connection in
            try await connection.transaction { transaction in
                try await transaction.query("set transaction isolation level repeatable read")
                try await transaction.query(sql, parameters)
                try await transaction.query(
                    """
                    insert into demo.committed (outbox_id, at)
                    select o.id, clock_timestamp() from tgworker.outbox o where o.enqueued_at = now()
                    """)
            }
        }
    }
}
