import TestSupport
import Testing

@Suite("A message is not tried for ever", .timeLimit(.minutes(10)))
struct LimitTests {
    private static let doubt = "; the customer may have the message"

    @Test("after so many failures it has failed, and the next of its chat is sent")
    func attempts() async throws {
        let shop = try await Shop.open(.fixture)
        try await shop.database.psql("update tgworker.setting set value = '3' where name = 'max_attempts'")
        let user = try await shop.customer(partner: 10, telegram: 10)
        let other = try await shop.customer(partner: 11, telegram: 11)
        try await shop.telegram.fail(.proxyPage(status: 502), chat: 10, times: 3)
        // Pauses do not count.
        try await shop.telegram.fail(.tooManyRequests(retryAfter: 1), chat: 10, times: 3)
        for text in ["1", "2"] { _ = try await shop.reply(to: user, text) }
        _ = try await shop.reply(to: other, "somebody else's")
        let worker = try await shop.startWorker()
        try await shop.queueDrained()
        #expect(try await shop.telegram.sent(count: 2).map(\.text).sorted() == ["2", "somebody else's"])
        let ledger = try await shop.ledger(of: 10, "outcome, attempts, in_doubt, coalesce(reason, '')")
        let failed = try #require(ledger.first)
        #expect(failed.hasPrefix("failed|3|3|gave up after 3 attempts in "))
        #expect(
            failed.hasSuffix(" s: no proper answer from Telegram: HTTP 502 without a Bot API answer\(Self.doubt)"))
        #expect(ledger.last == "sent|4|0|")
        // The operator may have it tried again, from the start.
        _ = try await shop.database.psql(
            "select tgworker.retry(outbox_id) from tgworker.delivery where outcome = 'failed'")
        #expect(try await shop.telegram.sent(count: 3).last?.text == "1")
        try await shop.queueDrained()
        #expect(
            try await shop.database.psql(
                "select outcome, attempts, in_doubt from tgworker.delivery order by id desc limit 1") == "sent|1|3")
        await worker.terminate()
    }

    @Test("after so many hours since its first failure it has failed; time before that does not count")
    func hours() async throws {
        let shop = try await Shop.open(.fixture)
        try await shop.database.psql("update tgworker.setting set value = '2' where name = 'max_retry_hours'")
        let user = try await shop.customer(partner: 10, telegram: 10)
        _ = try await shop.reply(to: user, "old")
        // No worker ran for three days.
        try await shop.database.psql(
            "update tgworker.outbox set enqueued_at = now() - interval '3 days', available_at = now() - interval '3 days'"
        )
        try await shop.telegram.fail(.proxyPage(status: 403), chat: 10, times: -1)
        let worker = try await shop.startWorker()
        try await shop.reached("it failed twice", "select failures >= 2 from tgworker.outbox", is: "t")
        try await eventually("hours pass") {
            try await shop.database.psql(
                """
                with waiting as (
                    update tgworker.outbox set failing_since = now() - interval '2 hours', available_at = now()
                    where sending_since is null returning 1
                ) select count(*), pg_notify('tgworker', 'outbox') from waiting
                """
            ).hasPrefix("1|")
        }
        try await shop.queueDrained()
        let ledger = try await shop.ledger(of: 10)
        #expect(ledger.count == 1)
        #expect(ledger.first?.hasPrefix("failed|gave up after ") == true)
        #expect(
            ledger.first?.hasSuffix(" in 2 h: Telegram was not reached: HTTP 403 without a Bot API answer") == true)
        await worker.terminate()
    }

    @Test("not even if it ends its worker each time: then it is not sent again, and the next one is")
    func killer() async throws {
        let shop = try await Shop.open(.fixture)
        try await shop.database.psql("update tgworker.setting set value = '2' where name = 'max_attempts'")
        let user = try await shop.customer(partner: 10, telegram: 10)
        try await shop.telegram.fail(.hang(.seconds(600)), chat: 10, times: 2)
        for text in ["kills", "next"] { _ = try await shop.reply(to: user, text) }
        for round in 1...2 {
            let worker = try await shop.startWorker()
            _ = try await shop.telegram.requests(count: round, of: "sendMessage")
            try await shop.kill(worker)
        }
        let worker = try await shop.startWorker()
        try await shop.queueDrained()
        let ledger = try await shop.ledger(of: 10, "outcome, in_doubt, coalesce(reason, '')")
        #expect(ledger.count == 2)
        #expect(ledger.first?.hasPrefix("failed|2|gave up after 2 attempts in ") == true)
        #expect(ledger.first?.hasSuffix(" s: the worker stopped while it was sending\(Self.doubt)") == true)
        #expect(ledger.last == "sent|0|")
        #expect(try await shop.telegram.requests(of: "sendMessage").count == 3, "not a third time")
        await worker.terminate()
    }

    @Test("a part that was sent begins anew, and the worker's own end does not count")
    func notCounted() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        try await shop.telegram.fail(.proxyPage(status: 403), chat: 10)
        let worker = try await shop.startWorker(["--drain-timeout", "1"])
        try await shop.telegram.fail(.latency(.seconds(0)), chat: 10)
        try await shop.telegram.fail(.hang(.seconds(600)), chat: 10, times: -1)
        _ = try await shop.reply(to: user, String(repeating: "word ", count: 1500))
        // The first part fails and then gets through, the second one hangs.
        _ = try await shop.telegram.requests(count: 3, of: "sendMessage")
        #expect(
            try await shop.database.psql("select parts_sent, failures, failing_since is null from tgworker.outbox")
                == "1|0|t")
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        #expect(
            try await shop.database.psql(
                "select failures, in_doubt, sending_since is null, last_error from tgworker.outbox")
                == "0|1|t|the worker stopped while it waited for Telegram's answer")
    }
}
