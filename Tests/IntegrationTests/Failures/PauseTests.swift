import TestSupport
import Testing

@Suite("Pauses that Telegram asks for outlive the worker", .timeLimit(.minutes(10)))
struct PauseTests {
    /// The moment comes that Telegram has named.
    private func end(in shop: Shop) async throws {
        try await shop.database.psql(
            """
            update tgworker.chat set paused_until = now();
            update tgworker.bot set paused_until = now();
            update tgworker.outbox set available_at = now() where available_at > now()
            """)
    }

    @Test("a chat's, for everything that goes there; nobody else waits")
    func chat() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let other = try await shop.customer(partner: 11, telegram: 11)
        let worker = try await shop.startWorker()
        try await shop.telegram.fail(.tooManyRequests(retryAfter: 3600), chat: 10)
        try await shop.change([try await shop.order("S-1", partner: 10)], to: "sale")
        try await shop.reached(
            "the pause is kept",
            """
            select chat_id, pause_reason from tgworker.chat
            where paused_until between now() + interval '30 minutes' and now() + interval '1 hour'
            """, is: "10|Telegram asked to wait (429)")
        #expect(
            try await shop.database.psql("select failures, last_error from tgworker.outbox")
                == "0|Telegram asks to wait: Too Many Requests: retry after 3600")
        try await shop.kill(worker)

        // Another lane of the same chat, whose row knows of no pause.
        _ = try await shop.reply(to: user, "waits")
        let next = try await shop.startWorker()
        for text in ["does not wait", "nor does this"] {
            _ = try await shop.reply(to: other, text)
            try await shop.reached(
                "sent", "select count(*) from tgworker.outbox where chat_id = 11", is: "0")
        }
        #expect(
            try await shop.database.psql("select kind, attempt from tgworker.outbox order by id")
                == "order_state|1\nreply|0")
        try await shop.kill(next)
        try await end(in: shop)
        let last = try await shop.startWorker()
        try await shop.queueDrained()
        let sent = try await shop.telegram.sent(count: 4)
        #expect(sent.map(\.chatId) == [11, 11, 10, 10])
        #expect(sent.dropFirst(2).first?.text == "waits", "replies first")
        await last.terminate()
    }

    @Test("the bot's, also for one who takes over")
    func bot() async throws {
        let shop = try await Shop.open(.fixture)
        var users: [Int] = []
        for chat in 10...12 { users.append(try await shop.customer(partner: chat, telegram: Int64(chat))) }
        let worker = try await shop.startWorker()
        let standby = try await shop.startWorker(awaiting: "standing by")
        for chat in [Int64(10), 11] { try await shop.telegram.fail(.tooManyRequests(retryAfter: 3600), chat: chat) }
        for user in users.prefix(2) { _ = try await shop.reply(to: user, "waits") }
        try await shop.reached(
            "the pause is kept", "select count(*) from tgworker.bot where paused_until > now() + interval '30 minutes'",
            is: "1")
        _ = try await shop.reply(to: users[2], "waits too")
        await worker.kill(9)
        _ = try await standby.line(containing: "sending pauses")
        #expect(
            try await shop.database.psql("select chat_id, attempt from tgworker.outbox order by id")
                == "10|1\n11|1\n12|0")
        #expect(try await shop.telegram.requests(of: "sendMessage").count == 2)
        await standby.terminate()
        #expect(try await standby.exit() == .exited(0))
        try await end(in: shop)
        let last = try await shop.startWorker()
        #expect(try await shop.telegram.sent(count: 3).count == 3)
        await last.terminate()
    }
}
