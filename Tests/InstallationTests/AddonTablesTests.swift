import Installation
import Postgres
import TestSupport
import Testing

extension Schema {
    struct AddonTablesTests {
        @Test(
            "addon.snapshot is what a real Odoo made, with wide ids",
            .enabled(if: DemoDatabase.allAvailable.contains(.realOdoo), "needs the dump of a real Odoo"))
        func snapshot() async throws {
            try await Shop.with(.realOdoo) { shop in
                var wide = try await shop.describeAddonTables()
                for column in ["telegram_id", "chat_id", "message_id"] {
                    #expect(wide.contains("    column \(column) integer"))
                    wide = wide.replacing("    column \(column) integer", with: "    column \(column) bigint")
                }
                try expect(wide, is: .addon, record: true)
            }
        }

        @Test("the tables are the real addon's with wide ids, made or found", arguments: DemoDatabase.allAvailable)
        func tables(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                try expect(try await shop.describeAddonTables(), is: .addon)
            }
        }

        @Test(
            "only what is missing is made, and what is there keeps its rows", arguments: DemoDatabase.allAvailable)
        func partlyMissing(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                let user = try await shop.makeTelegramUser(of: partner, telegramID: 4_503_599_627_370_001)
                for missing in [
                    ["telegram_message_wizard"], ["telegram_bot_operator_rel"],
                    ["telegram_message", "telegram_message_wizard"],
                    ["telegram_bot_config", "telegram_bot_operator_rel"],
                ] {
                    try await shop.psql("drop table \(missing.joined(separator: ", "))")
                    let made = try await shop.install().changes.filter { $0.hasPrefix("created table") }
                    #expect(made.sorted() == missing.map { "created table \($0)" })
                    try expect(try await shop.describeAddonTables(), is: .addon)
                }
                let kept = try await shop.rows("select telegram_id from telegram_user where id = \(user)")
                #expect(kept == ["4503599627370001"])
            }
        }

        @Test("what a superuser makes belongs to Odoo's role, whatever its name", arguments: DemoDatabase.allAvailable)
        func owner(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                let awkward = "Odoo-17-\(UInt32.random(in: 0 ... .max))"
                try await shop.psql(#"alter role \#(odoo) rename to "\#(awkward)""#)
                try await shop.install()
                let owners = try await shop.rows(
                    """
                    select distinct pg_get_userbyid(relowner) from pg_class
                    where relnamespace = 'public'::regnamespace and relname like 'telegram\\_%'
                    """)
                #expect(owners == [awkward])
                try await shop.checkThatOrdersCanBeChanged(as: awkward)
            }
        }

        @Test(
            "tables of a DBA who is a member of Odoo's role belong to Odoo's role", arguments: DemoDatabase.allAvailable
        )
        func memberOfOwner(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                let administrator = try await shop.makeRole("DBA-1")
                try await shop.psql(
                    #"""
                    grant \#(odoo) to "\#(administrator)";
                    grant create on database \#(shop.name) to "\#(administrator)";
                    """#)
                try await shop.install(as: administrator)
                let owners = try await shop.rows("select tableowner from pg_tables where tablename = 'telegram_user'")
                #expect(owners == [odoo])
                #expect(try await shop.install(as: administrator) == [.upToDate])
                try await shop.checkThatOrdersCanBeChanged(as: odoo)
            }
        }
    }
}
