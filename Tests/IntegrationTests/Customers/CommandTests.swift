import TestSupport
import Testing

@Suite("Commands are answered", .timeLimit(.minutes(20)))
struct CommandTests {
    /// A shop with a verified customer, who has a partner of her own.
    private func open(
        _ kind: DemoDatabase, _ way: Way, language: String = "ru_RU"
    ) async throws -> (shop: Shop, receiver: Receiver, maria: Guest, partner: Int) {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(way)
        let partner = try await shop.partner("Мария", language: language)
        try await shop.customer(partner: partner, telegram: 77)
        return (shop, receiver, shop.guest(77), partner)
    }

    @Test(
        "in any spelling; what is no command of this bot gets help", arguments: DemoDatabase.allAvailable, Way.allCases)
    func spellings(kind: DemoDatabase, way: Way) async throws {
        let (_, receiver, maria, _) = try await open(kind, way)
        for text in [
            "/help", "  /HELP", "/help@simulator_123456_bot", "/Help me please", "/nonsense", "/start@other_bot",
        ] {
            #expect(try await maria.ask(text).contains("Что умеет бот"), "\(text)")
        }
        #expect(try await maria.ask("/orders").contains("пока нет заказов"))
        #expect(try await maria.ask("/start").contains("возвращением"))
        await receiver.process.terminate()
    }

    @Test(
        "/orders shows ten at a time, newest first, with status, date, total and a link",
        arguments: DemoDatabase.allAvailable, Way.allCases)
    func orders(kind: DemoDatabase, way: Way) async throws {
        let (shop, receiver, maria, partner) = try await open(kind, way)
        try await shop.database.psql(
            """
            update tgworker.setting set value = 'false' where name = 'notify_created';
            insert into ir_config_parameter (key, value) values ('web.base.url', 'https://shop.example.com/');
            insert into res_partner (id, name, complete_name, commercial_partner_id, parent_id, active, type)
            values (900001, 'Склад', 'Мария, Склад', \(partner), \(partner), true, 'delivery');
            insert into sale_order (company_id, partner_id, partner_invoice_id, partner_shipping_id, name, state, date_order, amount_total,
                currency_id, access_token)
            select 1, case when n % 2 = 0 then 900001 else \(partner) end, \(partner), \(partner), 'P<' || n || '>',
                case n when 24 then 'cancel' when 23 then 'sent' else 'sale' end,
                '2026-03-01'::timestamp + n * interval '1 day', 1000 + n, (select id from res_currency where name = 'RUB'),
                case n when 23 then 'a1b2-c3' end
            from generate_series(1, 24) n;
            insert into sale_order (company_id, partner_id, partner_invoice_id, partner_shipping_id, name, state, date_order, amount_total,
                currency_id)
            select 1, 1, 1, 1, 'FOREIGN', 'sale', '2026-12-01', 1, (select id from res_currency where name = 'RUB')
            """)
        try await maria.write("/orders")
        let first = try await maria.read()
        #expect(first.text.contains("P<23> — предложение отправлено\n24.03.2026 · 1"), "\(first.text)")
        #expect(first.text.contains("023,00"))
        #expect(
            first.rawText.contains(
                #"<a href="https://shop.example.com/my/orders/"#) && first.rawText.contains("access_token=a1b2-c3"))
        #expect(names(first) == (14...23).reversed().map { "P<\($0)>" })
        try await maria.press(first)
        let second = try await maria.read()
        #expect(names(second) == (4...13).reversed().map { "P<\($0)>" })
        // What comes in meanwhile does not move the pages, and a button may be pressed again.
        try await shop.database.psql(
            """
            insert into sale_order (company_id, partner_id, partner_invoice_id, partner_shipping_id, name, state, date_order, amount_total,
                currency_id)
            select 1, \(partner), \(partner), \(partner), 'NEW', 'sale', now(), 1, (select id from res_currency where name = 'RUB')
            """)
        try await maria.press(first)
        #expect(names(try await maria.read()) == names(second))
        try await maria.press(second)
        let third = try await maria.read()
        #expect(names(third) == (1...3).reversed().map { "P<\($0)>" })
        #expect(third.replyMarkup?["inline_keyboard"] == nil && third.buttonData == nil)
        let answered = try await shop.telegram.requests(count: 3, of: "answerCallbackQuery")
        #expect(answered.count == 3, "no button goes on spinning")
        await receiver.process.terminate()
    }

    /// The orders' names in a message, from top to bottom.
    private func names(_ message: Simulator.SentMessage) -> [String] {
        message.text.split(separator: "\n").filter { $0.contains(" — ") }.compactMap {
            $0.split(separator: " ").dropFirst().first.map(String.init)
        }
    }

    @Test("strangers see no orders, and an invented button shows nobody's", arguments: Way.allCases)
    func strangers(way: Way) async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let receiver = try await shop.startReceiver(way)
        let stranger = shop.guest(78)
        #expect(try await stranger.ask("/orders").contains("/start"))
        #expect(try await stranger.ask("/start").contains("код"))
        #expect(try await stranger.ask("/orders").contains("код"))
        #expect(try await stranger.ask("/help").contains("/start"))
        let last = try #require(try await shop.telegram.sent(count: 4, in: 78).last)
        try await shop.telegram.press("orders:9000000000000000:1", under: last.messageId, in: 78)
        #expect(try await stranger.read().text.contains("код"))
        try await shop.telegram.press("orders:1:'; drop table sale_order", under: last.messageId, in: 78)
        try await shop.updatesLogged(6)
        #expect(try await stranger.hasReadAll())
        await receiver.process.terminate()
    }

