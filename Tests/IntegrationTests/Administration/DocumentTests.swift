import Foundation
import TestSupport
import Testing

/// TGWORKER_UPDATE_DOCS=1 writes the examples anew.
@Suite("The documents show what the commands print", .timeLimit(.minutes(5)), .serialized)
struct DocumentTests {
    private func example(_ document: String, _ name: String, of shop: Shop) -> Example {
        let host = ProcessInfo.processInfo.hostName
        // In a table it is as wide as the column.
        let cell = host.padding(toLength: max(4, host.count), withPad: " ", startingAt: 0)
        let standIn = "web1".padding(toLength: cell.count, withPad: " ", startingAt: 0)
        return Example(
            document: document, name: name,
            substitutes: [(shop.database.name, "shop"), ("  \(cell)  ", "  \(standIn)  "), (host, "web1")])
    }

    @Test("docs/check.md")
    func check() async throws {
        let shop = try await Shop.openForAdministration()
        let new = try await shop.check()
        try example("check", "new", of: shop).expect("tgworker check", printed: new.output)
        let worker = try await shop.startWorker(awaiting: "notifications arrive")
        let healthy = try await shop.check()
        try example("check", "healthy", of: shop).expect("tgworker check", printed: healthy.output)
        let json = try await shop.check(["--json"])
        try example("check", "json", of: shop).expect(
            "tgworker check --json | head -20", printed: json.lines.prefix(20).joined(separator: "\n"))
        let disconnected = try await shop.check(url: "host=127.0.0.1 port=1 dbname=shop")
        try example("check", "disconnected", of: shop).expect(
            "tgworker check --database-url 'host=127.0.0.1 port=1 dbname=shop' | head -4",
            printed: disconnected.lines.prefix(4).joined(separator: "\n"))
        let user = try await shop.customer(partner: 10, telegram: 77)
        try await shop.telegram.block(77)
        _ = try await shop.reply(to: user, "hello")
        try await shop.queueDrained()
        let partner = try await shop.check(["--partner", "10"])
        try example("check", "partner", of: shop).expect(
            "tgworker check --partner 10 | grep -E ' (customer-notifications|sending) '",
            printed: [partner.finding("customer-notifications"), partner.finding("sending")].joined(separator: "\n"))
        await worker.terminate()
    }

    @Test("docs/status.md")
    func status() async throws {
        let shop = try await Shop.openForAdministration()
        let worker = try await shop.startWorker(awaiting: "notifications arrive")
        // How long that took is entered with the next sign of life, a minute later.
        try await shop.database.psql("update tgworker.worker set wake_up = interval '1 millisecond'")
        let user = try await shop.customer(partner: 10, telegram: 77)
        for text in ["one", "two", "three"] { _ = try await shop.reply(to: user, text) }
        try await shop.queueDrained()
        try await shop.addFailures(1, chat: 88)
        try await shop.database.psql(
            """
            insert into tgworker.chat (bot_id, chat_id, paused_until, pause_reason)
            values (123456, 99, now() + interval '40 seconds', 'Telegram asked to wait (429)');
            insert into tgworker.outbox (kind, priority, chat_id, available_at, enqueued_at, failures, last_error, event)
            values ('order_state', 2, 66, now() + interval '1 hour', now() - interval '70 seconds', 3,
                'Telegram was not reached: no connection (Couldn''t connect to server)',
                '{"state": "sale", "changed_at": "2026-01-01"}')
            """)
        let screen = try await shop.run(["status"])
        try example("status", "status", of: shop).expect("tgworker status", printed: screen.output)
        let json = try await shop.run(["status", "--json"])
        try example("status", "json", of: shop).expect("tgworker status --json", printed: json.output)
        await worker.terminate()
    }

    @Test("docs/outbox.md")
    func outbox() async throws {
        let shop = try await Shop.openForAdministration()
        try await shop.addFailures(2, chat: 77)
        try await shop.database.psql(
            """
            insert into tgworker.outbox (kind, priority, chat_id, source_id, available_at, enqueued_at, attempt, failures, last_error)
            values ('reply', 1, 77, 5, now() + interval '1 hour', now() - interval '3 minutes', 2, 2,
                'Telegram was not reached: no connection (Couldn''t connect to server)'),
                ('answer', 0, 78, 6, now(), now() - interval '2 minutes', 0, 0, null)
            """)
        func expect(_ name: String, _ arguments: [String]) async throws {
            let outcome = try await shop.run(["outbox"] + arguments)
            let words = arguments.map { $0.contains(" ") ? "\"\($0)\"" : $0 }.joined(separator: " ")
            let printed = [outcome.output, outcome.errors].filter { !$0.isEmpty }.joined(separator: "\n")
            try example("outbox", name, of: shop).expect("tgworker outbox \(words)", printed: printed)
        }
        try await expect("list", ["list"])
        try await expect("json", ["list", "--json", "--chat", "77"])
        try await expect("refused", ["discard", "--older-than", "1m"])
        try await expect("discard", ["discard", "--chat", "78", "--yes"])
        try await expect("retry", ["retry", "--state", "failed", "--reason", "blocked", "--yes"])
    }
}
