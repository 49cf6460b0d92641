import TestSupport
import Testing

@Suite("A group that becomes a supergroup is followed", .timeLimit(.minutes(10)))
struct GroupMoveTests {
    private static let (old, new): (Int64, Int64) = (-100, -1_001_234_567_890)

    /// A shop with a verified customer that is a group, which has moved since.
    private func shop() async throws -> (shop: Shop, user: Int) {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: Self.old)
        try await shop.telegram.registerChat(Self.old, fields: ["migrate_to_chat_id": .integer(Self.new)])
        try await shop.telegram.registerChat(Self.new, fields: ["type": "supergroup"])
        try await shop.database.psql(
            """
            insert into tgworker.chat (bot_id, chat_id, language_code) values (123456, \(Self.old), 'en');
            update telegram_user set telegram_id = 10 where id = \(user)
            """)
        return (shop, user)
    }

    @Test("everything that waits goes to its new id at once, in order, and Odoo has the new id")
    func followed() async throws {
        let (shop, user) = try await shop()
        let other = try await shop.customer(partner: 11, telegram: 11)
        for text in ["1", "2", "3"] { _ = try await shop.reply(to: user, text) }
        try await shop.change([try await shop.order("S-1", partner: 10)], to: "sale")
        _ = try await shop.reply(to: other, "somebody else's")
        let worker = try await shop.startWorker()
        try await shop.queueDrained()
        let texts = try await shop.telegram.sent(count: 5).filter { $0.chatId == Self.new }.map(\.text)
        #expect(texts.prefix(3) == ["1", "2", "3"])
        #expect(texts.last?.contains("S-1") == true && texts.count == 4)
        #expect(try await shop.ledger(of: Self.old).isEmpty)
        #expect(
            try await shop.ledger(of: Self.new, "outcome, attempts, in_doubt")
                == ["sent|2|0", "sent|1|0", "sent|1|0", "sent|1|0"])
        #expect(
            try await shop.database.psql("select telegram_id, chat_id from telegram_user where id = \(user)")
                == "10|\(Self.new)")
        #expect(
            try await shop.database.psql("select chat_id, language_code from tgworker.chat") == "\(Self.new)|en")
        _ = try await worker.line(containing: "a group has a new id")
        _ = try await shop.reply(to: user, "4")
        try await shop.queueDrained()
        #expect(try await shop.ledger(of: Self.new, "attempts").last == "1", "nothing is sent to the old id any more")
        await worker.terminate()
    }

    @Test("nobody is waited for who has its row open in Odoo; that is made up for by the next message")
    func locked() async throws {
        let (shop, user) = try await shop()
        let manager = try await ChildProcess.start(
            "psql",
            [
                "-X", "-q", "-d", shop.database.url, "-c",
                "begin; select id from telegram_user where id = \(user) for update; select pg_sleep(600)",
            ])
        try await eventually("the manager has it open") {
            try await shop.database.psql(
                "select count(*) from pg_stat_activity where query like '%pg_sleep(600)%' and wait_event = 'PgSleep' and datname = current_database()"
            ) == "1"
        }
        // Operators' messages refer to the user, so they wait for the manager; a notification does not.
        try await shop.database.psql(
            """
            insert into tgworker.outbox (kind, priority, chat_id, telegram_user_id, event)
            values ('answer', 0, \(Self.old), \(user), '{"help": {}}')
            """)
        let worker = try await shop.startWorker()
        #expect(try await shop.telegram.sent(count: 1).map(\.chatId) == [Self.new])
        try await shop.queueDrained()
        #expect(try await shop.number("select chat_id from telegram_user where id = \(user)") == Int(Self.old))
        await manager.kill(9)
        try await shop.database.psql(
            "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
        )
        _ = try await shop.reply(to: user, "once more")
        #expect(try await shop.telegram.sent(count: 2).last?.text == "once more")
        try await shop.queueDrained()
        #expect(try await shop.number("select chat_id from telegram_user where id = \(user)") == Int(Self.new))
        await worker.terminate()
    }

    @Test("two groups that refer to each other end the message, not the worker")
    func circle() async throws {
        let (shop, user) = try await shop()
        try await shop.database.psql("update tgworker.setting set value = '20' where name = 'max_attempts'")
        try await shop.telegram.registerChat(Self.new, fields: ["migrate_to_chat_id": .integer(Self.old)])
        _ = try await shop.reply(to: user, "round and round")
        let worker = try await shop.startWorker()
        try await shop.queueDrained()
        #expect(
            try await shop.database.psql("select outcome, attempts, reason from tgworker.delivery").hasPrefix(
                "failed|20|gave up after 20 attempts in "))
        await worker.terminate()
    }
}
