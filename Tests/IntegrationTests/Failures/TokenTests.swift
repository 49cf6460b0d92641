import TestSupport
import Testing

@Suite("Telegram does not accept the token", .timeLimit(.minutes(10)))
struct TokenTests {
    private static let words = "Telegram does not accept the bot token"

    private func expectWaiting(_ shop: Shop, _ worker: ChildProcess) async throws {
        _ = try await worker.line(containing: Self.words)
        try await eventually("not ready") {
            let readiness = try await shop.readiness(of: worker)
            return readiness.hasPrefix("not ready: \(Self.words)") && readiness.hasSuffix("503")
        }
        try await shop.reached(
            "recorded", "select count(*), sum(failures) from tgworker.outbox where sending_since is null", is: "3|0")
        #expect(try await shop.number("select count(*) from tgworker.delivery") == 0)
    }

    @Test(
        "then it sends and receives nothing, says so, loses nothing, and goes on when Telegram accepts it again",
        arguments: [401, 404])
    func acceptedAgain(code: Int) async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()
        if code == 401 {
            try await shop.telegram.accept(tokens: [])
        } else {
            try await shop.telegram.fail(.error(404, "Not Found"), method: "*", times: -1)
        }
        for text in ["1", "2", "3"] { _ = try await shop.reply(to: user, text) }
        try await expectWaiting(shop, worker)
        if code == 401 {
            try await shop.telegram.accept(tokens: [Simulator.token])
        } else {
            try await shop.telegram.clearFaults()
        }
        #expect(try await shop.telegram.sent(count: 3).map(\.text) == ["1", "2", "3"])
        try await shop.queueDrained()
        try await eventually("ready") { try await shop.readiness(of: worker) == "ready: sender\n200" }
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }

    @Test("then it goes on as soon as Odoo has the right one")
    func mended() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()
        try await shop.telegram.accept(tokens: ["123456:NEW-TOKEN"])
        for text in ["1", "2", "3"] { _ = try await shop.reply(to: user, text) }
        try await expectWaiting(shop, worker)
        try await shop.telegram.registerChat(10)
        try await shop.database.psql("update telegram_bot_config set bot_token = '123456:NEW-TOKEN'")
        #expect(try await shop.telegram.sent(count: 3).map(\.text) == ["1", "2", "3"])
        try await shop.queueDrained()
        await worker.terminate()
    }

    @Test("then it is not ready even if nothing waits to be sent: who receives has learned it")
    func idle() async throws {
        let shop = try await Shop.open(.fixture)
        let worker = try await shop.startWorker()
        _ = try await shop.telegram.requests(count: 1, of: "getUpdates")
        // The poll under way ends with an update; what comes after it is refused.
        try await shop.telegram.fail(.error(401, "Unauthorized"), method: "*", times: -1)
        try await shop.telegram.write("hello", in: 10)
        _ = try await worker.line(containing: Self.words)
        try await eventually("not ready") { try await shop.readiness(of: worker).hasSuffix("503") }
        try await shop.telegram.clearFaults()
        try await eventually("ready") { try await shop.readiness(of: worker) == "ready: sender\n200" }
        await worker.terminate()
    }
}
