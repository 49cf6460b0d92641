import TestSupport
import Testing

@Suite("The webhook's buttons in Odoo", .timeLimit(.minutes(15)))
struct WebhookRequestTests {
    private func open(_ kind: DemoDatabase = .fixture) async throws -> Shop {
        let shop = try await Shop.openForCustomers(kind)
        try await shop.database.psql(
            "insert into ir_config_parameter (key, value) values ('web.base.url', 'https://shop.example.com')")
        return shop
    }

    /// Presses a button.
    private func ask(_ shop: Shop, _ action: String, bot: String = "active") async throws {
        try await shop.manage(
            "select tgworker.request_webhook(id, '\(action)') from telegram_bot_config where \(bot)")
    }

    /// Waits for the answer to what was asked for last.
    ///
    /// - Returns: action, whether it is done, and the words.
    private func answer(_ shop: Shop, bot: String = "active") async throws -> String {
        try await eventually("answered", timeout: .seconds(100)) {
            try await shop.number(
                """
                select count(*) from tgworker.bot_status s join telegram_bot_config c on c.id = s.bot_config_id
                where c.\(bot) and s.webhook_answered_at >= s.webhook_requested_at
                """) == 1
        }
        return try await shop.database.psql(
            """
            select s.webhook_action, s.webhook_ok, s.webhook_answer
            from tgworker.bot_status s join telegram_bot_config c on c.id = s.bot_config_id where c.\(bot)
            """)
    }

    private func address(_ shop: Shop) async throws -> String? {
        try await shop.telegram.call("getWebhookInfo")["result"]?["url"]?.text
    }

    @Test(
        "set and delete switch a running worker, the answer says so without the secret, and it stays so",
        arguments: DemoDatabase.allAvailable, [false, true])
    func lifecycle(kind: DemoDatabase, hasField: Bool) async throws {
        let shop = try await open(kind)
        if hasField { try await shop.database.psql("alter table telegram_bot_config add column use_webhook boolean") }
        let receiver = try await shop.startReceiver(.polling)
        #expect(
            try await shop.database.psql(
                "select username, webhook_action is null, webhook_answered_at is null from tgworker.bot_status")
                == "simulator_123456_bot|t|t")

