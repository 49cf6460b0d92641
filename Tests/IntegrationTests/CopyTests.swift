import TestSupport
import Testing

@Suite("A copy of the database writes to nobody", .timeLimit(.minutes(15)))
struct CopyTests {
    private static let neutralize =
        "insert into ir_config_parameter (key, value) values ('database.is_neutralized', 'True')"
    private static let undo = "delete from ir_config_parameter where key = 'database.is_neutralized'"

    /// Runs a worker that must refuse, and sees that nothing happened.
    ///
    /// - Returns: the one line that it says.
    private func refusal(_ shop: Shop) async throws -> String {
        let before = try await shop.database.dump()
        let worker = try await ChildProcess.start(
            product: "tgworker",
            [
                "run", "--database-url", shop.database.url, "--telegram-api-url", shop.telegram.url, "--listen",
                "127.0.0.1:0", "--log-level", "critical",
            ])
        #expect(try await worker.exit() == .exited(1))
        let lines = await worker.text(ofErrors: true).split(separator: "\n")
        #expect(lines.count == 1, "one line: \(lines)")
        #expect(try await shop.database.dump() == before, "nothing changed")
        #expect(try await shop.telegram.requests().isEmpty, "Telegram was not even asked")
        return lines.last.map(String.init) ?? ""
    }

    private func adopt(_ shop: Shop) async throws -> String {
        try await Command.run(
            Checkout.product("tgworker"), ["install-sql", "--database-url", shop.database.url, "--adopt"])
    }

    /// A copy of a shop where two messages wait, one of which was being sent when it was made.
    private func copy(_ kind: DemoDatabase) async throws -> Shop {
        let shop = try await Shop.open(kind)
        let user = try await shop.customer(partner: 10, telegram: 10)
        for text in ["1", "2"] { _ = try await shop.reply(to: user, text) }
        try await shop.database.psql(
            """
            update tgworker.outbox set sending_since = now(), attempt = 1
            where id = (select min(id) from tgworker.outbox)
            """)
        return Shop(database: try await shop.database.copy(), telegram: shop.telegram)
    }

    @Test(
        "a renamed copy is refused until it is adopted, and then sends what waited",
        arguments: DemoDatabase.allAvailable)
    func renamed(kind: DemoDatabase) async throws {
        let copy = try await copy(kind)
        let line = try await refusal(copy)
        #expect(line.contains("database \(copy.database.name) is a copy of "))
        #expect(line.contains("run tgworker install-sql --adopt"))
        #expect(try await adopt(copy).contains("adopted: bound to database \(copy.database.name)"))
        let worker = try await copy.startWorker()
        #expect(try await copy.telegram.sent(count: 2).map(\.text) == ["1", "2"])
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        try await copy.database.drop()
    }

    @Test(
        "what Odoo duplicated is refused until it is adopted, and then sends only what is new",
        arguments: DemoDatabase.allAvailable)
    func duplicated(kind: DemoDatabase) async throws {
        let copy = try await copy(kind)
        try await copy.database.psql("update ir_config_parameter set value = 'another' where key = 'database.uuid'")
        let line = try await refusal(copy)
        #expect(line.contains("is a copy of ") && line.contains("run tgworker install-sql --adopt"))
        #expect(try await adopt(copy).contains("discarded 2 waiting messages, which the original database sends"))
        let worker = try await copy.startWorker()
        _ = try await copy.reply(
            to: try await copy.number("select id from telegram_user where telegram_id = 10"), "new")
        try await copy.queueDrained()
        #expect(try await copy.telegram.sent(count: 1).map(\.text) == ["new"])
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        try await copy.database.drop()
    }

