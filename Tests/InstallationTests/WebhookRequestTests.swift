import Installation
import TestSupport
import Testing

extension Schema {
    struct WebhookRequestTests {
        @Test("Odoo's role asks for the webhook and sees what became of it", arguments: DemoDatabase.allAvailable)
        func request(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                try await shop.psql(
                    """
                    delete from telegram_bot_config;
                    insert into tgworker.bot (id, username) values (7, 'shop_bot');
                    insert into telegram_bot_config (id, bot_name, bot_token, webhook_secret, active)
                    values (1, 'a', ' 7:token', '', true), (2, 'b', 'none', '', false)
                    """)
                let status = "select * from tgworker.bot_status"
                #expect(try await shop.psql(status, as: odoo) == "1|shop_bot|||||\n2||||||")
                let ask = "select tgworker.request_webhook"
                try await shop.psql("\(ask)(1, 'set'); \(ask)(2, 'set'); \(ask)(1, 'delete')", as: odoo)
                let waiting =
                    "select bot_config_id, webhook_action, webhook_requested_at is not null, webhook_answered_at, webhook_ok, webhook_answer from tgworker.bot_status"
                #expect(try await shop.psql(waiting, as: odoo) == "1|delete|t|||\n2|set|t|||")
                for (arguments, words) in [
                    ("1, 'remove'", "the action is set or delete, not remove"),
                    ("1, null", "the action is set or delete, not NULL"),
                    ("3, 'set'", "there is no bot configuration 3"),
                    ("null, 'set'", "there is no bot configuration NULL"),
                ] {
                    let error = await #expect(throws: (any Error).self) {
                        try await shop.psql("\(ask)(\(arguments))", as: odoo)
                    }
                    #expect("\(String(describing: error))".contains(words), "\(String(describing: error))")
                }
                // The table is Odoo's to drop, with all that it keeps for it.
                try await shop.psql("drop table telegram_bot_operator_rel; drop table telegram_bot_config", as: odoo)
                #expect(try await shop.psql(status, as: odoo) == "")
            }
        }

        @Test("the way in changes where it is decided, and nobody is woken when it is so already")
        func receiveBy() async throws {
            try await Shop.withInstallation(.fixture) { shop in
                let setting = "select value from tgworker.setting where name = 'receive'"
                let by = "select tgworker.receive_by"
                #expect(
                    try await !shop.psql("listen tgworker; \(by)('polling'); \(by)('polling')").contains("notification")
                )
                #expect(try await shop.psql(setting) == "")
                try await shop.psql("\(by)('webhook')")
                #expect(try await shop.psql(setting) == "webhook")
                try await shop.psql(
                    """
                    alter table telegram_bot_config add column use_webhook boolean;
                    insert into telegram_bot_config (bot_name, bot_token, webhook_secret, active)
                    values ('a', '7:a', '', true), ('b', '8:b', '', false)
                    """)
                try await shop.psql("\(by)('webhook')")
                let fields =
                    "select string_agg(coalesce(use_webhook::text, '-'), ' ' order by id) from telegram_bot_config"
                #expect(try await shop.psql(fields) == "true -")
                try await shop.psql("\(by)('polling')")
                #expect(try await shop.psql(fields) == "false -")
                #expect(try await shop.psql(setting) == "polling")
            }
        }

        @Test("the state of the workers is one row, whether there are any or not", arguments: DemoDatabase.allAvailable)
        func workers(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                let status =
                    "select sender_alive, sender, instances, waiting, oldest_waiting_since is null, paused_until is null, last_error from tgworker.worker_status"
                #expect(try await shop.psql(status, as: odoo) == "f||0|0|t|t|")
                try await shop.psql(
                    """
                    insert into tgworker.worker (instance, host, process_id, version, role, heartbeat_at, last_error, last_error_at)
                    values (gen_random_uuid(), 'a', 1, '1', 'sender', now() - interval '1 hour', 'old', now()),
                        (gen_random_uuid(), 'b', 2, '1', 'sender', now(), null, null),
                        (gen_random_uuid(), 'c', 3, '1', 'standby', now(), 'no server', now()),
                        (gen_random_uuid(), 'd', 4, '1', 'stopped', now(), 'over', now());
                    insert into tgworker.bot (id, paused_until) values (7, now() + interval '1 hour');
                    insert into tgworker.outbox (kind, priority, chat_id) select 'reply', 1, n from generate_series(1, 10001) n
                    """)
                #expect(try await shop.psql(status, as: odoo) == "f||2|10000|f|f|no server")
            }
        }
    }
}
