import TestSupport
import Testing

@Suite("A customer and the operators write to each other", .timeLimit(.minutes(20)))
struct OperatorChatTests {
    @Test(
        "messages come in as Odoo expects them, threaded, edited, unread", arguments: DemoDatabase.allAvailable,
        Way.allCases)
    func messages(kind: DemoDatabase, way: Way) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(way)
        let user = try await shop.customer(partner: 10, telegram: 77)
        let maria = shop.guest(77)
        let question = try await maria.write("Где мой заказ? <b>&\u{1F600}")
        try await eventually("stored") { try await shop.number("select count(*) from telegram_message") == 1 }
        #expect(
            try await shop.database.psql(
                """
                select telegram_user_id = \(user), partner_id, message_id = \(question.messageId ?? 0), direction, text, is_read,
                    user_id is null, reply_to_message_id is null, create_uid, write_uid, create_date = write_date,
                    abs(extract(epoch from message_date - now() at time zone 'UTC')) < 600,
                    message_date = (select last_message_date from telegram_user where id = \(user))
                from telegram_message
                """) == "t|10|t|incoming|Где мой заказ? <b>&\u{1F600}|f|t|t|1|1|t|t|t")
        #expect(try await shop.number("select count(*) from tgworker.outbox") == 0, "nothing is sent back for it")

        // The operator answers, and the customer answers that.
        let asked = try await shop.number("select id from telegram_message")
        let reply = try await shop.reply(to: user, "Завтра", answering: asked)
        let answer = try await maria.read()
        #expect(answer.replyToMessageId == question.messageId)
        try await shop.queueDrained()
        try await maria.write("Спасибо", ["reply_to_message_id": .integer(answer.messageId)])
        try await eventually("threaded") {
            try await shop.number(
                "select count(*) from telegram_message where text = 'Спасибо' and reply_to_message_id = \(reply)") == 1
        }

        // An edit changes the text, marks it and makes it unread again; an older edit that comes later does not count.
        try await shop.database.psql("update telegram_message set is_read = true")
        func edit(_ text: String, at date: Int64) async throws {
            try await shop.telegram.deliver(update: [
                "edited_message": [
                    "message_id": .integer(question.messageId ?? 0), "date": 1_795_000_000, "edit_date": .integer(date),
                    "chat": ["id": 77, "type": "private"], "from": ["id": 77, "is_bot": false, "first_name": "Мария"],
                    "text": .string(text),
                ]
            ])
        }
        try await edit("Где мой чай?", at: 1_795_000_200)
        try await eventually("edited") {
            try await shop.database.psql("select text, is_read from telegram_message where id = \(asked)")
                == "✏️ Где мой чай?|f"
        }
        try await edit("Где?", at: 1_795_000_100)
        try await shop.updatesLogged(4)
        #expect(
            try await shop.database.psql("select text from telegram_message where id = \(asked)") == "✏️ Где мой чай?")
        #expect(try await shop.number("select count(*) from tgworker.edited_message") == 1)
        #expect(try await shop.number("select count(*) from telegram_message") == 3)
        await receiver.process.terminate()
    }

    @Test("an edit that overtakes its message is not undone by it", arguments: [Way.webhook])
    func overtaking(way: Way) async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let receiver = try await shop.startReceiver(way)
        try await shop.customer(partner: 10, telegram: 77)
        func update(_ kind: String, _ id: Int, _ text: String) -> String {
            #"{"update_id":\#(id),"\#(kind)":{"message_id":5,"date":1795000000,"edit_date":1795000100,"text":"\#(text)","#
                + #""chat":{"id":77,"type":"private"},"from":{"id":77,"is_bot":false,"first_name":"M"}}}"#
        }
        #expect(try await receiver.post(update("edited_message", 2, "второй").utf8) == 200)
        #expect(try await receiver.post(update("message", 1, "первый").utf8) == 200)
        #expect(try await shop.database.psql("select text from telegram_message") == "✏️ второй")
        await receiver.process.terminate()
    }

    @Test("what is no text has words in Odoo", arguments: DemoDatabase.allAvailable)
    func placeholders(kind: DemoDatabase) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(.polling)
        try await shop.customer(partner: 10, telegram: 77)
        let maria = shop.guest(77)
        let file: JSON = ["file_id": "x", "file_unique_id": "y"]
        let contents: [([String: JSON], String)] = [
            (["photo": [file]], "[Фото]"), (["photo": [file], "caption": "вот так пришло"], "вот так пришло"),
            (["document": ["file_id": "x", "file_name": "счёт.pdf"]], "[Файл: счёт.pdf]"),
            (["voice": ["file_id": "x", "duration": 67]], "[Голосовое сообщение, 1:07]"),
            (["sticker": ["file_id": "x", "emoji": "😀"]], "[Стикер 😀]"),
            (
                ["location": ["latitude": 55.75, "longitude": 37.5]],
                "[Геопозиция: https://maps.google.com/?q=55.75,37.5]"
            ),
            (["contact": ["phone_number": "+7999", "first_name": "Друг"]], "[Контакт: Друг +7999]"),
            (["video_note": file], "[Видеосообщение]"), (["something_new": file], "[Сообщение без текста]"),
        ]
        for (fields, _) in contents { try await maria.write(nil, fields) }
        try await eventually("stored") {
            try await shop.number("select count(*) from telegram_message") == contents.count
        }
        let texts = try await shop.database.psql("select text from telegram_message order by id").split(separator: "\n")
        #expect(texts.map(String.init) == contents.map(\.1))
        await receiver.process.terminate()
    }

    @Test(
        "the bot's operators see a toast in Odoo at once, unless it is switched off, and their conversations follow",
        arguments: DemoDatabase.allAvailable)
    func toast(kind: DemoDatabase) async throws {
        let shop = try await Shop.openForCustomers(kind)
        try await shop.customer(partner: 10, telegram: 77)
        let recipient = try await shop.number(
            """
            insert into telegram_bot_operator_rel (bot_id, user_id)
            select b.id, u.id from telegram_bot_config b, res_users u where u.active order by u.id limit 1
            returning (select partner_id from res_users where id = user_id)
            """)
        // What Odoo's longpolling process does. psql shows a notification after the statement during which it came.
        let listening = try await ChildProcess.start(
            "psql", ["-X", "-d", shop.database.cluster.url(database: "postgres")],
            input: "listen imbus;\n" + String(repeating: "select pg_sleep(0.1);\n", count: 1000))
        _ = try await listening.line(containing: "LISTEN")
        let receiver = try await shop.startReceiver(.polling)
        try await shop.guest(77).write("Где \"заказ\"?\nСрочно")
        try await eventually("posted") { try await shop.number("select count(*) from bus_bus") == 2 }
        let channel = #"["\#(shop.database.name)","res.partner",\#(recipient)]"#
        #expect(
            try await shop.database.psql(
                """
                select channel, message::json ->> 'type', message::json #>> '{payload,title}', message::json #>> '{payload,message}',
                    message::json #>> '{payload,sticky}', create_uid, create_date is not null from bus_bus order by id desc limit 1
                """) == #"\#(channel)|simple_notification|Мария|Где "заказ"? Срочно|false|1|t"#)
        _ = try await listening.line(containing: "[\(channel)]")
        func news(of row: String) async throws -> String {
            try await shop.database.psql(
                #"""
                select channel || '|{"type":"telegram_bot/new_message","payload":{"telegram_user_id":' || telegram_user_id
                    || ',"message_id":' || m.id || '}}'
                from telegram_message m, (select '\#(channel)' as channel) c where \#(row)
                """#)
        }
        #expect(
            try await shop.database.psql("select channel, message from bus_bus order by id limit 1")
                == news(of: "text like 'Где%'"))

        try await shop.database.psql("update tgworker.setting set value = 'false' where name = 'operator_toast'")
        let quiet = try await shop.guest(77).write("тихо")
        try await eventually("told without a toast") { try await shop.number("select count(*) from bus_bus") == 3 }
        #expect(
            try await shop.database.psql("select channel, message from bus_bus order by id desc limit 1")
                == news(of: "text = 'тихо'"))
        try await shop.telegram.deliver(update: [
            "edited_message": [
                "message_id": .integer(quiet.messageId ?? 0), "date": 1_795_000_000, "edit_date": 1_795_000_100,
                "chat": ["id": 77, "type": "private"], "from": ["id": 77, "is_bot": false, "first_name": "Мария"],
                "text": "тише",
            ]
        ])
        try await eventually("told of the change") { try await shop.number("select count(*) from bus_bus") == 4 }
        #expect(
            try await shop.database.psql("select channel, message from bus_bus order by id desc limit 1")
                == news(of: "text like '%тише'"))
        await receiver.process.terminate()
        await listening.kill(9)
    }

    @Test("a toast that cannot be shown never fails the message")
    func toastFails() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        try await shop.customer(partner: 10, telegram: 77)
        try await shop.database.psql("drop table bus_bus cascade")
        let receiver = try await shop.startReceiver(.polling)
        try await shop.guest(77).write("раз")
        try await shop.guest(77).write("два")
        try await eventually("stored") { try await shop.number("select count(*) from telegram_message") == 2 }
        _ = try await receiver.process.line(containing: "operators were not notified in Odoo")
        #expect(
            try await shop.database.psql("select outcome, count(*) from tgworker.update_log group by 1") == "handled|2")
        await receiver.process.terminate()
    }

    @Test("who has blocked the bot is left alone until they return", arguments: DemoDatabase.allAvailable, Way.allCases)
    func blocked(kind: DemoDatabase, way: Way) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(way)
        try await shop.customer(partner: 10, telegram: 77)
        let maria = shop.guest(77)
        try await shop.telegram.block(77)
        try await eventually("known") {
            try await shop.number("select count(*) from tgworker.chat where blocked_since is not null") == 1
        }
        try await shop.change([try await shop.order("S-1", partner: 10)], to: "sale")
        try await shop.queueDrained()
        #expect(
            try await shop.database.psql("select outcome, reason, attempts from tgworker.delivery")
                == "failed|the customer has blocked the bot|1")
        #expect(try await shop.telegram.requests(of: "sendMessage").isEmpty, "Telegram was not asked")

        try await shop.telegram.block(77, blocked: false)
        try await eventually("returned") {
            try await shop.number("select count(*) from tgworker.chat where blocked_since is null") == 1
        }
        try await shop.change([try await shop.order("S-2", partner: 10)], to: "sale")
        #expect(try await maria.read().text.contains("S-2"))

        // Telegram's own refusal tells as well, and whatever the customer writes opens the chat again.
        try await shop.telegram.fail(.error(403, "Forbidden: bot was blocked by the user"))
        try await shop.change([try await shop.order("S-3", partner: 10)], to: "sale")
        try await eventually("refused") {
            try await shop.number("select count(*) from tgworker.chat where blocked_since is not null") == 1
        }
        #expect(try await !maria.ask("/start").isEmpty)
        try await shop.change([try await shop.order("S-4", partner: 10)], to: "sale")
        #expect(try await maria.read().text.contains("S-4"))

        // Should the word of a return have been lost, it shows when a notification is tried after a week.
        try await shop.database.psql(
            "update tgworker.chat set blocked_since = now() - interval '8 days', blocked_reason = 'long ago'")
        try await shop.change([try await shop.order("S-5", partner: 10)], to: "sale")
        #expect(try await maria.read().text.contains("S-5"))
        try await eventually("open again") {
            try await shop.number("select count(*) from tgworker.chat where blocked_since is null") == 1
        }
        await receiver.process.terminate()
    }
}
