import TestSupport
import Testing

/// The three problems that the readme of the original addon lists, each in its variants.
@Suite("The addon's typical problems are diagnosed by name", .timeLimit(.minutes(10)))
struct ReadmeProblemTests {
    /// A shop whose webhook is set as the configuration has it, at an address where nobody answers.
    private func shopWithWebhook() async throws -> Shop {
        let shop = try await Shop.openForAdministration()
        try await shop.database.psql(
            """
            update tgworker.setting set value = 'webhook' where name = 'receive';
            update tgworker.setting set value = 'https://shop.example.com' where name = 'public_url'
            """)
        return shop
    }

    @Test("the webhook does not work: it is not set")
    func webhookMissing() async throws {
        let outcome = try await shopWithWebhook().check()
        #expect(outcome.code == 2)
        #expect(outcome.finding("webhook").contains("the webhook does not work: none is set at Telegram"), "\(outcome)")
    }

    @Test("the webhook does not work: Odoo has no address that can be reached from the internet")
    func webhookAddress() async throws {
        let shop = try await shopWithWebhook()
        try await shop.database.psql(
            "update tgworker.setting set value = 'http://localhost:8069' where name = 'public_url'")
        let outcome = try await shop.check()
        #expect(outcome.finding("webhook").contains("the webhook does not work: Telegram delivers to https only"))
    }

    @Test("the webhook does not work: Telegram cannot reach it")
    func webhookUnreachable() async throws {
        let shop = try await shopWithWebhook()
        // Of the name .invalid it is sure that nobody has it (RFC 2606).
        try await shop.database.psql(
            "update tgworker.setting set value = 'https://shop.invalid' where name = 'public_url'")
        try await shop.telegram.call(
            "setWebhook", ["url": "https://shop.invalid/telegram/webhook/\(Shop.webhookSecret)"])
        try await shop.telegram.write("hello", in: 77)
        try await eventually("Telegram has tried") {
            let outcome = try await shop.check()
            return outcome.finding("webhook").contains("the webhook does not work: Telegram cannot deliver")
                && outcome.finding("webhook").contains("1 update waits")
        }
    }

    @Test("the webhook does not work: another one is set")
    func webhookForeign() async throws {
        let shop = try await shopWithWebhook()
        try await shop.telegram.call("setWebhook", ["url": "https://other.example.com/hook"])
        let outcome = try await shop.check()
        #expect(
            outcome.finding("webhook").contains(
                "the webhook does not work: another one is set, at other.example.com: to replace it run tgworker webhook set"
            ))
    }

    @Test("the bot token is wrong: nothing works, and sending fails because of it")
    func token() async throws {
        let shop = try await Shop.openForAdministration()
        try await shop.telegram.accept(tokens: ["9:other-token"])
        let outcome = try await shop.check()
        #expect(outcome.code == 2)
        #expect(outcome.finding("token").contains("Telegram does not accept the bot token (Unauthorized)"))
        #expect(outcome.finding("sending").contains("sending fails: the bot token is wrong"))
        #expect(outcome.finding("customer-notifications").contains("customers get no notifications"))
    }

    @Test("a customer gets no notifications: not linked, not verified, the bot inactive, the trigger gone")
    func notifications() async throws {
        let shop = try await Shop.openForAdministration()
        let name = try await shop.database.psql("select name from res_partner where id = 10")
        func explanation() async throws -> String {
            let outcome = try await shop.check(["--partner", name])
            #expect(outcome.code > 0)
            return outcome.finding("customer-notifications")
        }
        #expect(
            try await explanation().contains("\(name) (partner 10): gets no notifications: no Telegram user is linked"))
        let user = try await shop.customer(partner: 10, telegram: 77, verified: false)
        #expect(
            try await explanation().contains(
                "Telegram user \(user) is not verified: send the code: select tgworker.send_code(\(user))"))
        #expect(
            try await shop.check().finding("customer-notifications").contains("1 linked but not verified (partner 10)"))
        try await shop.database.psql("update telegram_user set is_verified = true")
        #expect(try await explanation().hasPrefix("ok "))
        try await shop.database.psql("alter table sale_order disable trigger tgworker_order_state")
        #expect(try await explanation().contains("customers get no notifications: the trigger tgworker_order_state"))
        try await shop.database.psql("alter table sale_order enable trigger tgworker_order_state")
        try await shop.database.psql("update telegram_bot_config set active = false")
        #expect(
            try await explanation().contains(
                "customers get no notifications: there is no bot that works: no active bot"))
        #expect(
            try await shop.check(["--partner", "nobody of this name"]).finding("customer-notifications").contains(
                "there is no such partner"))
    }

    @Test("sending fails: the chat id is wrong, the customer has blocked the bot")
    func sending() async throws {
        let shop = try await Shop.openForAdministration()
        let worker = try await shop.startWorker(awaiting: "notifications arrive")
        let blocked = try await shop.customer(partner: 10, telegram: 77)
        let wrong = try await shop.customer(partner: 11, telegram: 78)
        try await shop.telegram.block(77)
        try await shop.telegram.registerChat(78, state: .uninitiated)
        try await shop.database.psql("update telegram_user set chat_id = 999, telegram_id = 999 where id = \(wrong)")
        _ = try await shop.reply(to: blocked, "hello")
        try await shop.queueDrained()
        let first = try await shop.check()
        #expect(first.code == 1)
        #expect(
            first.finding("sending").contains(
                "sending fails: 1 message in the last 24 hours, 1 × the customer has blocked the bot (chat 77): ask the customer to open the bot and press Start"
            ),
            "\(first.output)")
        #expect(first.finding("customer-notifications").contains("1 that Telegram does not let through (partner 10)"))
        _ = try await shop.reply(to: wrong, "hello")
        try await shop.queueDrained()
        let second = try await shop.check(["--partner", "11"])
        #expect(
            second.finding("sending").contains("Telegram knows no such chat")
                && second.finding("sending").contains("check the Telegram ID in Odoo"), "\(second.output)")
        await worker.terminate()
    }
}
