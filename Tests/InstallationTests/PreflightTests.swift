import Installation
import Postgres
import TestSupport
import Testing

extension Installing {
    struct PreflightTests {
        /// Installs on ground that is not fit, by program and by script; nothing may change.
        private func expectRefusal(
            _ message: String, in shop: Shop, as user: String = "odoo", plan: InstallationPlan = .install(),
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let before = try await shop.schemaDump()
            for dryRun in [true, false] {
                let error = await #expect(throws: InstallationError.self, sourceLocation: sourceLocation) {
                    try await shop.install(plan, dryRun: dryRun, as: user, patience: .zero)
                }
                #expect(error?.description == message, sourceLocation: sourceLocation)
            }
            let failure = await #expect(throws: TestSupportError.self, sourceLocation: sourceLocation) {
                try await shop.psql(plan.script, as: user)
            }
            #expect(failure?.description.contains(message) == true, sourceLocation: sourceLocation)
            #expect(!message.contains("\n"), sourceLocation: sourceLocation)
            #expect(try await shop.schemaDump() == before, sourceLocation: sourceLocation)
        }

        @Test("a database without Odoo, and an Odoo without Sales", arguments: DemoDatabase.allAvailable)
        func notOdoo(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                try await shop.psql("drop table sale_order cascade")
                try await expectRefusal(
                    "Odoo in database \(shop.name) has no Sales (no table sale_order): install the Sales app first",
                    in: shop)
                try await shop.psql("drop table res_partner cascade")
                try await expectRefusal(
                    "database \(shop.name) is not an Odoo database (no table res_partner): check the database name",
                    in: shop)
                #expect(try await shop.uninstall() == [.upToDate])
            }
        }

        @Test(
            "a role that may do nothing, and one that does not own Odoo's tables", arguments: DemoDatabase.allAvailable)
        func strangers(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let role = try await shop.makeRole("stranger")
                try await expectRefusal(
                    "role \(role) may not create a schema in database \(shop.name): run as the database's owner or a superuser",
                    in: shop, as: role)
                try await shop.psql("grant create on database \(shop.name) to \(role)")
                try await expectRefusal(
                    "role \(role) does not own Odoo's table sale_order: run as its owner odoo or a superuser", in: shop,
                    as: role)
                let owner = try await shop.makeRole("owner")
                try await shop.psql("grant \(owner) to \(role); alter table sale_order owner to \(owner)")
                try await expectRefusal(
                    "role \(role) does not own Odoo's table ir_config_parameter: run as its owner odoo or a superuser",
                    in: shop, as: role)
            }
        }

        @Test("a role that may make no tables in public where they are missing", arguments: [DemoDatabase.fixture])
        func noTables(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.psql(
                    """
                    alter database \(shop.name) owner to odoo;
                    alter schema public owner to odoo;
                    revoke all on schema public from public;
                    grant usage on schema public to \(odoo);
                    grant create on database \(shop.name) to \(odoo);
                    """)
                try await expectRefusal(
                    "role \(odoo) may not create tables in schema public: run as the database's owner or a superuser",
                    in: shop, as: odoo)
            }
        }

        @Test("a role that does not own what is installed", arguments: DemoDatabase.allAvailable)
        func notTheOwner(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                let message = "role \(odoo) does not own schema tgworker: run as odoo"
                try await expectRefusal(message, in: shop, as: odoo)
                let error = await #expect(throws: InstallationError.self) { try await shop.uninstall(as: odoo) }
                #expect(error?.description == message)
            }
        }

        @Test("a role whose transactions are read-only", arguments: DemoDatabase.allAvailable)
        func readOnly(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                try await shop.psql("alter database \(shop.name) set default_transaction_read_only = on")
                try await expectRefusal(
                    "transactions of role odoo are read-only (default_transaction_read_only): set PGOPTIONS=-cdefault_transaction_read_only=off",
                    in: shop)
            }
        }

        @Test("a role for --grant-to that is not there, before anything is done", arguments: DemoDatabase.allAvailable)
        func unknownRole(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let known = try await shop.makeRole("worker")
                try await expectRefusal(
                    "there is no role it's: create it first, as in: create role it's login", in: shop,
                    plan: .install(grantTo: [known, "it's"]))
            }
        }

        @Test("a migration that was applied from another file", arguments: DemoDatabase.allAvailable)
        func anotherFile(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                try await shop.psql("update tgworker.migration set checksum = 'cbf29ce484222325' where number = 2")
                try await expectRefusal(
                    "migration 2 (outbox) was applied here from another file: install the tgworker that did, or uninstall first",
                    in: shop)
                try await shop.uninstall()
                try await shop.install()
            }
        }

        @Test("a schema that a newer program has installed", arguments: DemoDatabase.allAvailable)
        func newerSchema(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let next = Migration.latest + 1
                try await shop.psql("insert into tgworker.migration values (\(next), 'future', '0')")
                try await expectRefusal(
                    "schema tgworker is at version \(next), this program knows \(Migration.latest): install a newer tgworker",
                    in: shop)
            }
        }
    }
}
