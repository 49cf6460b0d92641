import Postgres
import TestSupport
import Testing

extension Schema {
    struct ReplyTriggerTests {
        @Test(
            "an operator's reply is queued; what was received or is sent already is not",
            arguments: DemoDatabase.allAvailable)
        func reply(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                // An operator may write to a customer who is not verified.
                let user = try await shop.makeTelegramUser(of: partner, telegramID: 201, isVerified: false)
                for (direction, messageID, isQueued) in [
                    ("outgoing", "null", true), ("outgoing", "0", true), ("outgoing", "4503599627370001", false),
                    ("incoming", "null", false), ("incoming", "17", false),
                ] {
                    try await shop.psql("delete from tgworker.outbox")
                    let message = try await shop.integer(
                        """
                        insert into telegram_message (telegram_user_id, direction, message_id, message_date, text)
                        values (\(user), '\(direction)', \(messageID), now(), 'Hello') returning id
                        """)
                    let queued = try await shop.outbox()
                    #expect(
                        queued == (isQueued ? ["reply|1|201|\(user)|\(message)|"] : []), "\(direction) \(messageID)")
                }
            }
        }

        @Test(
            "a change of the bot's token or of a setting tells the worker, one of its name does not",
            arguments: DemoDatabase.allAvailable
        )
        func configuration(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                try await shop.psql("delete from telegram_bot_config")
                let (payloads, received) = AsyncStream.makeStream(of: String.self)
                let worker = try await shop.connect(
                    handlers: Connection.Handlers(notification: { received.yield($0.payload) }))
                try await worker.query("listen tgworker")
                for statement in [
                    "insert into telegram_bot_config (bot_name, bot_token, webhook_secret, active) values ('b', '1:a', '', true)",
                    "update telegram_bot_config set bot_token = '1:b'",
                    "update telegram_bot_config set bot_name = 'c'",
                    "delete from telegram_bot_config",
                    "update tgworker.setting set value = 'hold' where name = 'unknown_outcome'",
                    "notify tgworker, 'end'",
                ] {
                    try await shop.psql(statement, as: odoo)
                }
                var arrived: [String] = []
                for await payload in payloads {
                    arrived.append(payload)
                    if payload == "end" { break }
                }
                #expect(arrived == Array(repeating: "configuration", count: 4) + ["end"])
            }
        }

        @Test("a setting takes only values that make sense", arguments: DemoDatabase.allAvailable)
        func settings(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                for (name, value, isFit) in [
                    ("notify_created", "perhaps", false), ("notify_created", "false", true),
                    ("default_language", "de", false), ("default_language", "en", true),
                    ("unknown_outcome", "", false), ("unknown_outcome", "hold", true),
                ] {
                    let before = try await shop.psql("select tgworker.setting('\(name)')")
                    let statement = "update tgworker.setting set value = '\(value)' where name = '\(name)'"
                    if isFit {
                        try await shop.psql(statement)
                    } else {
                        await #expect(throws: TestSupportError.self) { try await shop.psql(statement) }
                    }
                    let after = try await shop.psql("select tgworker.setting('\(name)')")
                    #expect(after == (isFit ? value : before))
                }
                #expect(try await shop.psql("select tgworker.setting('no such setting') is null") == "t")
            }
        }

        @Test(
            "a moment in a time zone is told even when nobody knows the zone", arguments: DemoDatabase.allAvailable)
        func localTime(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let times = try await shop.rows(
                    """
                    select zone, tgworker.local_time(timestamptz '2026-03-10 12:00:00+00', zone)
                    from unnest(array['Europe/Moscow', 'Asia/Tashkent', 'Mars/Olympus', '', null]) zone
                    """)
                #expect(
                    times == [
                        "Europe/Moscow|2026-03-10 15:00:00", "Asia/Tashkent|2026-03-10 17:00:00",
                        "Mars/Olympus|2026-03-10 12:00:00", "|2026-03-10 12:00:00", "|2026-03-10 12:00:00",
                    ])
            }
        }
    }
}