    @Test(
        "in the customer's language: the partner's, else Telegram's, else the shop's",
        arguments: [
            ("en_US", "ru", "What this bot can do"), ("ru_RU", "en", "Что умеет бот"),
            ("", "en", "What this bot can do"),
            ("", "ru", "Что умеет бот"), ("", "de", "Что умеет бот"), ("fr_FR", "en", "What this bot can do"),
        ])
    func languages(partner: String, telegram: String, expected: String) async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let receiver = try await shop.startReceiver(.polling)
        let id = try await shop.partner("Maria", language: partner)
        try await shop.customer(partner: id, telegram: 77)
        #expect(try await shop.guest(77, language: telegram).ask("/help").contains(expected))
        await receiver.process.terminate()
    }

    @Test("the menu is there in Russian and English")
    func menu() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let receiver = try await shop.startReceiver(.polling)
        let calls = try await shop.telegram.requests(count: 3, of: "setMyCommands")
        let languages = calls.map { $0.parameters?["language_code"]?.text }
        #expect(Set(languages) == ["ru", "en", nil])
        for call in calls {
            let text = "\(String(describing: call.parameters))"
            #expect(["orders", "help", "start"].allSatisfy { text.contains($0) })
        }
        await receiver.process.terminate()
    }

    @Test("a group is ignored, whatever is said there, and nothing of an order shows in it", arguments: Way.allCases)
    func groups(way: Way) async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let receiver = try await shop.startReceiver(way)
        try await shop.customer(partner: 10, telegram: 77)
        let member: JSON = ["id": 77, "is_bot": false, "first_name": "Мария"]
        for (number, text) in ["/orders", "/start", "/help@simulator_123456_bot", "привет", "123456"].enumerated() {
            try await shop.telegram.deliver(update: [
                "message": [
                    "message_id": .integer(Int64(9000 + number)), "date": 1_795_000_000, "text": .string(text),
                    "chat": ["id": -100_500, "type": "supergroup", "title": "Чат"], "from": member,
                ]
            ])
        }
        try await shop.telegram.deliver(update: [
            "my_chat_member": [
                "chat": ["id": -100_500, "type": "group"], "from": member, "date": 1,
                "old_chat_member": ["status": "left"], "new_chat_member": ["status": "member"],
            ]
        ])
        let maria = shop.guest(77)
        #expect(try await maria.ask("/help").contains("бот"), "the bot is alive")
        try await shop.updatesLogged(7)
        #expect(try await shop.telegram.sent(count: 0).count == 1)
        #expect(
            try await shop.database.psql(
                "select outcome, count(*) from tgworker.update_log group by 1 order by 1") == "handled|1\nignored|6")
        #expect(try await shop.number("select count(*) from telegram_message") == 0)
        await receiver.process.terminate()
    }
}
