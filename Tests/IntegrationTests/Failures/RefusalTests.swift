import TestSupport
import Testing

@Suite("Telegram refuses a message", .timeLimit(.minutes(10)))
struct RefusalTests {
    @Test(
        "because of the chat: that one is stopped, all others go on, and it is open again when a message gets through",
        arguments: [
            (Simulator.ChatState?.some(.blocked), "the customer has blocked the bot"),
            (.some(.deactivated), "the customer's Telegram account is deleted"),
            (.some(.uninitiated), "the customer has never written to the bot, and a bot may not write first"),
            (nil, "Telegram knows no such chat: the customer has never written to the bot, or the id is wrong"),
        ])
    func closedChat(state: Simulator.ChatState?, reason: String) async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let other = try await shop.customer(partner: 11, telegram: 11)
        // Without a state the simulator has never heard of the chat.
        try await shop.database.psql("update telegram_user set chat_id = 20 where id = \(user)")
        if let state { try await shop.telegram.registerChat(20, state: state) }
        try await shop.change([try await shop.order("S-1", partner: 10)], to: "sale")
        let worker = try await shop.startWorker()
        try await shop.queueDrained()
        try await shop.change([try await shop.order("S-2", partner: 10)], to: "sale")
        _ = try await shop.reply(to: other, "somebody else's")
        try await shop.queueDrained()
        #expect(try await shop.telegram.sent(count: 1).map(\.chatId) == [11])
        #expect(
            try await shop.ledger(of: 20, "outcome, attempts, in_doubt, reason")
                == ["failed|1|0|\(reason)", "failed|1|0|\(reason)"])
        let asked = try await shop.telegram.requests(of: "sendMessage").filter {
            $0.parameters?["chat_id"] == .integer(20)
        }
        #expect(asked.count == 1, "the second notification is not even tried")
        let chat = "select blocked_since is not null, blocked_reason from tgworker.chat where chat_id = 20"
        #expect(try await shop.database.psql(chat) == "t|\(reason)")
        #expect(try await shop.readiness(of: worker) == "ready: sender\n200")

        // An operator tries all the same.
        try await shop.telegram.registerChat(20, state: .open)
        _ = try await shop.reply(to: user, "are you there?")
        try await shop.queueDrained()
        #expect(try await shop.database.psql(chat) == "f|")
        try await shop.change([try await shop.order("S-3", partner: 10)], to: "sale")
        #expect(try await shop.telegram.sent(count: 2, in: 20).count == 2)
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }

    @Test("because of its markup: it is sent as plain text at once, with the same words", arguments: [false, true])
    func markup(hold: Bool) async throws {
        let shop = try await Shop.open(.fixture)
        if hold {
            try await shop.database.psql("update tgworker.setting set value = 'hold' where name = 'unknown_outcome'")
        }
        let user = try await shop.customer(partner: 10, telegram: 10)
        try await shop.telegram.fail(
            .error(400, "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0"))
        try await shop.change([try await shop.order("S-1", partner: 10)], to: "sale")
        let worker = try await shop.startWorker()
        try await shop.queueDrained()
        _ = try await shop.reply(to: user, "next")
        try await shop.queueDrained()
        let sent = try await shop.telegram.sent(count: 2)
        #expect(sent.map(\.parseMode) == [nil, nil])
        #expect(sent.first?.text.contains("S-1") == true)
        #expect(try await shop.ledger(of: 10, "outcome, attempts, in_doubt") == ["sent|1|0", "sent|1|0"])
        #expect(try await shop.number("select count(*) from tgworker.chat where blocked_since is not null") == 0)
        await worker.terminate()
    }

    @Test("for no other reason of length: what is too long goes out in parts, emoji counted as Telegram counts them")
    func tooLong() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let text = String(repeating: "👩‍👩‍👧‍👦", count: 800) + String(repeating: "🧶", count: 2048)
        _ = try await shop.reply(to: user, text)
        _ = try await shop.reply(to: user, "next")
        let worker = try await shop.startWorker()
        try await shop.queueDrained()
        let sent = try await shop.telegram.sent(count: 5).map(\.text)
        #expect(sent.count == 5)
        #expect(sent.dropLast().joined() == text)
        #expect(sent.allSatisfy { $0.utf16.count <= 4096 })
        #expect(
            try await shop.ledger(of: 10, "outcome, attempts, parts, in_doubt") == ["sent|4|4|0", "sent|1|1|0"])
        await worker.terminate()
    }

    @Test("for reasons nobody knows: the ledger has Telegram's words, and the next one is sent")
    func other() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        try await shop.telegram.fail(.error(400, "Bad Request: strange things happen"))
        for text in ["1", "2"] { _ = try await shop.reply(to: user, text) }
        let worker = try await shop.startWorker()
        try await shop.queueDrained()
        #expect(try await shop.telegram.sent(count: 1).map(\.text) == ["2"])
        #expect(
            try await shop.ledger(of: 10)
                == ["failed|Telegram refuses the message: Bad Request: strange things happen", "sent|"])
        #expect(try await shop.number("select count(*) from tgworker.chat where blocked_since is not null") == 0)
        await worker.terminate()
    }
}