    @Test(
        "a neutralized database is refused whatever was adopted, until Odoo says otherwise",
        arguments: DemoDatabase.allAvailable, ["True", "true", "1"])
    func neutralized(kind: DemoDatabase, value: String) async throws {
        let copy = try await copy(kind)
        try await copy.database.psql(
            """
            insert into ir_config_parameter (key, value) values ('database.is_neutralized', '\(value)');
            update ir_config_parameter set value = 'another' where key = 'database.uuid'
            """)
        #expect(try await refusal(copy).contains("is a copy of "))
        _ = try await adopt(copy)
        let line = try await refusal(copy)
        #expect(
            line.contains("database \(copy.database.name) is neutralized (a test copy), so nothing is sent from it"))
        #expect(line.contains("remove Odoo's system parameter database.is_neutralized"))
        try await copy.database.psql(Self.undo)
        let worker = try await copy.startWorker()
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
        try await copy.database.drop()
    }

    // MARK: While it runs

    @Test(
        "a worker whose database is neutralized stops within about a minute, says why, and goes on when that is undone")
    func neutralizedUnderWay() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()
        _ = try await shop.telegram.requests(count: 1, of: "getUpdates")
        try await shop.database.psql(Self.neutralize)
        _ = try await worker.line(containing: "is neutralized", within: .seconds(240))
        let readiness = try await shop.readiness(of: worker)
        #expect(readiness.contains("is neutralized") && readiness.hasSuffix("503"))
        // The poll under way has ended, too: nobody takes this.
        try await eventually("the role is given up") {
            try await shop.database.psql("select role from tgworker.worker") == "starting"
        }
        let polls = try await shop.telegram.requests(of: "getUpdates").count
        try await shop.telegram.write("hello", in: 11)
        _ = try await shop.reply(to: user, "waits")
        // It has looked again since.
        try await shop.database.psql("update tgworker.installation set pinned_at = now()")
        try await eventually("another session", timeout: .seconds(180)) {
            try await shop.number(
                "select count(*) from pg_stat_activity where application_name = 'tgworker' and datname = current_database() and backend_start > (select pinned_at from tgworker.installation)"
            ) > 0
        }
        #expect(try await shop.database.psql("select attempt, sending_since is null from tgworker.outbox") == "0|t")
        #expect(try await shop.telegram.requests(of: "getUpdates").count == polls)
        #expect(try await shop.number("select count(*) from tgworker.update_log") == 0)

        try await shop.database.psql(Self.undo)
        #expect(try await shop.telegram.sent(count: 1, in: 10).map(\.text) == ["waits"])
        try await eventually("the update is taken") {
            try await shop.number("select count(*) from tgworker.update_log") == 1
        }
        #expect(try await shop.readiness(of: worker) == "ready: sender\n200")
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }

    @Test("one whose database gets another uuid does, too, and answers the webhook with 503")
    func duplicatedUnderWay() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let receiver = try await shop.startReceiver(.webhook)
        let uuid = try await shop.database.psql("select value from ir_config_parameter where key = 'database.uuid'")
        try await shop.database.psql("update ir_config_parameter set value = 'another' where key = 'database.uuid'")
        await receiver.process.kill(1)
        _ = try await receiver.process.line(containing: "is a copy of")
        try await eventually("updates are not taken") {
            try await receiver.post(#"{"update_id":1}"#.utf8) == 503
        }
        #expect(try await shop.readiness(of: receiver.process).hasSuffix("503"))
        _ = try await shop.reply(to: user, "waits")
        #expect(try await shop.number("select attempt from tgworker.outbox") == 0)
        try await shop.database.psql("update ir_config_parameter set value = '\(uuid)' where key = 'database.uuid'")
        #expect(try await shop.telegram.sent(count: 1, in: 10).map(\.text) == ["waits"])
        #expect(try await receiver.post(#"{"update_id":1}"#.utf8) == 200)
        await receiver.process.terminate()
        #expect(try await receiver.process.exit() == .exited(0))
    }

    @Test("one that has long stood by does not take over in a copy")
    func takeover() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let sender = try await shop.startWorker()
        let standby = try await shop.startWorker(awaiting: "standing by")
        try await shop.database.psql(Self.neutralize)
        await sender.kill(9)
        _ = try await standby.line(containing: "is neutralized")
        _ = try await shop.reply(to: user, "waits")
        #expect(try await shop.readiness(of: standby).hasSuffix("503"))
        #expect(try await shop.number("select attempt from tgworker.outbox") == 0)
        #expect(await !standby.output.contains { $0.text.hasSuffix(" sending") })
        try await shop.database.psql(Self.undo)
        #expect(try await shop.telegram.sent(count: 1).map(\.text) == ["waits"])
        await standby.terminate()
    }
}
