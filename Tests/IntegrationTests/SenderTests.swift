import Testing
import TestSupport

@Suite("The sender keeps going", .timeLimit(.minutes(10)))
struct SenderTests {
    @Test(
        "what waited while no worker ran is sent in order within each chat, replies before notifications",
        arguments: [DemoDatabase.fixture])
    func order(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        var expected: [Int64: [String]] = [:]
        var users: [Int64: Int] = [:]
        for chat in [Int64(1), 2, 3] {
            users[chat] = try await shop.customer(partner: 9 + Int(chat), telegram: chat)
        }
        for round in 1...5 {
            for chat in [Int64(1), 2, 3] {
                let name = "S-\(chat)-\(round)"
                try await shop.change([try await shop.order(name, partner: 9 + Int(chat))], to: "sale")
                expected[chat, default: []].append(name)
            }
        }
        _ = try await shop.reply(to: try #require(users[2]), "reply")
        let worker = try await shop.startWorker()
        try await shop.queueDrained()
        let sent = try await shop.telegram.sent(count: 16)
        for (chat, names) in expected {
            let texts = sent.filter { $0.chatId == chat }.map(\.text)
            let orders = texts.filter { $0 != "reply" }
            #expect(orders.count == names.count)
            for (text, name) in zip(orders, names) { #expect(text.contains(name)) }
        }
        #expect(sent.filter { $0.chatId == 2 }.first?.text == "reply")
        await worker.terminate()
    }

    @Test("the rate limits hold, also within a chat", arguments: [DemoDatabase.fixture])
    func rates(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        try await shop.telegram.limit(perSecond: 30, perChatPerSecond: 1, perChatBurst: 3)
        let user = try await shop.customer(partner: 10, telegram: 10)
        for number in 1...6 { _ = try await shop.reply(to: user, "\(number)") }
        let worker = try await shop.startWorker(["--max-messages-per-second", "30"])
        let sent = try await shop.telegram.sent(count: 6)
        #expect(sent.map(\.text) == ["1", "2", "3", "4", "5", "6"])
        try await shop.queueDrained()
        #expect(try await shop.number("select max(attempts) from tgworker.delivery") == 1, "no 429 was met")
        await worker.terminate()
    }

    @Test("a standby takes over when the sender is killed", arguments: [DemoDatabase.fixture])
    func takeover(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let first = try await shop.startWorker()
        let second = try await shop.startWorker(awaiting: "standing by")
        _ = try await shop.reply(to: user, "one")
        _ = try await shop.telegram.sent()
        // Recorded: else it is in doubt, and comes twice.
        try await shop.queueDrained()
        await first.kill(9)
        _ = try await shop.reply(to: user, "two")
        #expect(try await shop.telegram.sent(count: 2).last?.text == "two")
        try await shop.queueDrained()
        #expect(
            try await shop.database.psql("select role from tgworker.worker order by started_at desc limit 1")
                == "sender")
        await second.terminate()
        #expect(try await second.exit() == .exited(0))
    }

    @Test("a message that nobody announced is found within two minutes")
    func scan() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()
        try await shop.database.psql("alter table telegram_message disable trigger tgworker_reply")
        let id = try await shop.reply(to: user, "unheard")
        try await shop.database.psql(
            """
            insert into tgworker.outbox (kind, priority, chat_id, telegram_user_id, source_id)
            values ('reply', 1, 10, \(user), \(id))
            """)
        #expect(try await shop.telegram.sent(wait: .seconds(120)).first?.text == "unheard")
        await worker.terminate()
    }

