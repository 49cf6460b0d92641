import Postgres
import TestSupport
import Testing

extension Schema {
    /// The queue as a part of Odoo's transactions.
    struct TransactionTests {
        @Test("a rollback leaves nothing", arguments: DemoDatabase.allAvailable)
        func rollback(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                _ = try await shop.makeTelegramUser(of: partner, telegramID: 101)
                let order = try await shop.makeOrder(of: partner)
                let queued = try await shop.rows(
                    """
                    begin isolation level repeatable read;
                    \(Shop.update([order], to: "sale"));
                    select count(*) from tgworker.outbox;
                    rollback;
                    select count(*) from tgworker.outbox;
                    """)
                #expect(queued == ["1", "0"])
            }
        }

        @Test(
            "the worker is told after the commit, once, and only for a customer who is to be told",
            arguments: DemoDatabase.allAvailable)
        func notification(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                _ = try await shop.makeTelegramUser(of: partner, telegramID: 111)
                _ = try await shop.makeTelegramUser(of: partner, telegramID: 112)
                let orders = [try await shop.makeOrder(of: partner), try await shop.makeOrder(of: partner)]
                let strangersOrder = try await shop.makeOrder(of: shop.makePartner("without Telegram"))

                let (payloads, received) = AsyncStream.makeStream(of: String.self)
                let worker = try await shop.connect(
                    handlers: Connection.Handlers(notification: { received.yield("\($0.channel) \($0.payload)") }))
                try await worker.query("listen tgworker")
                let odoo = try await shop.connect()
                try await odoo.script("begin; \(Shop.update(orders, to: "sale"))")
                // What a third session sends meanwhile marks the place in the order of arrival.
                try await shop.write("sale", to: strangersOrder)
                try await shop.psql("notify tgworker, 'before the commit'")
                try await odoo.script("commit")
                try await shop.psql("notify tgworker, 'end'")
                var arrived: [String] = []
                for await payload in payloads {
                    arrived.append(payload)
                    if payload == "tgworker end" { break }
                }
                #expect(arrived == ["tgworker before the commit", "tgworker change", "tgworker end"])
            }
        }

        @Test("two transactions of one customer do not wait for each other", arguments: DemoDatabase.allAvailable)
        func noSharedLock(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                _ = try await shop.makeTelegramUser(of: partner, telegramID: 121)
                let orders = [try await shop.makeOrder(of: partner), try await shop.makeOrder(of: partner)]
                let first = try await shop.connect()
                let second = try await shop.connect()
                try await first.script("begin isolation level repeatable read; \(Shop.update([orders[0]], to: "sale"))")
                try await second.script(
                    """
                    set lock_timeout = '1s'; begin isolation level repeatable read; \(Shop.update([orders[1]], to: "sale"))
                    """)
                try await second.script("commit")
                try await first.script("commit")
                #expect(try await shop.outbox().count == 2)
            }
        }

        @Test("a role without any right on tgworker can change orders and reply", arguments: DemoDatabase.allAvailable)
        func plainRole(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                let clerk = try await shop.makeRole("clerk")
                try await shop.psql(
                    """
                    grant select, update on sale_order to \(clerk);
                    grant insert on telegram_message to \(clerk);
                    grant usage on sequence telegram_message_id_seq to \(clerk);
                    """, as: odoo)
                let partner = try await shop.makePartner()
                let user = try await shop.makeTelegramUser(of: partner, telegramID: 131)
                let order = try await shop.makeOrder(of: partner)
                for role in [odoo, clerk] {
                    try await shop.write(role == odoo ? "sent" : "sale", to: order, as: role)
                    try await shop.psql(
                        """
                        insert into telegram_message (telegram_user_id, direction, message_date, text)
                        values (\(user), 'outgoing', now(), 'from \(role)')
                        """, as: role)
                }
                let queued = try await shop.rows("select kind, event ->> 'state' from tgworker.outbox order by id")
                #expect(queued == ["order_state|sent", "reply|", "order_state|sale", "reply|"])
                await #expect(throws: (any Error).self) {
                    try await shop.psql("select * from tgworker.outbox", as: clerk)
                }
            }
        }

        @Test(
            "orders can be changed whatever was dropped", arguments: DemoDatabase.allAvailable,
            [
                "drop table telegram_user cascade", "drop schema tgworker cascade",
                "drop table tgworker.outbox cascade",
                "drop table telegram_message, telegram_message_wizard, telegram_user, telegram_bot_operator_rel, telegram_bot_config",
            ])
        func dropped(kind: DemoDatabase, statement: String) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                let partner = try await shop.makePartner()
                _ = try await shop.makeTelegramUser(of: partner, telegramID: 141)
                let order = try await shop.makeOrder(of: partner)
                // A session that has the functions' plans already must not stumble either.
                let session = try await shop.connect(as: odoo)
                for state in ["sent", "sale"] { try await session.script(Shop.update([order], to: state)) }
                try await shop.psql(statement)
                for state in ["cancel", "draft"] { try await session.script(Shop.update([order], to: state)) }
                try await shop.checkThatOrdersCanBeChanged(as: odoo)
                _ = try await shop.makeOrder(of: partner, state: "sale")
                if statement.contains("tgworker.outbox") {
                    try await shop.psql(
                        """
                        insert into telegram_message (telegram_user_id, direction, message_date)
                        select id, 'outgoing', now() from telegram_user
                        """)
                }
            }
        }
    }
}
