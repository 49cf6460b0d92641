import Postgres
import TestSupport
import Testing

extension Schema {
    struct RetryTests {
        private func retry(_ id: Int, in shop: Shop) async throws -> Int? {
            Int(try await shop.psql("select tgworker.retry(\(id))"))
        }

        @Test("a waiting message is tried at once, whoever asks how often", arguments: DemoDatabase.allAvailable)
        func waiting(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                let id = try await shop.enqueue(chat: 1)
                try await shop.psql("update tgworker.outbox set available_at = now() + interval '1 hour'")
                for _ in 1...2 {
                    #expect(try await shop.psql("select tgworker.retry(\(id))", as: odoo) == "\(id)")
                    #expect(try await shop.rows("select available_at <= now() from tgworker.outbox") == ["t"])
                }
                try await shop.beginAttempt(id)
                #expect(try await retry(id, in: shop) == nil, "it is being sent")
                #expect(try await retry(id + 1000, in: shop) == nil, "there is none")
            }
        }

        @Test(
            "what failed is sent again as one new message, however often it is asked for",
            arguments: DemoDatabase.allAvailable, ["failed", "discarded", "unknown"])
        func finished(kind: DemoDatabase, outcome: String) async throws {
            try await Shop.withInstallation(kind) { shop in
                let id = try await shop.enqueue(chat: 4_503_599_627_370_001, source: 7)
                try await shop.beginAttempt(id)
                try await shop.finish(id, outcome, reason: "because")
                let again = try #require(try await retry(id, in: shop))
                #expect(again > id)
                #expect(try await retry(id, in: shop) == again)
                #expect(try await retry(again, in: shop) == again)
                let rows = try await shop.rows(
                    "select id, kind, priority, chat_id, source_id, attempt, in_doubt, parts_sent, message_id from tgworker.outbox"
                )
                // Nobody knows whether the customer has the message of an unknown outcome.
                #expect(rows == ["\(again)|reply|1|4503599627370001|7|0|\(outcome == "unknown" ? 1 : 0)|0|"])

                try await shop.finish(again, "failed")
                let third = try #require(try await retry(id, in: shop))
                #expect(third > again)
                try await shop.finish(third, "sent", messageID: 5)
                for known in [id, again, third] { #expect(try await retry(known, in: shop) == nil, "it was sent") }
                #expect(try await shop.outbox() == [])
                let ledger = try await shop.rows(
                    "select outbox_id, outcome, retried_as from tgworker.delivery order by id")
                #expect(ledger == ["\(id)|\(outcome)|\(again)", "\(again)|failed|\(third)", "\(third)|sent|"])
            }
        }

        @Test("a long message goes on with the part that is missing", arguments: DemoDatabase.allAvailable)
        func parts(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let id = try await shop.enqueue(chat: 1)
                try await shop.finish(id, "failed", messageID: 77, parts: 2)
                let again = try #require(try await retry(id, in: shop))
                let rows = try await shop.rows("select id, parts_sent, message_id from tgworker.outbox")
                #expect(rows == ["\(again)|2|77"])
            }
        }

        @Test("what was sent is never sent again", arguments: DemoDatabase.allAvailable)
        func sent(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let id = try await shop.enqueue(chat: 1)
                try await shop.finish(id, "sent", messageID: 3)
                #expect(try await retry(id, in: shop) == nil)
                #expect(try await shop.outbox() == [])
            }
        }

        @Test(
            "a double click sends it once", arguments: DemoDatabase.allAvailable, ["read committed", "repeatable read"])
        func doubleClick(kind: DemoDatabase, isolation: String) async throws {
            try await Shop.withInstallation(kind) { shop in
                let id = try await shop.enqueue(chat: 1)
                try await shop.finish(id, "failed")
                let first = try await shop.connect()
                let second = try await shop.connect()
                // Odoo has looked at this and that before the button's method runs.
                for session in [first, second] {
                    try await session.script("begin isolation level \(isolation); select count(*) from sale_order")
                }
                let again: Int = try await first.query("select tgworker.retry(\(id)) as id")[0].get("id")
                let click = Task {
                    try await second.query("select tgworker.retry(\(id)) as id")[0].get("id", as: Int.self)
                }
                try await eventually("the second click waits") {
                    try await shop.integer(
                        "select count(*) from pg_locks where pid = \(second.processID) and not granted") > 0
                }
                try await first.script("commit")
                if isolation == "read committed" {
                    #expect(try await click.value == again)
                    try await second.script("commit")
                } else {
                    let error = await #expect(throws: PostgresError.self) { try await click.value }
                    #expect(error?.sqlState == "40001", "then Odoo runs the method anew")
                    try await second.script("rollback")
                    #expect(try await retry(id, in: shop) == again)
                }
                #expect(try await shop.outbox().count == 1)
            }
        }

        @Test("Odoo's screens see the state of a reply through the view", arguments: DemoDatabase.allAvailable)
        func messageStatus(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                func status() async throws -> [String] {
                    try await shop.rows(
                        """
                        select outbox_id, state, reason, attempts, enqueued_at is not null, finished_at is not null
                        from tgworker.message_status where telegram_message_id = 70
                        """, as: odoo)
                }
                #expect(try await status() == [])
                var id = try await shop.enqueue(chat: 1, source: 70)
                _ = try await shop.enqueue(chat: 1, source: 71)
                #expect(try await status() == ["\(id)|queued||0|t|f"])
                try await shop.beginAttempt(id)
                #expect(try await status() == ["\(id)|sending||1|t|f"])
                try await shop.psql(
                    "update tgworker.outbox set sending_since = null, last_error = 'Telegram asks to wait' where id = \(id)"
                )
                #expect(try await status() == ["\(id)|queued|Telegram asks to wait|1|t|f"])
                for outcome in ["failed", "unknown", "discarded", "sent"] {
                    try await shop.beginAttempt(id)
                    try await shop.finish(id, outcome, reason: outcome == "sent" ? nil : "so it is")
                    let attempts = outcome == "failed" ? 2 : 1
                    #expect(
                        try await status() == [
                            "\(id)|\(outcome)|\(outcome == "sent" ? "" : "so it is")|\(attempts)|t|t"
                        ])
                    guard outcome != "sent" else { break }
                    id = try #require(try await retry(id, in: shop))
                    #expect(try await status() == ["\(id)|queued||0|t|f"])
                }
            }
        }
    }
}
