import TestSupport
import Testing

@Suite("Telegram is not reached, or gives no proper answer", .timeLimit(.minutes(15)))
struct OutageTests {
    struct Trouble: Sendable, CustomTestStringConvertible {
        var fault: Simulator.Fault
        /// What the operator reads.
        var words: String
        /// Whether the message may have been sent.
        var isInDoubt = true
        /// Whether it was.
        var isAccepted = false

        var testDescription: String { words }
    }

    private static let troubles = [
        Trouble(
            fault: .error(500, "Internal Server Error: restart"),
            words: "no proper answer from Telegram: Internal Server Error: restart"),
        Trouble(
            fault: .proxyPage(status: 502), words: "no proper answer from Telegram: HTTP 502 without a Bot API answer"),
        Trouble(
            fault: .proxyPage(status: 403), words: "Telegram was not reached: HTTP 403 without a Bot API answer",
            isInDoubt: false),
        Trouble(
            fault: .error(409, "Conflict: terminated by other getUpdates request"),
            words: "Telegram was not reached: Conflict: terminated by other getUpdates request", isInDoubt: false),
        Trouble(
            fault: .garbage, words: "no proper answer from Telegram: HTTP 200 without a Bot API answer",
            isAccepted: true),
        Trouble(fault: .truncate, words: "no proper answer from Telegram: ", isAccepted: true),
        Trouble(
            fault: .drop(accepted: true),
            words: "no proper answer from Telegram: the connection broke before an answer came", isAccepted: true),
        Trouble(
            fault: .drop(accepted: false),
            words: "no proper answer from Telegram: the connection broke before an answer came"),
        Trouble(
            fault: .hang(.seconds(600)), words: "no proper answer from Telegram: no answer in time", isAccepted: true),
    ]

    @Test("then the message is tried again, and each doubt about it is counted", arguments: troubles)
    func resent(trouble: Trouble) async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let other = try await shop.customer(partner: 11, telegram: 11)
        let worker = try await shop.startWorker()
        try await shop.telegram.fail(trouble.fault, chat: 10)
        for text in ["1", "2"] { _ = try await shop.reply(to: user, text) }
        _ = try await shop.reply(to: other, "somebody else's")
        _ = try await worker.line(containing: trouble.words)
        try await shop.queueDrained(within: .seconds(120))
        let doubts = trouble.isInDoubt ? 1 : 0
        #expect(
            try await shop.ledger(of: 10, "outcome, attempts, in_doubt, reason")
                == ["sent|2|\(doubts)|", "sent|1|0|"])
        #expect(try await shop.ledger(of: 11, "outcome, attempts, in_doubt") == ["sent|1|0"])
        let texts = try await shop.telegram.sent(count: 3, in: 10, wait: .zero).map(\.text)
        #expect(texts == (trouble.isAccepted ? ["1", "1", "2"] : ["1", "2"]))
        #expect(try await shop.readiness(of: worker) == "ready: sender\n200")
        await worker.terminate()
    }

    @Test("then no message of unknown outcome is sent twice where that is not wanted", arguments: troubles)
    func held(trouble: Trouble) async throws {
        let shop = try await Shop.open(.fixture)
        try await shop.database.psql("update tgworker.setting set value = 'hold' where name = 'unknown_outcome'")
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()
        try await shop.telegram.fail(trouble.fault, chat: 10)
        for text in ["1", "2"] { _ = try await shop.reply(to: user, text) }
        try await shop.queueDrained(within: .seconds(120))
        let ledger = try await shop.ledger(of: 10, "outcome, attempts, in_doubt, coalesce(reason, '')")
        let first = try #require(ledger.first)
        if trouble.isInDoubt {
            #expect(first.hasPrefix("unknown|1|1|\(trouble.words)"))
            #expect(first.hasSuffix(": look whether the customer has the message"))
        } else {
            #expect(first == "sent|2|0|")
        }
        #expect(ledger.dropFirst() == ["sent|1|0|"])
        let texts = try await shop.telegram.sent(count: 3, in: 10, wait: .zero).map(\.text)
        #expect(texts == (trouble.isInDoubt && !trouble.isAccepted ? ["2"] : ["1", "2"]))
        await worker.terminate()
    }

    @Test(
        "from the start: no name, no port, no TLS. It says so, is not ready, and loses nothing",
        arguments: [
            ("http://telegram.invalid", "its name cannot be resolved"),
            ("http://127.0.0.1:1", "no connection"),
            ("https:", "no secure connection"),
        ])
    func fromTheStart(address: String, words: String) async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        _ = try await shop.reply(to: user, "patience")
        // TLS against a port that speaks plain HTTP.
        let url = address == "https:" ? shop.telegram.url.replacing("http:", with: "https:") : address
        let worker = try await shop.startWorker(["--telegram-api-url", url], awaiting: "waiting reason=")
        _ = try await worker.line(containing: "Telegram cannot be reached: \(words)")
        let readiness = try await shop.readiness(of: worker)
        #expect(readiness.hasPrefix("not ready: Telegram cannot be reached: \(words)") && readiness.hasSuffix("503"))
        #expect(try await shop.database.psql("select attempt, failures from tgworker.outbox") == "0|0")
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        let next = try await shop.startWorker()
        #expect(try await shop.telegram.sent(count: 1).map(\.text) == ["patience"])
        await next.terminate()
    }

    @Test("in the middle, and then is: what waited comes at once, not when its own pause is over")
    func backAgain() async throws {
        let shop = try await Shop.open(.fixture)
        var users: [Int] = []
        for chat in 10...12 { users.append(try await shop.customer(partner: chat, telegram: Int64(chat))) }
        let worker = try await shop.startWorker()
        try await shop.telegram.fail(.proxyPage(status: 403), times: -1)
        for user in users.prefix(2) { _ = try await shop.reply(to: user, "waits") }
        _ = try await worker.line(containing: "sending pauses")
        // As if the outage had lasted for long.
        try await eventually("both wait for an hour") {
            try await shop.database.psql(
                """
                with postponed as (
                    update tgworker.outbox set available_at = now() + interval '1 hour'
                    where sending_since is null and failures > 0 returning 1
                ) select count(*) from postponed
                """) == "2"
        }
        try await shop.telegram.clearFaults()
        _ = try await shop.reply(to: users[2], "new")
        #expect(try await shop.telegram.sent(count: 3).map(\.text) == ["new", "waits", "waits"])
        try await shop.queueDrained()
        await worker.terminate()
    }

    @Test("because its server is gone: messages wait and go out when it is back")
    func serverGone() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()
        await shop.telegram.process.kill(9)
        _ = try await shop.telegram.process.exit()
        for text in ["1", "2"] { _ = try await shop.reply(to: user, text) }
        _ = try await worker.line(containing: "Telegram was not reached: no connection")
        let port = try #require(shop.telegram.url.split(separator: ":").last)
        let back = try await Simulator.start(["--port", String(port), "--accept-any-chat"])
        #expect(try await back.sent(count: 2).map(\.text) == ["1", "2"])
        try await shop.queueDrained()
        #expect(try await shop.number("select max(in_doubt) from tgworker.delivery") <= 1)
        await worker.terminate()
    }
}
