import Testing
import TestSupport

@Suite("Behind PgBouncer", .timeLimit(.minutes(10)))
struct PoolerTests {
    @Test("in session mode everything works")
    func session() async throws {
        let shop = try await Shop.open(.fixture)
        let bouncer = try await PgBouncer.start(before: shop.database.cluster, mode: .session)
        let url = bouncer.conninfo(database: shop.database.name)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let order = try await shop.order("S-1", partner: 10)
        let worker = try await shop.startWorker(url: url)
        let standby = try await shop.startWorker(url: url, awaiting: "standing by")
        _ = try await worker.line(containing: "notifications arrive")
        try await shop.change([order], to: "sale")
        _ = try await shop.reply(to: user, "hello")
        try await shop.queueDrained()
        await worker.kill(9)
        _ = try await standby.line(containing: "sending")
        _ = try await shop.reply(to: user, "again")
        try await shop.queueDrained()
        #expect(try await shop.telegram.sent(count: 3).last?.text == "again")
        await standby.terminate()
        #expect(try await standby.exit() == .exited(0))
        try await bouncer.stop()
    }

    @Test(
        "in another mode the worker says what to do and does not start",
        arguments: [
            (PgBouncer.PoolMode.transaction, [:]), (.transaction, ["server_round_robin": "1"]),
            (.transaction, ["default_pool_size": "1"]), (.statement, [:]),
            (.statement, ["server_round_robin": "1", "min_pool_size": "3"]),
        ])
    func refused(mode: PgBouncer.PoolMode, options: [String: String]) async throws {
        let shop = try await Shop.open(.fixture)
        let bouncer = try await PgBouncer.start(before: shop.database.cluster, mode: mode, options: options)
        // Some servers are there already, as in a busy pool.
        for _ in 0..<2 {
            try await Command.run(
                "psql", ["-X", "-q", "-d", bouncer.conninfo(database: shop.database.name), "-c", "select 1"])
        }
        let worker = try await ChildProcess.start(
            product: "tgworker",
            [
                "run", "--database-url", bouncer.conninfo(database: shop.database.name), "--listen", "127.0.0.1:0",
                "--telegram-api-url", shop.telegram.url, "--log-level", "critical",
            ])
        #expect(try await worker.exit() == .exited(1))
        let lines = await worker.text(ofErrors: true).split(separator: "\n")
        #expect(lines.count == 1)
        #expect(lines.first?.contains("set pool_mode=session for this database in PgBouncer") == true)
        try await bouncer.stop()
    }

    @Test(
        "a mode that is changed under a running worker is noticed: it stops sending, says why, and goes on afterwards")
    func changed() async throws {
        let shop = try await Shop.open(.fixture)
        let bouncer = try await PgBouncer.start(before: shop.database.cluster, mode: .session)
        let worker = try await shop.startWorker(url: bouncer.conninfo(database: shop.database.name))
        let address = try #require(try await worker.line(containing: "listening").split(separator: "address=").last)
        _ = try await worker.line(containing: "notifications arrive")
        try await bouncer.change(to: .transaction)
        let line = try await worker.line(within: .seconds(180)) {
            $0.contains("waiting") && $0.contains("pool_mode=session")
        }
        #expect(line.contains("waiting"))
        let user = try await shop.customer(partner: 10, telegram: 10)
        _ = try await shop.reply(to: user, "waits")
        #expect(
            try await Command.run(
                "curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "\(address)/health/ready"]) == "503")
        #expect(try await shop.telegram.sent().isEmpty)
        try await bouncer.change(to: .session)
        #expect(try await shop.telegram.sent(count: 1).map(\.text) == ["waits"])
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        try await bouncer.stop()
    }

    @Test(
        "install-sql works in transaction mode too, where each of its steps is one; in statement mode it says why not")
    func installing() async throws {
        let database = try await DemoDatabase.create(.fixture)
        let bouncer = try await PgBouncer.start(
            before: database.cluster, mode: .statement, options: ["server_round_robin": "1"])
        let arguments = ["install-sql", "--database-url", bouncer.conninfo(database: database.name)]
        let refused = try await ChildProcess.start(product: "tgworker", arguments)
        #expect(try await refused.exit() == .exited(1))
        #expect(
            await refused.text(ofErrors: true).contains("transaction blocks not allowed in statement pooling mode"))
        #expect(try await database.psql("select to_regnamespace('tgworker')") == "", "nothing is half done")
        try await bouncer.change(to: .transaction, options: ["server_round_robin": "1"])
        try await Command.run(Checkout.product("tgworker"), arguments)
        try await Command.run(Checkout.product("tgworker"), arguments)
        #expect(try await database.psql("select count(*) > 0 from tgworker.migration") == "t")
        try await bouncer.stop()
    }
}
