import TestSupport
import Testing

@Suite("Beside the original addon", .timeLimit(.minutes(15)))
struct OriginalAddonTests {
    private static let install = """
        insert into ir_module_module (name, state, latest_version) values ('telegram_bot', 'installed', '17.0.1.0.0')
        on conflict (name) do update set state = excluded.state, latest_version = excluded.latest_version
        """
    private static let upgrade =
        "update ir_module_module set latest_version = '17.0.2.0.0', state = 'installed' where name = 'telegram_bot'"

    private func shop(_ kind: DemoDatabase) async throws -> Shop {
        let shop = try await Shop.open(kind)
        try await shop.database.psql(Self.install)
        return shop
    }

    @Test(
        "the worker refuses to run, in one line that says what to do, until it is upgraded or uninstalled",
        arguments: DemoDatabase.allAvailable, ["installed", "to upgrade", "to remove"])
    func refused(kind: DemoDatabase, state: String) async throws {
        let shop = try await shop(kind)
        try await shop.database.psql("update ir_module_module set state = '\(state)' where name = 'telegram_bot'")
        let refused = try await ChildProcess.start(
            product: "tgworker",
            [
                "run", "--database-url", shop.database.url, "--telegram-api-url", shop.telegram.url, "--listen",
                "127.0.0.1:0", "--log-level", "critical",
            ])
        #expect(try await refused.exit() == .exited(1))
        let lines = await refused.text(ofErrors: true).split(separator: "\n")
        #expect(lines.count == 1, "\(lines)")
        #expect(lines[0].contains("the original addon telegram_bot 17.0.1.0.0 is installed"))
        #expect(lines[0].contains("-u telegram_bot") && lines[0].contains("--allow-original-addon"))
        #expect(try await shop.telegram.requests().isEmpty, "Telegram was not even asked")

        let mended =
            state == "to remove"
            ? "update ir_module_module set state = 'uninstalled' where name = 'telegram_bot'" : Self.upgrade
        try await shop.database.psql(mended)
        let worker = try await shop.startWorker()
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }

    @Test("it runs when it is told to, by flag or by variable", arguments: [true, false])
    func allowed(byFlag: Bool) async throws {
        let shop = try await shop(.fixture)
        let worker = try await shop.startWorker(
            byFlag ? ["--allow-original-addon"] : [],
            environment: byFlag ? [:] : ["TGWORKER_ALLOW_ORIGINAL_ADDON": "1"])
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }

    @Test("a running worker that finds it stops sending and receiving, and goes on when it is upgraded")
    func underWay() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()
        try await shop.database.psql(Self.install)
        _ = try await worker.line(containing: "the original addon", within: .seconds(240))
        #expect(try await shop.readiness(of: worker).hasSuffix("503"))
        try await eventually("the role is given up") {
            try await shop.database.psql("select role from tgworker.worker") == "starting"
        }
        #expect(
            try await shop.database.psql(
                "select sender_alive, last_error like 'the original addon%' from tgworker.worker_status") == "f|t")
        _ = try await shop.reply(to: user, "waits")
        #expect(try await shop.number("select attempt from tgworker.outbox") == 0)
        try await shop.database.psql(Self.upgrade)
        #expect(try await shop.telegram.sent(count: 1, in: 10).map(\.text) == ["waits"])
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }
}
