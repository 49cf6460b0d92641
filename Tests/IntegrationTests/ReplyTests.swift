import Testing
import TestSupport

@Suite("An operator's reply goes out", .timeLimit(.minutes(10)))
struct ReplyTests {
    @Test("the reply answers the customer's message and gets Telegram's id", arguments: DemoDatabase.allAvailable)
    func reply(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        let user = try await shop.customer(partner: 10, telegram: 9_007_199_254_740)
        let question = try await shop.telegram.write("Где мой заказ?", in: 9_007_199_254_740)
        let questionID = try #require(question.messageId)
        let asked = try await shop.number(
            """
            insert into telegram_message (telegram_user_id, partner_id, message_id, direction, text, message_date)
            values (\(user), 10, \(questionID), 'incoming', 'Где мой заказ?', now()) returning id
            """)
        let worker = try await shop.startWorker()
        let id = try await shop.reply(to: user, "Ответ: ivan_petrov@x.ru <завтра> & *точно*", answering: asked)
        let message = try #require(try await shop.telegram.sent().first)
        #expect(message.text == "Ответ: ivan_petrov@x.ru <завтра> & *точно*")
        #expect(message.replyToMessageId == questionID)
        try await shop.queueDrained()
        #expect(try await shop.number("select message_id from telegram_message where id = \(id)") == message.messageId)
        #expect(
            try await shop.database.psql(
                "select state, attempts from tgworker.message_status where telegram_message_id = \(id)")
                == "sent|1")
        #expect(try await shop.number("select count(*) from telegram_message") == 2)
        await worker.terminate()
    }

    @Test(
        "a long reply is split between words, loses nothing and never breaks a character",
        arguments: [DemoDatabase.fixture])
    func long(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let text = (1...1200).map { "слово\($0)👨‍👩‍👧" }.joined(separator: " ")
        let worker = try await shop.startWorker()
        let id = try await shop.reply(to: user, text)
        try await shop.queueDrained()
        let parts = try await shop.telegram.sent()
        #expect(parts.count > 2)
        #expect(parts.allSatisfy { $0.text.utf16.count <= 4096 })
        #expect(parts.map(\.text).joined(separator: " ") == text)
        #expect(
            try await shop.database.psql("select outcome, parts, message_id from tgworker.delivery")
                == "sent|\(parts.count)|\(parts[0].messageId)")
        #expect(try await shop.number("select message_id from telegram_message where id = \(id)") == parts[0].messageId)
        await worker.terminate()
    }

    @Test("a reply that cannot go out says why, and the next one goes out", arguments: [DemoDatabase.fixture])
    func refused(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()
        let empty = try await shop.reply(to: user, " \n ")
        try await shop.telegram.block(10)
        let blocked = try await shop.reply(to: user, "Слышно?")
        try await shop.queueDrained()
        try await shop.telegram.block(10, blocked: false)
        _ = try await shop.reply(to: user, "Теперь слышно?")
        let last = try #require(try await shop.telegram.sent(count: 2).last)
        #expect(last.text == "Теперь слышно?")
        #expect(
            try await shop.database.psql(
                "select state, reason from tgworker.message_status where telegram_message_id = \(empty)")
                == "failed|the message has no text")
        #expect(
            try await shop.database.psql(
                "select state, reason from tgworker.message_status where telegram_message_id = \(blocked)")
                == "failed|the customer has blocked the bot")
        await worker.terminate()
    }
}
