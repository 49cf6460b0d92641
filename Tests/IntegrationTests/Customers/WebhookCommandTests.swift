import TestSupport
import Testing

@Suite("tgworker webhook", .timeLimit(.minutes(10)))
struct WebhookCommandTests {
    /// Runs the command.
    ///
    /// - Returns: its exit code, what it printed and what it complained of.
    private func webhook(_ shop: Shop, _ arguments: [String]) async throws -> (
        code: Int32, output: String, errors: String
    ) {
        let command = try await ChildProcess.start(
            product: "tgworker",
            ["webhook"] + arguments + ["--database-url", shop.database.url, "--telegram-api-url", shop.telegram.url])
        guard case .exited(let code) = try await command.exit() else { return (-1, "", "") }
        return (code, await command.text(), await command.text(ofErrors: true))
    }

    @Test("sets the webhook with a secret, shows it without, removes it, and keeps what waits")
    func lifecycle() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        try await shop.guest(77).write("/start")
        let set = try await webhook(shop, ["set", "--public-url", "https://shop.example.com/odoo/"])
        #expect(set.code == 0 && set.output.contains("https://shop.example.com/odoo/telegram/webhook/…"), "\(set)")
        let call = try #require(try await shop.telegram.requests(of: "setWebhook").last?.parameters)
        #expect(call["url"]?.text == "https://shop.example.com/odoo/telegram/webhook/\(Shop.webhookSecret)")
        let token = try await shop.database.psql("select webhook_token from tgworker.bot")
        #expect(call["secret_token"]?.text == token && token.utf8.count == 32)
        #expect(call["drop_pending_updates"] == nil)
        #expect("\(String(describing: call["allowed_updates"]))".contains("my_chat_member"))
        #expect(
            try await shop.database.psql("select name, value from tgworker.setting where value is not null order by 1")
                == "public_url|https://shop.example.com/odoo/\nreceive|webhook")

        let info = try await webhook(shop, ["info"])
        #expect(info.code == 0)
        for words in [
            "@simulator_123456_bot", "configured  webhook", "shop.example.com/telegram/webhook/…", "1 updates",
        ] {
            #expect(info.output.contains(words), "\(info.output)")
        }
        for text in [set.output, set.errors, info.output, info.errors] {
            #expect(!text.contains(token) && !text.contains(Shop.webhookSecret) && !text.contains(Simulator.token))
        }

        #expect(try await webhook(shop, ["delete"]).code == 0)
        #expect(try await shop.telegram.call("getWebhookInfo")["result"]?["url"]?.text == "")
        #expect(try await shop.database.psql("select tgworker.setting('receive')") == "polling")
        #expect(try await webhook(shop, ["info"]).output.contains("configured  polling"))
        let receiver = try await shop.startReceiver(.polling)
        #expect(try await shop.guest(77).read().text.contains("код"), "nothing was dropped")
        await receiver.process.terminate()
    }

    @Test("switches a running worker, both ways, and Odoo's own field where the addon has one")
    func running() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        try await shop.database.psql("alter table telegram_bot_config add column use_webhook boolean")
        let receiver = try await shop.startReceiver(.polling)
        #expect(try await webhook(shop, ["set", "--public-url", "https://shop.example.com"]).code == 0)
        _ = try await receiver.process.line(containing: "receiving mode=webhook")
        #expect(try await shop.database.psql("select use_webhook from telegram_bot_config") == "t")
        #expect(try await webhook(shop, ["delete"]).code == 0)
        #expect(try await shop.database.psql("select use_webhook from telegram_bot_config") == "f")
        #expect(try await shop.guest(77).ask("/start").contains("код"))
        await receiver.process.terminate()
    }

    @Test(
        "says in one line what keeps it from being set, and changes nothing",
        arguments: [
            ("", "--public-url"), ("http://shop.example.com", "https"), ("https://shop.example.com:8069", "8443"),
        ])
    func refusals(base: String, words: String) async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        if !base.isEmpty {
            try await shop.database.psql(
                "insert into ir_config_parameter (key, value) values ('web.base.url', '\(base)')")
        }
        let result = try await webhook(shop, ["set"])
        #expect(result.code == 1 && result.errors.contains(words), "\(result)")
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(try await shop.telegram.requests(of: "setWebhook").isEmpty)
        #expect(try await shop.database.psql("select tgworker.setting('receive')") == "polling")
    }

    @Test("when Telegram refuses it, polling goes on")
    func refusedByTelegram() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        try await shop.telegram.fail(
            .error(400, "Bad Request: bad webhook: Failed to resolve host"), method: "setWebhook")
        let result = try await webhook(shop, ["set", "--public-url", "https://shop.example.com"])
        #expect(result.code == 1 && result.errors.contains("Failed to resolve host"))
        #expect(try await shop.database.psql("select tgworker.setting('receive')") == "polling")
    }

    @Test("does nothing for a copy of a database, which would take the customers from the original")
    func copy() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        try await shop.database.psql("update tgworker.installation set database_name = 'original'")
        let result = try await webhook(shop, ["set", "--public-url", "https://shop.example.com"])
        #expect(result.code == 1 && result.errors.contains("is a copy of original"))
        #expect(try await shop.telegram.requests(count: 0).isEmpty)
    }

    @Test("a worker's own role may do it")
    func leastRights() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let role = "worker_\(shop.database.name)"
        try await shop.database.psql("create role \(role) login")
        let url = shop.database.cluster.url(database: shop.database.name, user: role)
        try await Command.run(
            Checkout.product("tgworker"), ["install-sql", "--database-url", shop.database.url, "--grant-to", role])
        let command = try await ChildProcess.start(
            product: "tgworker",
            [
                "webhook", "set", "--public-url", "https://shop.example.com", "--database-url", url,
                "--telegram-api-url", shop.telegram.url,
            ])
        #expect(try await command.exit() == .exited(0))
        #expect(await command.text(ofErrors: true) == "")

        // And it is all that customers need.
        let receiver = try await shop.startReceiver(.polling, url: url)
        let maria = shop.guest(77)
        _ = try await maria.ask("/start")
        let own: JSON = ["phone_number": "+79995554433", "first_name": "Мария", "user_id": 77]
        #expect(try await maria.ask(nil, ["contact": own]).contains("Спасибо"))
        #expect(try await maria.ask(try await shop.code(of: 77)).contains("верный"))
        let partner = try await shop.partner("Мария")
        try await shop.manage("update telegram_user set partner_id = \(partner)")
        #expect(try await maria.read().text.contains("Готово"))
        #expect(try await maria.ask("/orders").contains("заказов"))
        try await maria.write("вопрос")
        try await eventually("stored") { try await shop.number("select count(*) from telegram_message") == 1 }
        try await eventually("archived") {
            try await shop.number("select count(*) from res_partner where name = 'Мария' and not active") == 1
        }
        await receiver.process.terminate()
        _ = try await receiver.process.exit()
        let warnings = await receiver.process.text(ofErrors: true).split(separator: "\n").filter {
            $0.contains(" warning ")
        }
        #expect(warnings.isEmpty, "\(warnings)")
        try await shop.database.psql("drop owned by \(role); drop role \(role)")
    }
}
