import Foundation
import TestSupport
import Testing

@Suite("tgworker status", .timeLimit(.minutes(10)))
struct StatusTests {
    @Test("shows who sends, what waits, what was sent and what failed; plain in a pipe, coloured in a terminal")
    func screen() async throws {
        let shop = try await Shop.openForAdministration()
        let worker = try await shop.startWorker(awaiting: "notifications arrive")
        let user = try await shop.customer(partner: 10, telegram: 77)
        _ = try await shop.reply(to: user, "hello")
        try await shop.queueDrained()
        try await shop.addFailures(3, chat: 88)
        try await shop.database.psql(
            "update tgworker.bot set paused_until = now() + interval '1 hour', pause_reason = 'Telegram asked to wait (429)'"
        )
        let piped = try await shop.run(["status"])
        #expect(piped.code == 0 && piped.errors.isEmpty)
        for words in [
            "sender", "1 in the last minute, 1 in 5 minutes, 1 in an hour; 3 not sent in an hour",
            "the whole bot until", "the customer has blocked the bot",
        ] {
            #expect(piped.output.contains(words), "\(words) in \(piped.output)")
        }
        #expect(piped.lines.contains { $0.split(separator: " ").starts(with: ["88", "3"]) }, "\(piped.output)")
        #expect(!piped.output.contains("\u{1b}"))
        #expect(try await shop.inTerminal(["status"]).output.contains("\u{1b}[32m"))
        #expect(try await !shop.inTerminal(["status"], environment: ["NO_COLOR": "1"]).output.contains("\u{1b}"))
        await worker.terminate()
    }

    @Test("prints JSON")
    func json() async throws {
        let shop = try await Shop.openForAdministration()
        let outcome = try await shop.run(["status", "--json"])
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(document["is_sending"] as? Bool == false)
        #expect(
            (document["queue"] as? [[String: Any]])?.compactMap { $0["kind"] as? String } == [
                "answer", "reply", "order_state",
            ])
    }

    @Test("--watch shows it again and again, also while the database restarts, until it is told to stop")
    func watch() async throws {
        let cluster = try await Cluster.start()
        let shop = try await Shop.open(.fixture, in: cluster)
        let status = try await ChildProcess.start(
            product: "tgworker", ["status", "--watch", "--database-url", shop.database.url])
        _ = try await status.line(containing: "tgworker on database")
        try await cluster.restart()
        try await eventually("it shows the database again after having lost it") {
            let lines = await status.output.map(\.text)
            guard
                let lost = lines.lastIndex(where: {
                    $0.contains("the connection to the database broke")
                        || $0.contains("server") && !$0.contains("tgworker on")
                })
            else { return false }
            return lines[lost...].contains { $0.hasPrefix("tgworker on database") }
        }
        await status.kill(SIGINT)
        #expect(try await status.exit() == .signalled(SIGINT))
        try await cluster.stop()
    }

    @Test("says in one line what is missing")
    func missing() async throws {
        let shop = try await Shop.openForAdministration()
        try await shop.database.psql("drop schema tgworker cascade")
        let outcome = try await shop.run(["status"])
        #expect(outcome.code == 1 && outcome.errors.contains("install-sql") && !outcome.errors.contains("\n"))
    }
}
