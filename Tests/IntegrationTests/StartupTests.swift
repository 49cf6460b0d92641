import Testing
import TestSupport

@Suite("A start that cannot work says what to do", .timeLimit(.minutes(10)))
struct StartupTests {
    /// Runs `tgworker run` and expects it to fail.
    ///
    /// - Returns: what it says.
    private func refusal(_ url: String, _ arguments: [String] = []) async throws -> String {
        let worker = try await ChildProcess.start(
            product: "tgworker",
            ["run", "--database-url", url, "--listen", "127.0.0.1:0", "--log-level", "critical"] + arguments)
        #expect(try await worker.exit() == .exited(1))
        let lines = await worker.text(ofErrors: true).split(separator: "\n")
        #expect(lines.count == 1, "one line: \(lines)")
        return lines.last.map(String.init) ?? ""
    }

    @Test("an unknown database, a wrong role and a wrong password")
    func connection() async throws {
        let cluster = try await Cluster.shared
        #expect(try await refusal(cluster.url(database: "nowhere")).contains("database \"nowhere\" does not exist"))
        #expect(try await refusal(cluster.url(user: "nobody_here")).contains("role \"nobody_here\" does not exist"))
        let wrong = try await refusal(cluster.tcpURL(database: "postgres", user: "odoo", password: "wrong"))
        #expect(wrong.contains("password"))
        #expect(!wrong.contains("wrong"), "the password is not shown")
        #expect(try await refusal("host=/tmp port=abc").contains("port"))
    }

    @Test("a database without the schema, without Odoo, without Sales", arguments: DemoDatabase.allAvailable)
    func schema(kind: DemoDatabase) async throws {
        let database = try await DemoDatabase.create(kind)
        #expect(try await refusal(database.url).contains("run tgworker install-sql"))
        try await database.psql("drop table sale_order cascade")
        await #expect(throws: TestSupportError.self) {
            try await Command.run(Checkout.product("tgworker"), ["install-sql", "--database-url", database.url])
        }
        #expect(try await database.psql("select to_regnamespace('tgworker')") == "", "nothing is half done")
    }

    @Test("a server older than 12")
    func oldServer() async throws {
        let cluster = try await Cluster.shared
        // A real server of today that calls itself old in the parameters it reports.
        let proxy = try DatabaseProxy(to: cluster.port) { bytes in
            let name = Array("server_version\0".utf8)
            guard let range = bytes.firstRange(of: name) else { return bytes }
            var bytes = bytes
            bytes.replaceSubrange(range.upperBound..<range.upperBound + 2, with: "11".utf8)
            return bytes
        }
        let url = "host=127.0.0.1 port=\(proxy.port) user=odoo password=odoo dbname=postgres sslmode=disable"
        #expect(try await refusal(url).contains("version 12 or newer is needed"))
        let installer = try await ChildProcess.start(product: "tgworker", ["install-sql", "--database-url", url])
        #expect(try await installer.exit() == .exited(1))
        #expect(await installer.text(ofErrors: true).contains("version 12 or newer is needed"))
        proxy.close()
    }

    @Test("a role without rights is told which command gives them")
    func rights() async throws {
        let shop = try await Shop.open(.fixture)
        let role = "poor_\(shop.database.name)"
        try await shop.database.psql("create role \(role) login")
        let url = shop.database.cluster.url(database: shop.database.name, user: role)
        #expect(try await refusal(url).contains("tgworker install-sql --grant-to \(role)"))
        try await shop.database.psql("grant usage on schema tgworker to \(role)")
        #expect(try await refusal(url).contains("tgworker install-sql --grant-to \(role)"))
        try await shop.database.psql("drop owned by \(role); drop role \(role)")
    }

    @Test("another schema version, a copy and a neutralized database")
    func wrongDatabase() async throws {
        let shop = try await Shop.open(.fixture)
        try await shop.database.psql(
            "insert into tgworker.migration (number, name, checksum) values (99, 'future', '')")
        #expect(try await refusal(shop.database.url).contains("install a newer tgworker"))
        try await shop.database.psql("delete from tgworker.migration where number >= 4")
        #expect(try await refusal(shop.database.url).contains("run tgworker install-sql"))

        let original = try await Shop.open(.fixture)
        try await original.database.psql(
            "insert into ir_config_parameter (key, value) values ('database.is_neutralized', 'True')")
        #expect(try await refusal(original.database.url).contains("neutralized"))
        try await original.database.psql("delete from ir_config_parameter where key = 'database.is_neutralized'")
        try await original.database.psql("update tgworker.installation set database_name = 'production'")
        #expect(try await refusal(original.database.url).contains("tgworker install-sql --adopt"))
        try await Command.run(
            Checkout.product("tgworker"), ["install-sql", "--database-url", original.database.url, "--adopt"])
        let worker = try await original.startWorker()
        await worker.terminate()
    }

    @Test("an address in use and a token that is none")
    func machine() async throws {
        let shop = try await Shop.open(.fixture)
        let first = try await shop.startWorker()
        let line = try await first.line(containing: "listening")
        let address = try #require(line.split(separator: "http://").last)
        let worker = try await ChildProcess.start(
            product: "tgworker",
            ["run", "--database-url", shop.database.url, "--listen", String(address), "--log-level", "critical"])
        #expect(try await worker.exit() == .exited(1))
        #expect(await worker.text(ofErrors: true).contains("--listen"))
        let token = try await ChildProcess.start(
            product: "tgworker",
            ["run", "--database-url", shop.database.url, "--listen", "127.0.0.1:0", "--log-level", "critical"],
            environment: ["TGWORKER_BOT_TOKEN": "not-a-token"])
        #expect(try await token.exit() != .exited(0))
        #expect(await token.text(ofErrors: true).contains("@BotFather"))
        await first.terminate()
    }

    @Test("waits for a bot, and says so, where Odoo has none yet", arguments: DemoDatabase.allAvailable)
    func noBot(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        // As the addon's own data file makes it.
        try await shop.database.psql(
            "update telegram_bot_config set active = false, bot_token = '', webhook_secret = ''")
        let worker = try await shop.startWorker(awaiting: "no active bot")
        try await shop.database.psql("update telegram_bot_config set active = true")
        _ = try await worker.line(containing: "the bot token is empty")
        try await shop.database.psql("update telegram_bot_config set bot_token = '\(Simulator.token)'")
        _ = try await worker.line(containing: "sending")
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }

    @Test("waits for a server that is not up yet, is not ready before, and stops when told to")
    func serverAway() async throws {
        let cluster = try await Cluster.start()
        let shop = try await Shop.open(.fixture, in: cluster)
        try await cluster.shutDown()
        let worker = try await shop.startWorker(awaiting: "waiting")
        let address = try #require(try await worker.line(containing: "listening").split(separator: "address=").last)
        #expect(try await status(of: "\(address)/health/live") == "200")
        #expect(try await status(of: "\(address)/health/ready") == "503")
        try await cluster.startAgain()
        _ = try await worker.line(containing: "sending")
        try await eventually("ready") { try await status(of: "\(address)/health/ready") == "200" }
        try await cluster.shutDown()
        _ = try await worker.line(containing: "lost the database")
        try await eventually("not ready") { try await status(of: "\(address)/health/ready") == "503" }
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        try await cluster.stop()
    }

    private func status(of url: String) async throws -> String {
        try await Command.run("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", url])
    }
}
