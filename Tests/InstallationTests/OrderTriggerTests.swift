import Postgres
import TestSupport
import Testing

extension Schema {
    struct OrderTriggerTests {
        @Test(
            "a verified customer's order is queued with the facts of the change", arguments: DemoDatabase.allAvailable)
        func facts(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                let user = try await shop.makeTelegramUser(of: partner, telegramID: 41, chatID: 4_503_599_627_370_001)
                let order = try await shop.makeOrder(of: partner)
                try await shop.write("sale", to: order)
                #expect(
                    try await shop.outbox() == ["order_state|2|4503599627370001|\(user)|\(order)|sale"])
                let facts = try await shop.rows(
                    """
                    select event ->> 'order' = o.name, event ->> 'previous', event ->> 'total',
                        (event ->> 'currency_id')::int = o.currency_id, (event ->> 'company_id')::int = o.company_id,
                        (event ->> 'changed_at')::timestamp = x.enqueued_at at time zone 'utc', available_at >= enqueued_at,
                        behind, attempt, sending_since is null
                    from tgworker.outbox x join sale_order o on o.id = x.source_id
                    """)
                #expect(facts == ["t|draft|1234.50|t|t|t|t|f|0|t"])
            }
        }

        @Test("nothing is queued where nobody is to be told", arguments: DemoDatabase.allAvailable)
        func nothing(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let stranger = try await shop.makePartner("without Telegram")
                let unverified = try await shop.makePartner("not verified")
                _ = try await shop.makeTelegramUser(of: unverified, telegramID: 51, isVerified: false)
                _ = try await shop.makeTelegramUser(of: unverified, telegramID: 52, isVerified: nil)
                let unreachable = try await shop.makePartner("without a chat")
                _ = try await shop.makeTelegramUser(of: unreachable, telegramID: 0, chatID: 0)
                for partner in [stranger, unverified, unreachable] {
                    let order = try await shop.makeOrder(of: partner)
                    try await shop.write("sale", to: order)
                }
                let customer = try await shop.makePartner()
                _ = try await shop.makeTelegramUser(of: customer, telegramID: 53)
                let order = try await shop.makeOrder(of: customer)
                try await shop.write("draft", to: order)
                try await shop.psql("update sale_order set amount_total = 5 where id = \(order)")
                try await shop.psql("update sale_order set state = null where id = \(order)")
                #expect(try await shop.outbox() == [])
            }
        }

        @Test(
            "a chat id that a form has left empty is the Telegram id", arguments: DemoDatabase.allAvailable)
        func emptyChat(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                let users = [
                    try await shop.makeTelegramUser(of: partner, telegramID: 61, chatID: nil),
                    try await shop.makeTelegramUser(of: partner, telegramID: 62, chatID: 0),
                ]
                let order = try await shop.makeOrder(of: partner)
                try await shop.write("sent", to: order)
                let queued = try await shop.outbox().sorted()
                #expect(queued == users.enumerated().map { "order_state|2|\(61 + $0)|\($1)|\(order)|sent" })
            }
        }

        @Test(
            "every verified user of the partner and of its company is told, each once",
            arguments: DemoDatabase.allAvailable)
        func everybody(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let company = try await shop.makePartner("Company")
                try await shop.psql("update res_partner set commercial_partner_id = id where id = \(company)")
                let contact = try await shop.makePartner("Contact", of: company)
                let colleague = try await shop.makePartner("Colleague", of: company)
                let users = [
                    try await shop.makeTelegramUser(of: company, telegramID: 71),
                    try await shop.makeTelegramUser(of: company, telegramID: 72),
                    try await shop.makeTelegramUser(of: contact, telegramID: 73),
                ]
                _ = try await shop.makeTelegramUser(of: colleague, telegramID: 74)
                _ = try await shop.makeTelegramUser(of: contact, telegramID: 75, isVerified: false)

                let order = try await shop.makeOrder(of: contact)
                try await shop.write("sale", to: order)
                #expect(
                    try await shop.outbox().sorted()
                        == users.enumerated().map { "order_state|2|\(71 + $0)|\($1)|\(order)|sale" })

                try await shop.psql("delete from tgworker.outbox")
                let companyOrder = try await shop.makeOrder(of: company)
                try await shop.write("sale", to: companyOrder)
                #expect(try await shop.outbox().count == 2, "the company's order is not the contact's business")
            }
        }

        @Test("one statement over many orders queues one message each", arguments: DemoDatabase.allAvailable)
        func manyOrders(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                _ = try await shop.makeTelegramUser(of: partner, telegramID: 81)
                let orders = [
                    try await shop.makeOrder(of: partner), try await shop.makeOrder(of: partner, state: "sale"),
                    try await shop.makeOrder(of: partner),
                ]
                try await shop.psql("delete from tgworker.outbox")
                try await shop.write("sale", to: orders[0], orders[1], orders[2])
                let queued = try await shop.rows("select source_id from tgworker.outbox order by source_id")
                #expect(queued == [orders[0], orders[2]].map(String.init), "the second was in that state already")
            }
        }

        @Test(
            "an order made in another state than draft is told about, unless that is turned off",
            arguments: DemoDatabase.allAvailable)
        func created(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                let user = try await shop.makeTelegramUser(of: partner, telegramID: 91)
                _ = try await shop.makeOrder(of: partner)
                _ = try await shop.makeOrder(of: partner, state: nil)
                #expect(try await shop.outbox() == [])
                let order = try await shop.makeOrder(of: partner, state: "sale")
                #expect(try await shop.outbox() == ["order_state|2|91|\(user)|\(order)|sale"])
                // Odoo computes the total after the INSERT, so the sender is to read it from the order.
                let facts = try await shop.rows(
                    "select event ->> 'total' is null, event ->> 'previous' is null from tgworker.outbox")
                #expect(facts == ["t|t"])
                try await shop.psql("update tgworker.setting set value = 'false' where name = 'notify_created'")
                _ = try await shop.makeOrder(of: partner, state: "sale")
                #expect(try await shop.outbox().count == 1)
            }
        }

        @Test(
            "the setting notify_states chooses the states", arguments: DemoDatabase.allAvailable)
        func chosenStates(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                _ = try await shop.makeTelegramUser(of: partner, telegramID: 95)
                for (value, wanted) in [
                    ("*", ["sent", "sale", "cancel"]), ("sale,cancel", ["sale", "cancel"]),
                    (" sent , cancel ", ["sent", "cancel"]), ("", []),
                ] {
                    try await shop.psql(
                        """
                        delete from tgworker.outbox;
                        update tgworker.setting set value = '\(value)' where name = 'notify_states';
                        """)
                    let order = try await shop.makeOrder(of: partner)
                    for state in ["sent", "sale", "cancel"] { try await shop.write(state, to: order) }
                    let told = try await shop.rows("select event ->> 'state' from tgworker.outbox order by id")
                    #expect(told == wanted, "\(value)")
                }
            }
        }
    }
}
