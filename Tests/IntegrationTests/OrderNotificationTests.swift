import Testing
import TestSupport

@Suite("A customer is told about the order", .timeLimit(.minutes(10)))
struct OrderNotificationTests {
    @Test(
        "a confirmed order arrives as one correct message, in the history and in the ledger",
        arguments: DemoDatabase.allAvailable)
    func confirmedOrder(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        let user = try await shop.customer(
            partner: 10, telegram: 7_123_456_789, language: "ru_RU", timeZone: "Europe/Moscow")
        let order = try await shop.order("SO_0001 <b>&", partner: 10, total: "1234567.50", currency: "RUB")
        let worker = try await shop.startWorker()
        try await shop.change([order], to: "sale")

        let message = try #require(try await shop.telegram.sent().first)
        #expect(message.chatId == 7_123_456_789)
        #expect(message.parseMode == "HTML")
        let symbol = try await shop.database.psql("select symbol from res_currency where name = 'RUB'")
        let separator = try await shop.database.psql(
            "select coalesce(thousands_sep, '') from res_lang where code = 'ru_RU'")
        let moment = try await shop.database.psql(
            """
            select to_char(enqueued_at at time zone 'Europe/Moscow', 'DD.MM.YYYY HH24:MI') from tgworker.delivery
            union all select to_char(enqueued_at at time zone 'Europe/Moscow', 'DD.MM.YYYY HH24:MI') from tgworker.outbox
            """)
        #expect(message.text.contains("SO_0001 <b>&"))
        #expect(message.text.contains("подтверждён"))
        #expect(message.text.contains("1\(separator)234\(separator)567,50\u{A0}\(symbol)"))
        #expect(message.text.contains(moment))

        try await shop.queueDrained()
        let history = try await shop.database.psql(
            """
            select telegram_user_id, partner_id, message_id, direction, is_read, text = $x$\(message.text)$x$,
                message_date = date_trunc('second', message_date), create_uid, write_date is not null
            from telegram_message
            """)
        #expect(history == "\(user)|10|\(message.messageId)|outgoing|t|t|t|1|t")
        let ledger = try await shop.database.psql(
            """
            select d.kind, d.outcome, d.attempts, d.in_doubt, d.message_id, d.source_id, d.telegram_message_id = m.id,
                d.sent_at between d.enqueued_at and d.finished_at, d.text = m.text
            from tgworker.delivery d, telegram_message m
            """)
        #expect(ledger == "order_state|sent|1|0|\(message.messageId)|\(order)|t|t|t")
        #expect(try await shop.telegram.sent(count: 0).count == 1)
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }

    @Test("an English customer gets English text, dates and numbers", arguments: DemoDatabase.allAvailable)
    func english(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        try await shop.customer(partner: 11, telegram: 11, language: "en_US", timeZone: "America/New_York")
        let order = try await shop.order("S-EN", partner: 11, total: "1234.5", currency: "USD")
        let worker = try await shop.startWorker()
        try await shop.change([order], to: "sent")
        let text = try #require(try await shop.telegram.sent().first).text
        #expect(text.contains("S-EN"))
        #expect(text.contains("$\u{A0}1,234.50"))
        let day = try await shop.database.psql("select to_char(now() at time zone 'America/New_York', 'MM/DD/YYYY')")
        #expect(text.contains(day))
        await worker.terminate()
    }

    @Test("a state that an addon adds takes Odoo's own label", arguments: DemoDatabase.allAvailable)
    func customState(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        try await shop.database.psql(
            """
            insert into ir_model_fields_selection (field_id, sequence, value, name)
            select id, 9, 'on_its_way', '{"en_US": "On <its> way", "ru_RU": "Уже в пути"}' from ir_model_fields
            where model = 'sale.order' and name = 'state'
            """)
        try await shop.customer(partner: 10, telegram: 10, language: "ru_RU")
        try await shop.customer(partner: 11, telegram: 11, language: "en_US")
        let orders = [
            try await shop.order("S-RU", partner: 10), try await shop.order("S-EN", partner: 11),
        ]
        let worker = try await shop.startWorker()
        try await shop.change(orders, to: "on_its_way")
        let texts = try await shop.telegram.sent(count: 2).map(\.text)
        #expect(texts.count(where: { $0.contains("S-RU") && $0.contains("Уже в пути") }) == 1)
        #expect(texts.count(where: { $0.contains("S-EN") && $0.contains("On <its> way") }) == 1)
        await worker.terminate()
    }

