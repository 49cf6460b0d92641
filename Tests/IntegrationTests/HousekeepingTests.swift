import TestSupport
import Testing

@Suite("What is old goes", .timeLimit(.minutes(10)))
struct HousekeepingTests {
    @Test("the ledger and the log of updates are pruned by age, in batches, and only what is old")
    func pruning() async throws {
        let shop = try await Shop.open(.fixture)
        try await shop.database.psql(
            """
            insert into tgworker.delivery (outbox_id, kind, priority, chat_id, event, outcome, attempts, in_doubt, enqueued_at, finished_at)
            select n, 'reply', 1, 1, '{}', 'sent', 1, 0, now(), now() - n * interval '1 hour' from generate_series(1, 30000) n;
            insert into tgworker.update_log (bot_id, update_id, outcome, raw, received_at)
            select 1, n, 'handled', '{}', now() - n * interval '1 hour' from generate_series(1, 3000) n;
            insert into tgworker.invitation (token_hash, partner_id, expires_at)
            values ('a', 1, now() - interval '31 days'), ('b', 1, now() - interval '29 days'), ('c', 1, now());
            insert into tgworker.chat (bot_id, chat_id, language_code, paused_until, pause_reason)
            values (1, 1, 'en', now() - interval '2 minutes', 'x'), (1, 2, 'en', now() + interval '1 hour', 'x');
            update tgworker.setting set value = '1' where name = 'keep_updates_days'
            """)
        let worker = try await shop.startWorker()
        let hours = 365 * 24
        try await eventually("pruned", timeout: .seconds(60)) {
            try await shop.number("select count(*) from tgworker.delivery") < hours
        }
        #expect(
            try await shop.database.psql(
                """
                select (select max(outbox_id) from tgworker.delivery), (select count(*) from tgworker.delivery) = \(hours - 1)
                """) == "\(hours - 1)|t")
        try await eventually("the log too") {
            try await shop.number("select max(update_id) from tgworker.update_log") == 47
        }
        #expect(try await shop.number("select count(*) from tgworker.invitation") == 2)
        #expect(
            try await shop.database.psql(
                "select chat_id, language_code, paused_until is null, pause_reason from tgworker.chat order by chat_id")
                == "1|en|t|\n2|en|f|x")
        await worker.terminate()
    }

    @Test("what is to be kept for ever is kept")
    func forEver() async throws {
        let shop = try await Shop.open(.fixture)
        try await shop.database.psql(
            """
            insert into tgworker.update_log (bot_id, update_id, outcome, raw, received_at)
            values (1, 1, 'handled', '{}', now() - interval '20 years');
            insert into tgworker.delivery (outbox_id, kind, priority, chat_id, event, outcome, attempts, in_doubt, enqueued_at, finished_at)
            values (1, 'reply', 1, 1, '{}', 'sent', 1, 0, now(), now() - interval '20 years');
            insert into tgworker.invitation (token_hash, partner_id, expires_at) values ('a', 1, now() - interval '31 days');
            update tgworker.setting set value = '0' where name like 'keep%'
            """)
        let worker = try await shop.startWorker()
        // In the same group as the others.
        try await eventually("tidied up") { try await shop.number("select count(*) from tgworker.invitation") == 0 }
        #expect(try await shop.number("select count(*) from tgworker.update_log") == 1)
        #expect(try await shop.number("select count(*) from tgworker.delivery") == 1)
        await worker.terminate()
    }
}
