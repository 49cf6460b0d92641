import TestSupport
import Testing

@Suite("Every update is handled once", .timeLimit(.minutes(20)))
struct ReceivingTests {
    /// A customer's message as an update.
    private func message(_ update: Int, _ text: String, from id: Int64 = 77, message: Int? = nil) -> String {
        #"{"update_id":\#(update),"message":{"message_id":\#(message ?? update),"date":1795000000,"text":"\#(text)","#
            + #""chat":{"id":\#(id),"type":"private"},"from":{"id":\#(id),"is_bot":false,"first_name":"M\#(id)","language_code":"ru"}}}"#
    }

    @Test("the same update five times, in two processes at once", arguments: DemoDatabase.allAvailable)
    func fiveTimes(kind: DemoDatabase) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let first = try await shop.startReceiver(.webhook)
        let second = try await shop.startReceiver(.webhook, awaiting: "standing by")
        try await shop.telegram.call("deleteWebhook")
        try await shop.telegram.registerChat(77)
        try await shop.customer(partner: 10, telegram: 78)
        let updates = [message(1, "/start"), message(2, "/help"), message(3, "привет", from: 78)]
        try await withThrowingTaskGroup(of: Int.self) { group in
            for update in updates {
                for round in 0..<5 {
                    group.addTask { try await (round.isMultiple(of: 2) ? first : second).post(update.utf8) }
                }
            }
            for try await status in group { #expect(status == 200) }
        }
        try await shop.queueDrained()
        #expect(
            try await shop.database.psql(
                """
                select (select count(*) from tgworker.update_log), (select count(*) from telegram_user where telegram_id = 77),
                    (select count(*) from res_partner where name = 'M77'), (select count(*) from telegram_message),
                    (select count(*) from tgworker.delivery)
                """) == "3|1|1|1|2")
        #expect(try await shop.telegram.sent(count: 0).count == 2)
        await first.process.terminate()
        await second.process.terminate()
    }

    @Test(
        "across kill -9 between the commit and the acknowledgement", arguments: DemoDatabase.allAvailable, Way.allCases)
    func killed(kind: DemoDatabase, way: Way) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let first = try await shop.startReceiver(way)
        try await shop.customer(partner: 10, telegram: 77)
        if way == .polling {
            // The poll that waits already brings the update; those that would confirm it do not arrive.
            _ = try await shop.telegram.requests(count: 1, of: "getUpdates")
            try await shop.telegram.fail(.drop(accepted: false), method: "getUpdates", times: -1)
        }
        let maria = shop.guest(77)
        try await maria.write("раз")
        try await eventually("stored") { try await shop.number("select count(*) from telegram_message") == 1 }
        await first.process.kill(9)
        _ = try await first.process.exit()
        try await shop.telegram.clearFaults()
        let second = try await shop.startReceiver(way)
        if way == .webhook {
            // Telegram has not seen the answer and posts it again, here to the next process.
            for update in try await shop.database.psql("select raw from tgworker.update_log order by id")
                .split(separator: "\n")
            {
                #expect(try await second.post(update.utf8) == 200)
            }
        }
        _ = try await second.process.line(containing: "outcome=repeated")
        #expect(try await !maria.ask("/start").isEmpty)
        #expect(try await shop.number("select count(*) from telegram_message") == 1)
        #expect(try await shop.number("select count(*) from tgworker.update_log") == 2)
        #expect(try await shop.telegram.sent(count: 0, in: 77).count == 1)
        await second.process.terminate()
    }

    /// Updates that make no sense, and whether they carry a number.
    static let poison: [(name: String, text: String)] = [
        ("bad json", #"{"update_id":200001000,"message":{"message_id":1,}}"#),
        ("cut off", #"{"update_id":200002000,"message":{"message_id":1,"te"#),
        ("missing fields", #"{"update_id":200003000,"message":{"text":"hi"}}"#),
        ("wrong types", #"{"update_id":200004000,"message":"hi"}"#),
        ("no chat", #"{"update_id":200005000,"message":{"message_id":1,"date":1,"from":{"id":1}}}"#),
        (
            "a date beyond the database",
            #"{"update_id":200006000,"message":{"message_id":1,"date":9007199254740991,"text":"x","chat":{"id":78,"type":"private"},"#
                + #""from":{"id":78,"first_name":"V"}}}"#
        ),
        (
            "ids beyond 64 bits",
            #"{"update_id":200007000,"message":{"message_id":1,"date":1,"text":"x","chat":{"id":99999999999999999999,"type":"private"}}}"#
        ),
        (
            "a lone surrogate",
            #"{"update_id":200008000,"message":{"message_id":1,"date":1,"text":"x \ud800 y","chat":{"id":78,"type":"private"},"#
                + #""from":{"id":78,"first_name":"V"}}}"#
        ),
        (
            "deeply nested",
            #"{"update_id":200009000,"message":\#(String(repeating: "[", count: 5000))\#(String(repeating: "]", count: 5000))}"#
        ),
    ]

    /// Strange updates that make sense all the same.
    static let strange: [(name: String, text: String)] = [
        (
            "ids of 52 bits",
            #"{"update_id":200011000,"message":{"message_id":4503599627370495,"date":1795000000,"text":"x","#
                + #""chat":{"id":4503599627370495,"type":"private"},"from":{"id":4503599627370495,"first_name":"Big"}}}"#
        ),
        (
            "NUL characters",
            #"{"update_id":200012000,"message":{"message_id":2,"date":1795000000,"text":"a\u0000b","#
                + #""chat":{"id":78,"type":"private"},"from":{"id":78,"first_name":"N\u0000ul"}}}"#
        ),
        ("a kind of tomorrow", #"{"update_id":200013000,"telepathy":{"thought":"tea"}}"#),
    ]

    @Test(
        "poison is recorded with the reason, and the next one is handled", arguments: DemoDatabase.allAvailable,
        Way.allCases)
    func poison(kind: DemoDatabase, way: Way) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(way)
        try await shop.customer(partner: 10, telegram: 78)
        let long =
            #"{"update_id":200020000,"message":{"message_id":9,"date":1795000000,"text":"\#(String(repeating: "щ", count: 530_000))","#
            + #""chat":{"id":78,"type":"private"},"from":{"id":78,"first_name":"V"}}}"#
        for (name, text) in Self.poison + Self.strange + [("1 MiB", long)] {
            try await shop.telegram.deliver(update: .string(text))
            #expect(try await shop.guest(79).ask("/help").contains("бот"), "after \(name)")
        }
        let count = Self.poison.count + Self.strange.count + 1
        try await shop.updatesLogged(2 * count)
        let failed = try await shop.database.psql(
            "select update_id, reason from tgworker.update_log where outcome = 'failed' order by id")
        #expect(
            failed.split(separator: "\n").count == Self.poison.count + (way == .webhook ? 1 : 0),
            "over the webhook 1 MiB is the limit: \(failed)")
        #expect(try await shop.number("select count(*) from tgworker.update_log where outcome = 'ignored'") == 1)
        #expect(
            try await shop.database.psql("select string_agg(text, ',') from telegram_message where length(text) < 9")
                == "ab", "a NUL is left out")
        if way == .polling {
            #expect(try await shop.number("select max(octet_length(text)) from telegram_message") == 1_060_000)
        }
        #expect(
            try await shop.number(
                "select count(*) from tgworker.update_log where update_id >= 200000000 and update_id % 1000 = 0")
                == count,
            "each has its number, the broken ones too")
        await receiver.process.terminate()
        _ = try await receiver.process.exit()
        #expect(await !receiver.process.text(ofErrors: true).contains("щщщ"), "no text gets into the log")
    }

    @Test("numbers that begin anew after a quiet week, below the old ones and on used ones", arguments: Way.allCases)
    func renumbered(way: Way) async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let receiver = try await shop.startReceiver(way)
        try await shop.customer(partner: 10, telegram: 77)
        let maria = shop.guest(77)
        _ = try await maria.ask("/help")
        try await shop.updatesLogged(1)
        try await shop.database.psql("update tgworker.update_log set received_at = received_at - interval '8 days'")
        let used = try await shop.number("select update_id from tgworker.update_log")
        for (update, text) in [(5, "низко"), (used, "занято"), (6, "снова")] {
            try await shop.telegram.deliver(update: .string(message(update, text, message: 900 + update % 100)))
            try await eventually("stored \(text)") {
                try await shop.number("select count(*) from telegram_message where text = '\(text)'") == 1
            }
        }
        #expect(try await shop.number("select count(*) from tgworker.update_log") == 3, "the old entry has made room")
        await receiver.process.terminate()
    }

    @Test("a thousand updates in one burst are all answered", arguments: DemoDatabase.allAvailable, Way.allCases)
    func burst(kind: DemoDatabase, way: Way) async throws {
        let (count, people) = (1000, 200)
        let shop = try await Shop.openForCustomers(kind)
        // What has come in while nobody received.
        for chat in 1...people { try await shop.telegram.registerChat(5_000_000_000 + Int64(chat)) }
        for number in 1...count {
            let chat = 5_000_000_001 + Int64((number - 1) % people)
            let text = number <= people ? "/start" : "/help"
            try await shop.telegram.deliver(update: .string(message(number, text, from: chat)))
        }
        let receiver = try await shop.startReceiver(way)
        let sent = try await shop.telegram.sent(count: count, wait: .seconds(120))
        #expect(sent.count == count)
        let begun = Int64(
            try await shop.number(
                "select (extract(epoch from min(received_at)) * 1000000)::bigint from tgworker.update_log"))
        let ended = try #require(sent.map(\.receivedAt).max())
        print("\(kind), \(way): \(count) updates answered, \((ended - begun) / Int64(count)) µs per update")
        #expect(try await shop.number("select count(*) from telegram_user") >= 200)
        #expect(
            try await shop.number(
                "select count(*) from (select telegram_id from telegram_user group by 1 having count(*) > 1) d") == 0)
        // Each person is greeted before anything else.
        let answers = Dictionary(grouping: sent, by: \.chatId)
        #expect(answers.count == people)
        #expect(answers.values.allSatisfy { $0.count == count / people })
        #expect(answers.values.allSatisfy { $0.first?.text.contains("код") == true })
        try await shop.queueDrained()
        await receiver.process.terminate()
    }
}
