import TestSupport
import Testing

@Suite("Polling and the webhook", .timeLimit(.minutes(20)))
struct WebhookTests {
    private let help =
        #"{"update_id":1,"message":{"message_id":1,"date":1,"text":"/help","chat":{"id":77,"type":"private"},"from":{"id":77,"first_name":"M"}}}"#

    @Test("a wrong secret gets what a path gets that does not exist; the body is not even looked at")
    func secrets() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let receiver = try await shop.startReceiver(.webhook)
        let base = receiver.webhook.dropLast(Shop.webhookSecret.count)
        func answer(_ address: String, _ token: String) async throws -> String {
            try await Command.run(
                "curl",
                [
                    "-s", "-w", " %{http_code} %{content_type} %{size_download}", "-H",
                    "X-Telegram-Bot-Api-Secret-Token: \(token)", "-d", help, address,
                ])
        }
        let unknown = try await answer("\(base.dropLast("/telegram/webhook/".count))/nowhere", receiver.token)
        #expect(unknown.contains(" 404 "))
        for (path, token) in [
            ("wrong", receiver.token), (Shop.webhookSecret, "wrong"), (Shop.webhookSecret, ""),
            (Shop.webhookSecret.lowercased(), receiver.token),
            ("\(Shop.webhookSecret)/x", receiver.token),
        ] {
            #expect(try await answer("\(base)\(path)", token) == unknown, "\(path)")
        }
        #expect(try await Command.run("curl", ["-s", "-w", "%{http_code}", receiver.webhook]).hasSuffix("404"), "GET")
        #expect(try await shop.number("select count(*) from tgworker.update_log") == 0)
        #expect(try await receiver.post(help.utf8) == 200)
        #expect(try await shop.number("select count(*) from tgworker.update_log") == 1)
        await receiver.process.terminate()
    }

    @Test("any text will do for the secret in Odoo, and a change of it counts at once")
    func oddSecret() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let receiver = try await shop.startReceiver(.webhook)
        try await shop.database.psql("update telegram_bot_config set webhook_secret = 'мой секрет/№1%'")
        let base = receiver.webhook.dropLast(Shop.webhookSecret.count)
        let encoded = "%D0%BC%D0%BE%D0%B9%20%D1%81%D0%B5%D0%BA%D1%80%D0%B5%D1%82%2F%E2%84%961%25"
        try await eventually("the new secret counts") {
            try await receiver.post(help.utf8, to: "\(base)\(encoded)") == 200
        }
        #expect(try await receiver.post(help.utf8) == 404)
        await receiver.process.terminate()
    }

    @Test("while the database is away Telegram hears 503 and nothing is half done; then all is handled")
    func databaseAway() async throws {
        let cluster = try await Cluster.start()
        let shop = try await Shop.openForCustomers(.fixture, in: cluster)
        let receiver = try await shop.startReceiver(.webhook)
        #expect(try await receiver.post(help.utf8) == 200)
        try await cluster.shutDown()
        let next = help.replacing(#""update_id":1"#, with: #""update_id":2"#)
        #expect(try await receiver.post(next.utf8) == 503)
        #expect(try await receiver.post(next.utf8, token: "wrong") == 404, "no hint then either")
        try await cluster.startAgain()
        try await eventually("accepted", timeout: .seconds(40)) { try await receiver.post(next.utf8) == 200 }
        #expect(try await shop.number("select count(*) from tgworker.update_log") == 2)
        #expect(try await shop.telegram.requests(count: 1, of: "sendMessage").isEmpty == false)
        await receiver.process.terminate()
        _ = try await receiver.process.exit()
        try await cluster.stop()
    }

    @Test("a standby serves the webhook as well", arguments: [DemoDatabase.fixture])
    func standby(kind: DemoDatabase) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let sender = try await shop.startReceiver(.webhook)
        let standby = try await shop.startReceiver(.webhook, awaiting: "standing by")
        try await shop.telegram.registerChat(77)
        #expect(try await standby.post(help.utf8) == 200)
        #expect(try await shop.telegram.sent(count: 1).count == 1, "the answer goes out by the sender")
        await sender.process.terminate()
        await standby.process.terminate()
    }

    @Test("a webhook that somebody left behind is removed when the configuration says polling, updates kept")
    func leftBehind() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        try await shop.telegram.call("setWebhook", ["url": "http://127.0.0.1:9/elsewhere/s3cret"])
        try await shop.guest(77).write("/help")
        let receiver = try await shop.startReceiver(.polling)
        let line = try await receiver.process.line(containing: "removed a webhook")
        #expect(line.contains("127.0.0.1:9") && !line.contains("s3cret"))
        #expect(try await shop.guest(77).read().text.contains("бот"))
        await receiver.process.terminate()
    }

    @Test("a webhook of somebody else's is reported and left alone when the configuration says webhook")
    func foreign() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        try await shop.telegram.call("setWebhook", ["url": "http://127.0.0.1:9/elsewhere/s3cret"])
        try await shop.database.psql("update tgworker.setting set value = 'webhook' where name = 'receive'")
        let worker = try await shop.startWorker(awaiting: "receiving mode=webhook")
        let line = try await worker.line(containing: "trouble with the webhook")
        #expect(line.contains("127.0.0.1:9") && !line.contains("s3cret"))
        #expect(
            try await shop.telegram.call("getWebhookInfo")["result"]?["url"]?.text
                == "http://127.0.0.1:9/elsewhere/s3cret")
        #expect(try await shop.telegram.requests(of: "getUpdates").isEmpty)
        await worker.terminate()
    }

    @Test("another receiver, a token that is refused and a Telegram that fails are waited out")
    func trouble() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let receiver = try await shop.startReceiver(.polling)
        for (fault, words) in [
            (
                Simulator.Fault.error(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"),
                "another receiver"
            ),
            (.error(401, "Unauthorized"), "does not accept the bot token"), (.error(502, "Bad Gateway"), "Bad Gateway"),
            (.garbage, "without a Bot API answer"),
        ] {
            try await shop.telegram.fail(fault, method: "getUpdates", times: 1)
            // The poll that waits ends with this one, and the next one meets the fault.
            _ = try await shop.guest(77).ask("/help")
            _ = try await receiver.process.line(containing: words)
            _ = try await shop.guest(78).ask("/help")
        }
        await receiver.process.terminate()
    }

    @Test("the way changes at run time: no update is lost, none is handled twice", arguments: DemoDatabase.allAvailable)
    func switching(kind: DemoDatabase) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(.polling)
        let customers = 60
        async let talking: Void = {
            for round in 1...5 {
                for customer in 1...customers {
                    try await shop.guest(Int64(7000 + customer)).write(round == 1 ? "/start" : "/help")
                }
            }
        }()
        for _ in 1...3 {
            try await shop.database.psql("update tgworker.setting set value = 'webhook' where name = 'receive'")
            try await shop.setWebhook(to: receiver)
            try await eventually("posted") {
                try await shop.telegram.call("getWebhookInfo")["result"]?["pending_update_count"]?.integer == 0
            }
            try await shop.database.psql("update tgworker.setting set value = 'polling' where name = 'receive'")
            try await eventually("polled") {
                try await shop.telegram.call("getWebhookInfo")["result"]?["url"]?.text == ""
            }
        }
        try await talking
        let sent = try await shop.telegram.sent(count: 5 * customers, wait: .seconds(90))
        try await shop.queueDrained()
        #expect(sent.count == 5 * customers)
        #expect(try await shop.telegram.sent(count: 0).count == 5 * customers)
        for customer in 1...customers {
            #expect(sent.count { $0.chatId == Int64(7000 + customer) } == 5)
        }
        #expect(
            try await shop.number("select count(*) from tgworker.update_log where outcome = 'handled'") == 5 * customers
        )
        #expect(
            try await shop.number("select count(*) from telegram_user where telegram_id between 7001 and 7060")
                == customers)
        await receiver.process.terminate()
    }
}
