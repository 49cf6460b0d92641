import Testing
import TestSupport

@Suite("Notifications that do not arrive", .timeLimit(.minutes(10)))
struct WakePathTests {
    @Test("are missed: the session is replaced, and the queue looked at")
    func deaf() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let proxy = try DatabaseProxy(to: shop.database.cluster.port)
        defer { proxy.close() }
        proxy.swallowNotifications()
        let worker = try await shop.startWorker(url: shop.database.conninfo(ports: proxy.port))
        _ = try await shop.reply(to: user, "unheard")
        _ = try await worker.line(containing: "notifications do not arrive")
        #expect(try await shop.telegram.sent(count: 1).map(\.text) == ["unheard"])
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }

    @Test("do arrive otherwise, and the database has the time that they take")
    func heard() async throws {
        let shop = try await Shop.open(.fixture)
        let worker = try await shop.startWorker()
        _ = try await worker.line(containing: "notifications arrive")
        try await eventually("the time", timeout: .seconds(180)) {
            try await shop.database.psql(
                "select wake_up > interval '0' and wake_up < interval '1 min' from tgworker.worker") == "t"
        }
        #expect(await !worker.output.contains { $0.text.contains("do not arrive") })
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }
}
