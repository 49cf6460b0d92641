import Testing
import TestSupport

@Suite("Another instance takes over", .timeLimit(.minutes(15)))
struct TakeoverTests {
    /// What customers got more than once, and how often the ledger says that this may be.
    private func expectNoUnexplainedDuplicates(_ shop: Shop, hold: Bool) async throws {
        let texts = try await shop.telegram.sent().map(\.text)
        let repeated = texts.count - Set(texts).count
        let doubts = try await shop.number("select coalesce(sum(in_doubt), 0) from tgworker.delivery")
        #expect(repeated <= (hold ? 0 : doubts))
    }

    private func set(_ shop: Shop, hold: Bool) async throws {
        guard hold else { return }
        try await shop.database.psql("update tgworker.setting set value = 'hold' where name = 'unknown_outcome'")
    }

    @Test("when the sender is killed, one of two standbys does")
    func killed() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let sender = try await shop.startWorker()
        let standbys = [
            try await shop.startWorker(awaiting: "standing by"), try await shop.startWorker(awaiting: "standing by"),
        ]
        _ = try await shop.reply(to: user, "one")
        try await shop.queueDrained()
        await sender.kill(9)
        let killed = ContinuousClock.now
        _ = try await shop.reply(to: user, "two")
        #expect(try await shop.telegram.sent(count: 2).map(\.text) == ["one", "two"])
        print("takeover after SIGKILL: \(ContinuousClock.now - killed)")
        try await shop.queueDrained()
        #expect(
            try await shop.database.psql(
                """
                select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid
                where l.locktype = 'advisory' and l.granted and a.datname = current_database()
                """) == "1")
        for standby in standbys {
            await standby.terminate()
            #expect(try await standby.exit() == .exited(0))
        }
    }

    @Test(
        "when the sender's connections go dead without a word, and the cut one stands by afterwards",
        arguments: [false, true])
    func blackhole(hold: Bool) async throws {
        let shop = try await Shop.open(.fixture)
        try await set(shop, hold: hold)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let other = try await shop.customer(partner: 11, telegram: 11)
        let proxy = try DatabaseProxy(to: shop.database.cluster.port)
        defer { proxy.close() }
        let cut = try await shop.startWorker(url: shop.database.conninfo(ports: proxy.port))
        let direct = try await shop.startWorker(awaiting: "standing by")
        _ = try await shop.reply(to: user, "one")
        try await shop.queueDrained()
        // One is under way, and its outcome cannot be recorded any more.
        try await shop.telegram.fail(.latency(.seconds(4)), times: 1)
        _ = try await shop.reply(to: other, "in doubt")
        _ = try await shop.telegram.requests(count: 2, of: "sendMessage")
        proxy.blackhole()
        let begun = ContinuousClock.now
        _ = try await shop.reply(to: user, "two")
        _ = try await direct.line(containing: "sending")
        print("takeover after a blackhole: \(ContinuousClock.now - begun)")
        _ = try await cut.line(containing: "lost the database")
        try await shop.queueDrained()
        proxy.heal()
        _ = try await cut.line(containing: "standing by")
        _ = try await shop.reply(to: user, "three")
        try await shop.queueDrained()
        let texts = try await shop.telegram.sent(count: hold ? 4 : 5).map(\.text)
        #expect(texts.filter { $0 != "in doubt" } == ["one", "two", "three"])
        #expect(texts.count { $0 == "in doubt" } == (hold ? 1 : 2))
        #expect(
            try await shop.database.psql("select outcome, in_doubt from tgworker.delivery where chat_id = 11")
                == (hold ? "unknown|1" : "sent|1"))
        for worker in [cut, direct] {
            await worker.terminate()
            #expect(try await worker.exit() == .exited(0))
        }
    }

    @Test(
        "when the sender is suspended, and the resumed one sends nothing that is not its own",
        arguments: [false, true])
    func suspended(hold: Bool) async throws {
        let shop = try await Shop.open(.fixture)
        try await set(shop, hold: hold)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let paced = ["--max-messages-per-second", "0", "--max-messages-per-chat-per-second", "1"]
        let sender = try await shop.startWorker(paced)
        let standby = try await shop.startWorker(paced, awaiting: "standing by")
        // Six parts, which take a few seconds.
        let parts = "abcdef".map { String(repeating: $0, count: 4096) }
        _ = try await shop.reply(to: user, parts.joined())
        _ = try await shop.telegram.sent(count: 4)
        await sender.kill(19)
        let begun = ContinuousClock.now
        let other = try await shop.customer(partner: 11, telegram: 11)
        _ = try await shop.reply(to: other, "two")
        _ = try await standby.line(containing: "sending")
        print("takeover after SIGSTOP: \(ContinuousClock.now - begun)")
        try await shop.queueDrained()
        let before = try await shop.telegram.sent().count
        await sender.kill(18)
        _ = try await sender.line(containing: "lost the database")
        _ = try await sender.line(containing: "standing by")
        _ = try await shop.reply(to: other, "three")
        try await shop.queueDrained()
        // What was on its way when it was stopped may arrive late; it is the ledger's doubt.
        let texts = try await shop.telegram.sent(count: before + 1).map(\.text)
        try await expectNoUnexplainedDuplicates(shop, hold: hold)
        #expect(texts.filter { $0.count < 10 } == ["two", "three"])
        if !hold { #expect(Set(texts).isSuperset(of: parts), "nothing is lost") }
        for worker in [sender, standby] {
            await worker.terminate()
            #expect(try await worker.exit() == .exited(0))
        }
    }

    @Test("a session that is killed is replaced at once, also when the last one was killed a moment ago")
    func pauses() async throws {
        let shop = try await Shop.open(.fixture)
        let worker = try await shop.startWorker()
        let session = "application_name = 'tgworker' and datname = current_database()"
        for number in 1...3 {
            // It has served for a moment.
            try await eventually("a session that has served") {
                try await shop.database.psql(
                    "select count(*) from pg_stat_activity where \(session) and backend_start < now() - interval '5 s'")
                    == "1"
            }
            try await shop.database.psql("select pg_terminate_backend(pid) from pg_stat_activity where \(session)")
            try await eventually("the new session") {
                await worker.output.count { $0.text.contains("sending") } == number + 1
            }
        }
        let pauses = await worker.output.compactMap { line in
            line.text.firstRange(of: "retry_in=").map { line.text[$0.upperBound...].prefix { $0 != "s" } }
        }
        #expect(pauses.count == 3)
        for pause in pauses { #expect(try #require(Double(pause)) <= 0.25) }
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }
}
