import Foundation
import TestSupport
import Testing

@Suite("tgworker check", .timeLimit(.minutes(10)))
struct CheckTests {
    @Test("says of a shop that works that all is well, and asks Telegram for no updates", arguments: [true, false])
    func healthy(json: Bool) async throws {
        let shop = try await Shop.openForAdministration()
        let worker = try await shop.startWorker(awaiting: "notifications arrive")
        let polls = try await shop.telegram.requests(count: 1, of: "getUpdates").count
        let outcome = try await shop.check(json ? ["--json"] : [])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.errors.isEmpty)
        if json {
            let document = try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
            #expect(document.exitCode == 0 && document.findings.count > 20)
            #expect(document.findings.allSatisfy { $0.level == "ok" && !$0.message.isEmpty }, "\(document)")
        } else {
            #expect(outcome.lines.last == "all is well")
            #expect(outcome.lines.dropLast().allSatisfy { $0.hasPrefix("ok ") }, "\(outcome.output)")
            #expect(!outcome.output.contains("\u{1b}"))
        }
        // The worker's own are long: it has made no other meanwhile, and the check none.
        #expect(try await shop.telegram.requests(of: "getUpdates").count == polls)
        await worker.terminate()
    }

    struct Document: Decodable {
        struct Finding: Decodable {
            let id: String
            let level: String
            let message: String
        }
        let exitCode: Int
        let findings: [Finding]

        private enum CodingKeys: String, CodingKey {
            case findings
            case exitCode = "exit_code"
        }
    }

    @Test("without a server there is one clear line, the rest is skipped")
    func noServer() async throws {
        let shop = try await Shop.openForAdministration()
        let outcome = try await shop.check(url: "host=/nowhere dbname=shop")
        #expect(outcome.code == 2)
        #expect(outcome.lines.first?.hasPrefix("error    connection ") == true)
        #expect(outcome.output.contains("check that PostgreSQL runs and listens there"))
        #expect(outcome.lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix("skipped ") })
        #expect(outcome.lines.last == "1 error")
    }

    @Test("bad input is one line and exit code 2, which says more than warnings")
    func badInput() async throws {
        let shop = try await Shop.openForAdministration()
        let outcome = try await shop.check(["--config", "/nowhere.yaml"])
        #expect(outcome.code == 2 && outcome.errors.split(separator: "\n").count == 1)
        let token = try await shop.check(environment: ["TGWORKER_BOT_TOKEN_FILE": "/nowhere"])
        #expect(token.code == 2 && token.finding("bot").contains("cannot read the bot token file"), "\(token)")
    }

    @Test("finds nothing wrong with a schema as it is installed", arguments: DemoDatabase.allAvailable)
    func installed(kind: DemoDatabase) async throws {
        let shop = try await Shop.open(kind)
        let outcome = try await shop.check()
        let findings = outcome.lines.filter { $0.contains(" schema-") || $0.contains(" privileges ") }
        #expect(findings.count == 6 && findings.allSatisfy { $0.hasPrefix("ok ") }, "\(outcome.output)")
        #expect(outcome.finding("addon").hasPrefix("ok "), "\(outcome.finding("addon"))")
    }

    struct Drift: Sendable, CustomTestStringConvertible {
        let sql: String
        let name: String
        let level: String
        let words: String

        init(_ sql: String, _ name: String, _ level: String, _ words: String) {
            (self.sql, self.name, self.level, self.words) = (sql, name, level, words)
        }

        var testDescription: String { sql }
    }

    @Test(
        "what was changed behind its back is found",
        arguments: [
            Drift(
                "drop trigger tgworker_reply on telegram_message", "schema-triggers", "error",
                "tgworker_reply on public.telegram_message is missing: run tgworker install-sql"),
            Drift(
                "alter table sale_order disable trigger tgworker_order_state", "schema-triggers", "error",
                "tgworker_order_state on public.sale_order is disabled"),
            Drift(
                "alter table telegram_user alter telegram_id type integer", "schema-columns", "error",
                "public.telegram_user.telegram_id is integer instead of bigint"),
            Drift(
                "create or replace function tgworker.chat_of(chat_id bigint, telegram_id bigint) returns bigint language sql immutable as 'select 1::bigint'",
                "schema-functions", "warning", "chat_of was changed"),
            Drift("drop index tgworker.delivery_finished", "schema-indexes", "warning", "delivery_finished"),
            Drift(
                "delete from tgworker.migration where number = 12", "schema-version", "error",
                "missing: 12 crash_witness"),
            Drift(
                "update tgworker.migration set checksum = 'x' where number = 3", "schema-version", "error",
                "applied from another file: migration 3 (events)"),
            Drift(
                "insert into tgworker.migration (number, name, checksum) values (999, 'later', 'x')", "schema-version",
                "error", "install a newer tgworker"),
            Drift(
                "update tgworker.installation set database_name = 'original'", "database-identity", "error",
                "install-sql --adopt"),
            Drift(
                "insert into ir_config_parameter (key, value) values ('database.is_neutralized', 'true')",
                "database-identity", "error", "is neutralized"),
            Drift(
                "insert into ir_module_module (name, state, latest_version) values ('telegram_bot', 'installed', '17.0.1.0.0')",
                "addon", "error", "the original module telegram_bot 17.0.1.0.0"),
            Drift(
                "insert into ir_module_module (name, state, latest_version) values ('telegram_bot', 'installed', '17.0.2.0.0')",
                "addon", "ok", "telegram_bot 17.0.2.0.0 leaves the sending to the worker"),
            Drift("update telegram_bot_config set active = false", "bot", "error", "no active bot"),
            Drift(
                "insert into telegram_bot_config (bot_name, bot_token, webhook_secret, active) values ('Second', '9:abcdefgh', 'x', true)",
                "bot", "warning", "2 active bots"),
            Drift("delete from telegram_bot_operator_rel", "operators", "warning", "nobody is told"),
            Drift(
                "insert into tgworker.outbox (kind, priority, chat_id, available_at) values ('reply', 1, 5, now() - interval '1 hour')",
                "queue", "error", "1 message waits, the oldest is ready to go for 1 h: no worker runs"),
            Drift(
                "update tgworker.setting set value = '' where name = 'notify_states'", "customer-notifications",
                "error",
                "notify_states names no state"),
            Drift("drop schema tgworker cascade", "schema-version", "error", "is not installed"),
        ])
    func drift(drift: Drift) async throws {
        let shop = try await Shop.openForAdministration()
        try await shop.database.psql(drift.sql)
        let outcome = try await shop.run(["check", "--telegram-api-url", shop.telegram.url])
        let finding = outcome.finding(drift.name)
        #expect(finding.hasPrefix("\(drift.level) ") && finding.contains(drift.words), "\(outcome.output)")
        #expect(outcome.code == (drift.level == "error" ? 2 : 1), "\(outcome.output)")
    }

    @Test("what a role lacks is named, with the command that gives it; the worker's role lacks nothing")
    func privileges() async throws {
        let shop = try await Shop.openForAdministration()
        let role = "checker_\(UInt32.random(in: 0 ... .max))"
        try await shop.database.psql("create role \(role) login")
        let url = shop.database.cluster.url(database: shop.database.name, user: role)
        let stranger = try await shop.check(url: url)
        #expect(stranger.code == 2)
        #expect(
            stranger.finding("privileges").hasSuffix(
                "role \(role) may not use schema tgworker: run tgworker install-sql --grant-to \(role)"))
        _ = try await shop.run(["install-sql", "--grant-to", role])
        let granted = try await shop.check(url: url)
        #expect(granted.finding("privileges").hasPrefix("ok "), "\(granted.output)")
        #expect(granted.code == 1, "only that no worker runs: \(granted.output)")
        try await shop.database.psql(
            "revoke insert on tgworker.chat from \(role); revoke select (lang) on res_partner from \(role)")
        let robbed = try await shop.check(url: url)
        #expect(robbed.code == 2)
        #expect(
            robbed.finding("privileges").contains(
                "lacks insert on tgworker.chat, select (lang) on public.res_partner: "),
            "\(robbed.output)")
    }

    @Test("a pooler that shares sessions is named; one that does not is no trouble")
    func pooler() async throws {
        let shop = try await Shop.openForAdministration()
        for (mode, level) in [(PgBouncer.PoolMode.transaction, "error"), (.session, "ok")] {
            let bouncer = try await PgBouncer.start(before: shop.database.cluster, mode: mode)
            let outcome = try await shop.check(url: bouncer.conninfo(database: shop.database.name))
            let finding = outcome.finding("listen")
            #expect(finding.hasPrefix("\(level) "), "\(outcome.output)")
            #expect(finding.contains(mode == .session ? "through a pooler" : "pool_mode=session"), "\(finding)")
            try await bouncer.stop()
        }
    }

    @Test("what a running worker has heard of another receiver is told")
    func otherReceiver() async throws {
        let shop = try await Shop.openForAdministration()
        let worker = try await shop.startWorker(awaiting: "notifications arrive")
        try await shop.database.psql(
            "update tgworker.worker set last_error = 'another receiver takes this bot''s updates (Conflict: terminated by other getUpdates request)'"
        )
        let outcome = try await shop.check()
        #expect(outcome.code == 2)
        #expect(outcome.finding("other-receiver").contains("stop the other program that uses this token"))
        await worker.terminate()
    }
}