    @Test(
        "every verified user of the customer and of its company is told, nobody else",
        arguments: DemoDatabase.allAvailable)
    func recipients(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        try await shop.database.psql(
            """
            update res_partner set parent_id = 14, commercial_partner_id = 14 where id = 15;
            update res_partner set commercial_partner_id = id where id in (10, 11, 14)
            """)
        try await shop.customer(partner: 15, telegram: 151)
        try await shop.customer(partner: 15, telegram: 152)
        try await shop.customer(partner: 15, telegram: 153, verified: false)
        try await shop.customer(partner: 14, telegram: 141)
        try await shop.customer(partner: 10, telegram: 101)
        let contacts = try await shop.order("S-CONTACT", partner: 15)
        let strangers = try await shop.order("S-STRANGER", partner: 11)
        let worker = try await shop.startWorker()
        try await shop.change([contacts, strangers], to: "sale")
        let chats = Set(try await shop.telegram.sent(count: 3).map(\.chatId))
        try await shop.queueDrained()
        #expect(chats == [151, 152, 141])
        #expect(try await shop.telegram.sent(count: 0).count == 3)
        await worker.terminate()
    }

    @Test(
        "a rollback, another field and an unchanged state send nothing; a created order and each change do",
        arguments: DemoDatabase.allAvailable)
    func occasions(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        try await shop.customer(partner: 10, telegram: 10)
        let order = try await shop.order("S-1", partner: 10)
        let worker = try await shop.startWorker()
        try await shop.database.psql(
            """
            begin; update sale_order set state = 'sale' where id = \(order); rollback;
            update sale_order set note = 'x' where id = \(order);
            update sale_order set state = 'draft' where id = \(order);
            begin; update sale_order set state = 'sent' where id = \(order); update sale_order set state = 'sale' where id = \(order); commit;
            insert into sale_order (company_id, partner_id, partner_invoice_id, partner_shipping_id, name, state, date_order)
            values (1, 10, 10, 10, 'S-2', 'sale', now());
            update sale_order set amount_total = 77, currency_id = (select id from res_currency where name = 'EUR') where name = 'S-2'
            """)
        try await shop.change([order], to: "cancel")
        let messages = try await shop.telegram.sent(count: 4)
        try await shop.queueDrained()
        #expect(messages.count(where: { $0.text.contains("S-1") }) == 3)
        #expect(messages.count(where: { $0.text.contains("S-2") }) == 1)
        #expect(try await shop.telegram.sent(count: 0).count == 4)
        await worker.terminate()
    }

    @Test("the setting says which states are told", arguments: [DemoDatabase.fixture])
    func setting(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        try await shop.database.psql("update tgworker.setting set value = 'sale, cancel' where name = 'notify_states'")
        try await shop.customer(partner: 10, telegram: 10)
        let order = try await shop.order("S-1", partner: 10)
        let worker = try await shop.startWorker()
        for state in ["sent", "sale", "draft", "cancel"] { try await shop.change([order], to: state) }
        _ = try await shop.telegram.sent(count: 2)
        try await shop.queueDrained()
        #expect(try await shop.number("select count(*) from tgworker.delivery") == 2)
        await worker.terminate()
    }

    @Test("markup that Telegram does not take goes out as plain text", arguments: [DemoDatabase.fixture])
    func badEntities(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        try await shop.customer(partner: 10, telegram: 10)
        let order = try await shop.order("S-1", partner: 10)
        try await shop.telegram.fail(
            .error(400, "Bad Request: can't parse entities: unsupported start tag \"x\" at byte offset 3"))
        let worker = try await shop.startWorker()
        try await shop.change([order], to: "sale")
        let message = try #require(try await shop.telegram.sent().first)
        #expect(message.parseMode == nil)
        #expect(message.text.contains("S-1"))
        #expect(!message.text.contains("<b>"))
        try await shop.queueDrained()
        #expect(try await shop.database.psql("select outcome, attempts from tgworker.delivery") == "sent|1")
        await worker.terminate()
    }

    @Test(
        "a customer who is no longer verified when the message is due gets nothing", arguments: [DemoDatabase.fixture])
    func verificationWithdrawn(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let other = try await shop.customer(partner: 10, telegram: 11)
        let order = try await shop.order("S-1", partner: 10)
        try await shop.change([order], to: "sale")
        try await shop.database.psql(
            "update telegram_user set is_verified = false where id = \(user); delete from telegram_user where id = \(other)"
        )
        let worker = try await shop.startWorker()
        try await shop.queueDrained()
        #expect(
            try await shop.database.psql("select outcome, reason from tgworker.delivery order by outbox_id")
                == "discarded|the Telegram user is no longer verified\ndiscarded|the Telegram user was deleted in Odoo")
        #expect(try await shop.telegram.sent(count: 0).isEmpty)
        await worker.terminate()
    }
}