        try await ask(shop, "set")
        #expect(
            try await answer(shop)
                == "set|t|The webhook is set at https://shop.example.com/telegram/webhook/…; updates come in by it from now on"
        )
        #expect(try await address(shop) == "https://shop.example.com/telegram/webhook/\(Shop.webhookSecret)")
        _ = try await receiver.process.line(containing: "receiving mode=webhook")
        _ = try await receiver.process.line(containing: "answered Odoo's request")
        await receiver.process.terminate()
        #expect(try await receiver.process.exit() == .exited(0))

        let next = try await shop.startWorker(awaiting: "receiving mode=webhook")
        #expect(try await address(shop) == "https://shop.example.com/telegram/webhook/\(Shop.webhookSecret)")
        try await ask(shop, "delete")
        #expect(try await answer(shop).hasPrefix("delete|t|The webhook is removed"))
        #expect(try await address(shop) == "")
        _ = try await next.line(containing: "receiving mode=polling")
        #expect(try await shop.guest(77).ask("/start").contains("код"))
        if hasField { #expect(try await shop.database.psql("select use_webhook from telegram_bot_config") == "f") }
        #expect(try await shop.number("select count(*) from tgworker.webhook_request") == 1, "the last one is kept")
        await next.terminate()
        #expect(try await next.exit() == .exited(0))
    }

    @Test("what was asked for while no worker ran is done at the start; the last request counts")
    func before() async throws {
        let shop = try await open()
        for action in ["set", "delete", "set"] { try await ask(shop, action) }
        #expect(
            try await shop.database.psql(
                "select webhook_action, webhook_ok is null, webhook_answer is null from tgworker.bot_status")
                == "set|t|t")
        let worker = try await shop.startWorker(awaiting: "receiving mode=webhook")
        #expect(try await answer(shop).hasPrefix("set|t|"))
        #expect(try await shop.telegram.requests(of: "deleteWebhook").isEmpty)
        #expect(try await shop.telegram.requests(of: "setWebhook").count == 1)
        await worker.terminate()
    }

    @Test("a refused address is answered with Telegram's reason, and polling goes on")
    func refused() async throws {
        let shop = try await open()
        let receiver = try await shop.startReceiver(.polling)
        try await shop.telegram.fail(
            .error(400, "Bad Request: bad webhook: Failed to resolve host"), method: "setWebhook")
        try await ask(shop, "set")
        let words = try await answer(shop)
        #expect(
            words.hasPrefix("set|f|") && words.contains("Failed to resolve host") && !words.contains(Shop.webhookSecret)
        )
        #expect(try await shop.database.psql("select tgworker.setting('receive')") == "polling")
        #expect(try await shop.guest(77).ask("/start").contains("код"))

        try await shop.database.psql("update ir_config_parameter set value = 'http://shop' where key = 'web.base.url'")
        try await ask(shop, "set")
        #expect(try await answer(shop).contains("Telegram delivers to https only"))
        await receiver.process.terminate()
    }

    @Test("a Telegram that fails for a moment is asked again, one that fails for longer is the answer")
    func retries() async throws {
        let shop = try await open()
        let receiver = try await shop.startReceiver(.polling)
        try await shop.telegram.fail(.error(502, "Bad Gateway"), method: "setWebhook", times: 2)
        try await ask(shop, "set")
        #expect(try await answer(shop).hasPrefix("set|t|"))
        #expect(try await shop.telegram.requests(of: "setWebhook").count == 3)
        try await shop.telegram.fail(.error(502, "Bad Gateway"), method: "deleteWebhook", times: 3)
        try await ask(shop, "delete")
        let words = try await answer(shop)
        #expect(words.hasPrefix("delete|f|") && words.contains("Bad Gateway"))
        await receiver.process.terminate()
    }

    @Test("another bot than the one that is served, and a bot without a token, are told so")
    func others() async throws {
        let shop = try await open()
        try await shop.database.psql(
            "insert into telegram_bot_config (bot_name, bot_token, webhook_secret) values ('Other', '7:x', 's')")
        let receiver = try await shop.startReceiver(.polling)
        try await ask(shop, "set", bot: "bot_name = 'Other'")
        #expect(try await answer(shop, bot: "bot_name = 'Other'").contains("not the bot that the worker serves"))
        #expect(try await shop.telegram.requests(of: "setWebhook").isEmpty)
        try await shop.database.psql("update telegram_bot_config set active = false")
        _ = try await receiver.process.line(containing: "no active bot")
        try await ask(shop, "set", bot: "bot_name = 'Shop'")
        #expect(try await answer(shop, bot: "bot_name = 'Shop'").contains("|f|No active bot"))
        #expect(
            try await shop.database.psql(
                "select sender_alive, instances, last_error like 'no active bot%', last_error_at is not null from tgworker.worker_status"
            ) == "f|1|t|t")
        try await shop.database.psql("update telegram_bot_config set active = true where bot_name = 'Shop'")
        try await eventually("it has passed") {
            try await shop.database.psql(
                "select sender_alive, sender like '%, process %', instances, last_error is null, last_error_at is null from tgworker.worker_status"
            ) == "t|t|1|t|t"
        }
        await receiver.process.terminate()
    }

    @Test("what the database refuses is the answer, and keeps nobody from sending")
    func databaseRefuses() async throws {
        let shop = try await open()
        try await shop.database.psql(
            """
            alter table telegram_bot_config add column use_webhook boolean;
            create function refuse() returns trigger language plpgsql as $$ begin raise 'not today'; end $$;
            create trigger refuse before update on telegram_bot_config for each row execute function refuse()
            """)
        let receiver = try await shop.startReceiver(.polling)
        try await ask(shop, "set")
        #expect(try await answer(shop).hasSuffix("|f|The database does not take it: not today"))
        #expect(try await shop.guest(77).ask("/start").contains("код"))
        await receiver.process.terminate()
    }

    @Test("a request that was not heard is found within about a minute")
    func unheard() async throws {
        let shop = try await open()
        let receiver = try await shop.startReceiver(.polling)
        try await shop.database.psql(
            "insert into tgworker.webhook_request (bot_config_id, action) select id, 'set' from telegram_bot_config")
        #expect(try await answer(shop).hasPrefix("set|t|"))
        await receiver.process.terminate()
    }
}
