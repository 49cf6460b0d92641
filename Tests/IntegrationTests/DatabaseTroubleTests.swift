import Testing
import TestSupport

@Suite("The database comes and goes", .timeLimit(.minutes(10)))
struct DatabaseTroubleTests {
    @Test("a killed session and a crashed server are survived, and nothing is lost or forgotten")
    func restart() async throws {
        let cluster = try await Cluster.start()
        let shop = try await Shop.open(.fixture, in: cluster)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()

        try await shop.database.psql(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tgworker'")
        _ = try await shop.reply(to: user, "after the session was killed")
        _ = try await shop.telegram.sent(count: 1)

        try await cluster.restart()
        try await eventually("the server is back") { (try? await shop.database.psql("select 1")) == "1" }
        _ = try await shop.reply(to: user, "after the crash")
        let texts = try await shop.telegram.sent(count: 2).map(\.text)
        #expect(texts == ["after the session was killed", "after the crash"])
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        try await cluster.stop()
    }

    @Test("what a crash of the server has forgotten of an attempt is counted as a doubt by whoever sends again")
    func forgottenAttempt() async throws {
        let cluster = try await Cluster.start()
        // So long may a commit that does not wait for the disk be only in the server's memory.
        try await cluster.psql("alter system set wal_writer_delay = '10s'; select pg_reload_conf()")
        let shop = try await Shop.open(.fixture, in: cluster)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let other = try await shop.customer(partner: 11, telegram: 11)
        try await shop.telegram.fail(.latency(.seconds(2)))
        let first = try await shop.startWorker()
        _ = try await shop.reply(to: user, "on its way")
        _ = try await shop.telegram.requests(count: 1, of: "sendMessage")
        await first.kill(9)
        try await cluster.restart(.immediate)
        try await eventually("the server is back") { (try? await shop.database.psql("select 1")) == "1" }

        let second = try await shop.startWorker()
        #expect(try await shop.telegram.sent(count: 2).map(\.text) == ["on its way", "on its way"])
        _ = try await shop.reply(to: other, "after the crash")
        try await eventually("recorded") {
            try await shop.database.psql("select chat_id, outcome, in_doubt from tgworker.delivery order by id")
                == "10|sent|1\n11|sent|0"
        }
        await second.terminate()
        #expect(try await second.exit() == .exited(0))
        try await cluster.stop()
    }

    @Test("what Telegram accepted while the database was away is recorded as sent, once")
    func outcomeSurvives() async throws {
        let cluster = try await Cluster.start()
        let shop = try await Shop.open(.fixture, in: cluster)
        let user = try await shop.customer(partner: 10, telegram: 10)
        try await shop.telegram.fail(.latency(.seconds(2)))
        let worker = try await shop.startWorker()
        _ = try await shop.reply(to: user, "on its way")
        _ = try await shop.telegram.requests(count: 1, of: "sendMessage")
        try await cluster.shutDown()
        _ = try await worker.line(containing: "lost the database")
        _ = try await shop.telegram.sent(count: 1)
        try await cluster.startAgain()
        try await eventually("recorded", timeout: .seconds(40)) {
            (try? await shop.database.psql("select outcome, in_doubt from tgworker.delivery")) == "sent|0"
        }
        #expect(try await shop.telegram.sent(count: 0).count == 1)
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        try await cluster.stop()
    }

    @Test(
        "orders can be changed after the schema or the addon's tables are dropped under a running worker",
        arguments: DemoDatabase.allAvailable)
    func dropped(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        try await shop.customer(partner: 10, telegram: 10)
        let order = try await shop.order("S-1", partner: 10)
        let worker = try await shop.startWorker()
        try await shop.database.psql("drop table telegram_user cascade")
        try await shop.change([order], to: "sent")
        try await shop.database.psql("drop schema tgworker cascade")
        try await shop.change([order], to: "sale")
        #expect(try await shop.database.psql("select state from sale_order where id = \(order)") == "sale")
        // Installing again mends it, and the worker goes on by itself.
        try await Command.run(Checkout.product("tgworker"), ["install-sql", "--database-url", shop.database.url])
        try await shop.database.psql(
            "insert into telegram_user (telegram_id, partner_id, is_verified) values (10, 10, true)")
        try await shop.change([order], to: "cancel")
        let message = try #require(try await shop.telegram.sent(wait: .seconds(60)).first)
        #expect(message.text.contains("S-1"))
        await worker.terminate()
    }

    @Test("the worker runs as a role that has only what --grant-to gives", arguments: DemoDatabase.allAvailable)
    func leastPrivilege(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        let role = "worker_\(shop.database.name)"
        try await shop.database.psql("create role \(role) login")
        try await Command.run(
            Checkout.product("tgworker"), ["install-sql", "--database-url", shop.database.url, "--grant-to", role])
        let user = try await shop.customer(partner: 10, telegram: 10)
        let order = try await shop.order("S-1", partner: 10)
        let url = shop.database.cluster.url(database: shop.database.name, user: role)
        let worker = try await shop.startWorker(url: url)
        try await shop.change([order], to: "sale")
        _ = try await shop.reply(to: user, "hello")
        _ = try await shop.telegram.sent(count: 2)
        try await shop.queueDrained()
        #expect(
            try await shop.database.psql(
                "select distinct usename from pg_stat_activity where application_name = 'tgworker' and datname = current_database()"
            )
                == role)
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        try await Command.run(
            Checkout.product("tgworker"), ["install-sql", "--database-url", shop.database.url, "--uninstall"])
        try await shop.database.psql("drop role \(role)")
    }
}
