import Foundation
import TestSupport
import Testing

@Suite("tgworker outbox", .timeLimit(.minutes(10)))
struct OutboxCommandTests {
    /// Ten replies that wait for as long as it takes, five each in chats 1 and 2.
    private func shopWithQueue() async throws -> Shop {
        let shop = try await Shop.openForAdministration()
        try await shop.database.psql(
            """
            insert into tgworker.outbox (kind, priority, chat_id, source_id, enqueued_at, last_error)
            select case when n % 2 = 0 then 'reply' else 'answer' end, 1, 1 + n / 6, n, now() - n * interval '1 hour',
                case when n = 3 then 'Telegram was not reached: no connection' end
            from generate_series(1, 10) n
            """)
        return shop
    }

    @Test("lists what the filters leave")
    func list() async throws {
        let shop = try await shopWithQueue()
        func ids(_ arguments: [String]) async throws -> [Int64] {
            let outcome = try await shop.run(["outbox", "list", "--json"] + arguments)
            #expect(outcome.code == 0, "\(outcome)")
            let entries = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
            return (entries ?? []).compactMap { ($0["id"] as? NSNumber)?.int64Value }
        }
        #expect(try await ids([]) == Array(1...10))
        #expect(try await ids(["--kind", "reply"]) == [2, 4, 6, 8, 10])
        #expect(try await ids(["--chat", "1"]) == [1, 2, 3, 4, 5])
        #expect(try await ids(["--older-than", "8h"]) == [8, 9, 10])
        #expect(try await ids(["--reason", "NOT reached"]) == [3])
        #expect(try await ids(["--limit", "2", "--kind", "reply"]) == [2, 4])
        #expect(try await ids(["4", "5", "99"]) == [4, 5])
        try await shop.addFailures(2)
        #expect(try await ids(["--state", "failed"]) == [1001, 1002])
        #expect(try await ids(["--state", "unknown"]) == [])
        #expect(try await ids(["4", "1002"]) == [4, 1002])
        let table = try await shop.run(["outbox", "list", "--limit", "3"])
        #expect(table.lines.count == 5 && table.lines.last == "… and more: --limit 30", "\(table.output)")
        #expect(try await shop.run(["outbox", "list", "--chat", "-100123"]).output == "no such messages")
    }

    @Test("discards what waits, after being told to, and nothing else")
    func discard() async throws {
        let shop = try await shopWithQueue()
        let refused = try await shop.run(["outbox", "discard", "--chat", "1"])
        #expect(refused.code == 1)
        #expect(
            refused.errors == "tgworker: there is nobody to ask whether to discard 5 messages: add --yes to do it")
        try await shop.database.psql("update tgworker.outbox set sending_since = now(), attempt = 1 where id = 2")
        let done = try await shop.run(["outbox", "discard", "--chat", "1", "--yes"])
        #expect(done.output == "4 messages are discarded; 1 other was being sent, sent or gone already", "\(done)")
        #expect(
            try await shop.database.psql("select string_agg(id::text, ',' order by id) from tgworker.outbox")
                == "2,6,7,8,9,10")
        #expect(
            try await shop.number(
                "select count(*) from tgworker.delivery where outcome = 'discarded' and reason = 'discarded by an administrator'"
            )
                == 4)
        #expect(try await shop.run(["outbox", "discard", "--yes"]).code == 64)
        #expect(try await shop.run(["outbox", "discard", "--state", "failed", "--yes"]).code == 64)
        #expect(
            try await shop.run(["outbox", "discard", "--all", "--yes"]).output.hasPrefix("5 messages are discarded"))
    }

    @Test("asks in a terminal, and does what it is answered", arguments: ["y", "n"])
    func question(answer: String) async throws {
        let shop = try await Shop.openForAdministration()
        try await shop.addFailures(3)
        let outcome = try await shop.inTerminal(["outbox", "retry", "--state", "failed"], typing: answer + "\n")
        #expect(outcome.output.contains("send again 3 messages? [y/N]"), "\(outcome)")
        #expect(try await shop.number("select count(*) from tgworker.outbox") == (answer == "y" ? 3 : 0))
        #expect(outcome.code == (answer == "y" ? 0 : 1))
    }

    @Test("sends again what has failed, once, with a bar that is seen in a terminal only")
    func retry() async throws {
        let shop = try await Shop.openForAdministration()
        try await shop.addFailures(1000)
        let some = try await shop.run(["outbox", "retry", "--state", "failed", "--limit", "300", "--yes"])
        #expect(some.output == "300 messages are to be sent again" && some.errors.isEmpty)
        let rest = try await shop.inTerminal(["outbox", "retry", "--reason", "blocked", "--yes"])
        #expect(rest.output.contains("700 messages are to be sent again"), "\(rest.output)")
        #expect(rest.output.contains("200 of 700") && rest.output.contains("[########"), "\(rest.output)")
        #expect(try await shop.number("select count(*) from tgworker.outbox") == 1000)
        #expect(try await shop.number("select count(distinct source_id) from tgworker.outbox") == 1000)
        #expect(try await shop.run(["outbox", "retry", "--state", "failed", "--yes"]).output == "no such messages")
    }

    @Test("interrupted in the middle, each message is either as it was or to be sent again")
    func interrupted() async throws {
        let shop = try await Shop.openForAdministration()
        try await shop.addFailures(1000)
        // Somebody holds the 501st: the third transaction has to wait for it.
        let holder = try await ChildProcess.start(
            "psql", ["--no-psqlrc", "--quiet", "--dbname", shop.database.url],
            input:
                "begin; select 'held' from tgworker.delivery where outbox_id = 1501 for update; select pg_sleep(600);")
        _ = try await holder.line(containing: "held")
        let retry = try await ChildProcess.start(
            product: "tgworker", ["outbox", "retry", "--all", "--yes", "--database-url", shop.database.url])
        try await eventually("it waits") {
            try await shop.number(
                "select count(*) from pg_stat_activity where application_name = 'tgworker outbox' and wait_event_type = 'Lock'"
            )
                == 1
        }
        await retry.kill(SIGINT)
        #expect(try await retry.exit() == .exited(1))
        #expect(await retry.text(ofErrors: true).hasSuffix("what was done so far stays; run it again to finish"))
        try await shop.database.psql(
            "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid() and datname = current_database()"
        )
        await holder.kill(SIGKILL)
        #expect(try await shop.number("select count(*) from tgworker.outbox") == 400)
        #expect(try await shop.number("select count(*) from tgworker.delivery where retried_as is null") == 600)
        let again = try await shop.run(["outbox", "retry", "--all", "--yes"])
        #expect(again.output == "600 messages are to be sent again", "\(again)")
        #expect(try await shop.number("select count(distinct source_id) from tgworker.outbox") == 1000)
    }
}