    @Test("SIGTERM finishes what is under way and exits with 0", arguments: [DemoDatabase.fixture])
    func drain(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        let user = try await shop.customer(partner: 10, telegram: 10)
        try await shop.telegram.fail(.latency(.seconds(1)))
        let worker = try await shop.startWorker()
        _ = try await shop.reply(to: user, "slow")
        _ = try await shop.telegram.requests(count: 1, of: "sendMessage")
        await worker.terminate()
        _ = try await shop.reply(to: user, "later")
        #expect(try await worker.exit() == .exited(0))
        #expect(
            try await shop.database.psql("select outcome, in_doubt from tgworker.delivery") == "sent|0")
        #expect(try await shop.number("select count(*) from tgworker.outbox where attempt = 0") == 1)
        #expect(try await shop.database.psql("select role from tgworker.worker") == "stopped")
    }

    @Test("SIGTERM does not wait for ever: what hangs is left as unknown", arguments: [DemoDatabase.fixture])
    func drainDeadline(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        let user = try await shop.customer(partner: 10, telegram: 10)
        try await shop.telegram.fail(.hang(.seconds(600)))
        let worker = try await shop.startWorker(["--drain-timeout", "1"])
        _ = try await shop.reply(to: user, "hangs")
        _ = try await shop.telegram.requests(count: 1, of: "sendMessage")
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        #expect(
            try await shop.database.psql("select attempt, in_doubt, sending_since is null from tgworker.outbox")
                == "1|1|t")
        let next = try await shop.startWorker()
        try await shop.queueDrained()
        #expect(try await shop.database.psql("select outcome, attempts, in_doubt from tgworker.delivery") == "sent|2|1")
        await next.terminate()
    }

    @Test("unknown outcomes are held when the shop wants that", arguments: [DemoDatabase.fixture])
    func hold(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        try await shop.database.psql("update tgworker.setting set value = 'hold' where name = 'unknown_outcome'")
        let user = try await shop.customer(partner: 10, telegram: 10)
        try await shop.telegram.fail(.drop(accepted: true))
        let worker = try await shop.startWorker()
        let id = try await shop.reply(to: user, "once")
        try await shop.queueDrained()
        #expect(
            try await shop.database.psql("select state from tgworker.message_status where telegram_message_id = \(id)")
                == "unknown")
        #expect(try await shop.telegram.sent(count: 1).count == 1)
        // The operator looked, the customer does not have it after all: send it again.
        try await shop.database.psql("select tgworker.retry(outbox_id) from tgworker.delivery")
        #expect(try await shop.telegram.sent(count: 2).count == 2)
        await worker.terminate()
    }

    @Test(
        "Telegram's troubles delay messages and lose none",
        arguments: [
            Simulator.Fault.error(500, "Internal Server Error"), .tooManyRequests(retryAfter: 1), .garbage, .truncate,
            .drop(accepted: false), .proxyPage(status: 502),
        ])
    func troubles(fault: Simulator.Fault) async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        try await shop.telegram.fail(fault, times: 2)
        let worker = try await shop.startWorker()
        for text in ["1", "2", "3"] { _ = try await shop.reply(to: user, text) }
        try await shop.queueDrained()
        var texts = try await shop.telegram.sent(count: 3).map(\.text)
        // A broken answer may have been to a message that was accepted: then it comes twice, and is counted.
        let doubts = try await shop.number("select sum(in_doubt) from tgworker.delivery")
        while let repeated = texts.indices.dropFirst().first(where: { texts[$0] == texts[$0 - 1] }) {
            texts.remove(at: repeated)
        }
        #expect(texts == ["1", "2", "3"])
        #expect(try await shop.telegram.sent().count - 3 <= doubts)
        await worker.terminate()
    }

    @Test("an unreachable Telegram is waited for, and nothing is lost", arguments: [DemoDatabase.fixture])
    func unreachable(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()
        try await shop.telegram.accept(tokens: [])
        for text in ["1", "2", "3"] { _ = try await shop.reply(to: user, text) }
        _ = try await worker.line(containing: "does not accept the bot token")
        try await shop.telegram.accept(tokens: [Simulator.token])
        // A configuration that is saved is read at once.
        try await shop.database.psql("update telegram_bot_config set active = true")
        #expect(try await shop.telegram.sent(count: 3).map(\.text) == ["1", "2", "3"])
        await worker.terminate()
    }

    @Test(
        "a new token in Odoo is used without a restart; SIGHUP reads the configuration again",
        arguments: [DemoDatabase.fixture])
    func newToken(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(
            kind, simulator: ["--token", "123456:TEST-TOKEN", "--token", "654321:OTHER-TOKEN"])
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()
        try await shop.database.psql("update telegram_bot_config set bot_token = '654321:OTHER-TOKEN'")
        _ = try await worker.line(containing: "654321")
        await worker.kill(1)
        _ = try await eventually("the second reload") {
            await worker.output.count { $0.text.contains("654321") } >= 2
        }
        try await shop.telegram.registerChat(10)
        _ = try await shop.reply(to: user, "hello")
        try await shop.queueDrained()
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        let log = await worker.output.map(\.text).joined(separator: "\n")
        #expect(!log.contains("OTHER-TOKEN") && !log.contains("TEST-TOKEN"), "no secret is logged")
    }
}
