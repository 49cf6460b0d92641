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

    @Test("docs/install-sql.md")
    func installSQL() async throws {
        let database = try await DemoDatabase.create(.fixture)
        let role = "worker_\(database.name)"
        try await database.psql("create role \(role) login")
        let shop = Shop(database: database, telegram: try await Simulator.start())
        func expect(_ name: String, _ arguments: [String], url: String? = nil, only: Int? = nil) async throws {
            let outcome = try await shop.run(["install-sql"] + arguments, url: url)
            let lines = (outcome.output + outcome.errors).split(separator: "\n", omittingEmptySubsequences: false)
            var example = example("install-sql", name, of: shop)
            example.substitutes.insert((role, "worker"), at: 0)
            let words = arguments.map { $0 == role ? "worker" : $0 }.joined(separator: " ")
            try example.expect(
                "tgworker install-sql\(words.isEmpty ? "" : " " + words)" + (only.map { " | tail -\($0)" } ?? ""),
                printed: lines.suffix(only ?? lines.count).joined(separator: "\n"))
        }
        try await expect("dry-run", ["--dry-run"], only: 3)
        try await expect("install", ["--grant-to", role])
        try await expect("again", ["--grant-to", role])
        let copy = "\(database.name)_copy"
        try await database.cluster.psql("create database \(copy) template \(database.name)")
        try await expect("copy", [], url: database.cluster.url(database: copy))
        try await database.cluster.psql("drop database \(copy)")
        try await expect("uninstall", ["--uninstall"])
    }

    @Test("docs/webhook.md")
    func webhook() async throws {
        let shop = try await Shop.openForAdministration()
        func expect(_ name: String, _ arguments: [String]) async throws {
            let outcome = try await shop.run(["webhook"] + arguments + ["--telegram-api-url", shop.telegram.url])
            try example("webhook", name, of: shop).expect(
                "tgworker webhook \(arguments.joined(separator: " "))",
                printed: [outcome.output, outcome.errors].filter { !$0.isEmpty }.joined(separator: "\n"))
        }
        try await expect("set", ["set", "--public-url", "https://shop.example.com"])
        try await expect("info", ["info"])
        try await expect("delete", ["delete"])
        try await expect("refused", ["set", "--public-url", "http://shop.example.com"])
    }

    @Test("docs/run.md")
    func run() async throws {
        let shop = try await Shop.openForAdministration()
        let options = ["--telegram-api-url", shop.telegram.url, "--listen", "127.0.0.1:0"]
        func log(_ arguments: [String] = []) async throws -> String {
            let worker = try await ChildProcess.start(
                product: "tgworker", ["run", "--database-url", shop.database.url] + options + arguments)
            _ = try await worker.line(containing: "sending")
            _ = try await worker.line { $0.contains("receiving") || $0.contains("\"receiving\"") }
            await worker.terminate()
            #expect(try await worker.exit() == .exited(0))
            return await worker.text(ofErrors: true)
        }
        let lines = try await log().split(separator: "\n")
        // What happens at the same time comes in any order.
        try example("run", "log", of: shop).expect(
            "tgworker run", printed: (lines.prefix(4) + lines.suffix(2)).joined(separator: "\n"))
        let json = try await log(["--log-format", "json"]).split(separator: "\n")
        try example("run", "json", of: shop).expect(
            "tgworker run --log-format json 2>&1 | head -1", printed: String(json.first ?? ""))
        try await shop.database.psql("drop schema tgworker cascade")
        let refused = try await shop.run(["run"] + options)
        #expect(refused.code == 1)
        try example("run", "refused", of: shop).expect(
            "tgworker run", printed: refused.errors.split(separator: "\n").last.map(String.init) ?? "")
    }
}
