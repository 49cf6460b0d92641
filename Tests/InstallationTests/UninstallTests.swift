import Installation
import Postgres
import TestSupport
import Testing

extension Installing {
    struct UninstallTests {
        @Test("everything goes but the addon's tables and their rows", arguments: DemoDatabase.allAvailable)
        func removesEverything(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                let worker = try await shop.makeRole("worker")
                let before = try await shop.schemaDump(withoutAddon: true)
                try await shop.install(.install(grantTo: [worker]))
                let partner = try await shop.makePartner()
                let user = try await shop.makeTelegramUser(of: partner, telegramID: 4_503_599_627_370_001)
                try await shop.write("sale", to: shop.makeOrder(of: partner), as: odoo)

                let events = try await shop.uninstall()
                #expect(
                    events.changes == [
                        "revoked the worker's rights from role \(worker)",
                        "dropped trigger tgworker_configuration on public.telegram_bot_config",
                        "dropped trigger tgworker_order_created on public.sale_order",
                        "dropped trigger tgworker_order_state on public.sale_order",
                        "dropped trigger tgworker_reply on public.telegram_message",
                        "dropped trigger tgworker_user on public.telegram_user",
                        "dropped 1 messages that were waiting",
                        "dropped schema tgworker",
                    ])
                #expect(try await shop.schemaDump(withoutAddon: true) == before)
                try expect(try await shop.describeAddonTables(), is: .addon)
                #expect(
                    try await shop.rows("select telegram_id from telegram_user where id = \(user)") == [
                        "4503599627370001"
                    ])
                #expect(try await shop.rows("select 1 from pg_shdepend where refobjid = '\(worker)'::regrole") == [])
                try await shop.checkThatOrdersCanBeChanged(as: odoo)
                try await shop.psql("drop role \(worker)")
            }
        }

        @Test(
            "a second time there is nothing to do, and it can be installed again", arguments: DemoDatabase.allAvailable)
        func twice(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let installed = try await shop.describeInstallation()
                try await shop.uninstall()
                #expect(try await shop.uninstall() == [.upToDate])
                try await shop.install()
                #expect(try await shop.describeInstallation() == installed)
            }
        }

        @Test("it works after Odoo has removed the addon with its tables", arguments: DemoDatabase.allAvailable)
        func withoutAddon(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let worker = try await shop.makeRole("worker")
                try await shop.install(.install(grantTo: [worker]))
                try await shop.psql(
                    """
                    drop table telegram_message_wizard, telegram_message, telegram_user, telegram_bot_operator_rel,
                        telegram_bot_config cascade
                    """)
                try await shop.checkThatOrdersCanBeChanged()
                try await shop.uninstall()
                #expect(try await shop.rows("select 1 from pg_shdepend where refobjid = '\(worker)'::regrole") == [])
                try await shop.checkThatOrdersCanBeChanged()
            }
        }

        @Test(
            "Odoo's role keeps its own rights when it was the worker's role too", arguments: DemoDatabase.allAvailable)
        func ownerAsWorker(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install(.install(grantTo: [odoo]))
                try await shop.uninstall()
                let partner = try await shop.makePartner()
                try await shop.psql(
                    """
                    insert into telegram_user (telegram_id, partner_id) values (77, \(partner));
                    insert into telegram_message (telegram_user_id, direction, message_date)
                    select id, 'outgoing', now() from telegram_user where telegram_id = 77;
                    update telegram_message set message_id = 1;
                    select name from sale_order limit 1;
                    """, as: odoo)
                try await shop.checkThatOrdersCanBeChanged(as: odoo)
            }
        }

        @Test("a role that is gone is passed over", arguments: DemoDatabase.allAvailable)
        func missingRole(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let worker = try await shop.makeRole("worker")
                try await shop.install(.install(grantTo: [worker]))
                try await shop.psql("drop owned by \(worker); drop role \(worker)")
                #expect(try await shop.install() == [.upToDate])
                #expect(try await shop.uninstall().changes.last == "dropped schema tgworker")
            }
        }

        @Test("a schema of that name which is not ours is left alone", arguments: DemoDatabase.allAvailable)
        func foreignSchema(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                try await shop.psql("create schema tgworker; create table tgworker.treasure as select 1")
                #expect(try await shop.uninstall() == [.upToDate])
                #expect(try await shop.rows("select * from tgworker.treasure") == ["1"])
            }
        }
    }
}
