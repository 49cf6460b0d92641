import Installation
import Postgres
import TestSupport
import Testing

extension Installing {
    struct InstallTests {
        @Test("installs from nothing and says what it did", arguments: DemoDatabase.allAvailable)
        func installs(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let events = try await shop.install()
                #expect(events.changes.first == "created schema tgworker")
                for migration in Migration.all {
                    #expect(events.changes.contains("applied migration \(migration.number) (\(migration.name))"))
                }
                #expect(events.changes.contains("created trigger tgworker_order_state on public.sale_order"))
                #expect(events.changes.contains("bound to database \(shop.name)"))
                #expect(events.changes.contains("created table telegram_user") == (kind == .fixture))
                #expect(
                    events.changes.contains("widened public.telegram_user.chat_id to bigint") == (kind == .realOdoo))
                #expect(events.changes.count == events.count)
                let recorded = try await shop.rows(
                    "select number, name, checksum from tgworker.migration order by number")
                #expect(recorded == Migration.all.map { "\($0.number)|\($0.name)|\($0.checksum)" })
            }
        }

        @Test(
            "a second run finds everything up to date and needs no lock on Odoo's tables",
            arguments: DemoDatabase.allAvailable, ["access exclusive", "row exclusive"])
        func secondRun(kind: DemoDatabase, mode: String) async throws {
            try await Shop.with(kind) { shop in
                let worker = try await shop.makeRole("worker")
                try await shop.install(.install(grantTo: [worker]))
                let odoo = try await shop.connect()
                try await odoo.script(
                    "begin; lock table sale_order, res_partner, telegram_user, telegram_message in \(mode) mode")
                #expect(try await shop.install(.install(grantTo: [worker]), patience: .zero) == [.upToDate])
                #expect(try await shop.install(dryRun: true, patience: .zero) == [.upToDate])
                try await odoo.script("rollback")
            }
        }

        @Test(
            "the printed script does the same as the program, and may be run twice",
            arguments: DemoDatabase.allAvailable)
        func script(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { byProgram in
                try await Shop.with(kind) { byScript in
                    let plan = InstallationPlan.install(grantTo: [try await byProgram.makeRole("worker")])
                    let changes = try await byProgram.install(plan).changes
                    let printed = try await byScript.rows(plan.script)
                    // psql prints what the functions say; the program has its own words for the steps before.
                    let said = changes.filter { !$0.hasPrefix("created schema") && !$0.hasPrefix("applied migration") }
                    #expect(printed == said.map { $0.replacing(byProgram.name, with: byScript.name) })
                    let wanted = try await byProgram.schemaDump()
                    #expect(try await byScript.schemaDump() == wanted)
                    #expect(try await byScript.rows(plan.script) == [])
                    #expect(try await byScript.schemaDump() == wanted)
                    #expect(try await byScript.install(plan) == [.upToDate])
                }
            }
        }

        @Test("the printed script and the program may run at the same time", arguments: DemoDatabase.allAvailable)
        func scriptsAtOnce(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                try await withThrowingTaskGroup { group in
                    for number in 0..<8 {
                        group.addTask {
                            if number % 2 == 0 {
                                try await shop.psql(InstallationPlan.install().script)
                            } else {
                                try await shop.install()
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await shop.install() == [.upToDate])
            }
        }

        @Test("Odoo's own role, which is no superuser, can install", arguments: DemoDatabase.allAvailable)
        func asOdoo(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                let worker = try await shop.makeRole("worker")
                try await shop.install(.install(grantTo: [worker]), as: odoo)
                #expect(try await shop.install(.install(grantTo: [worker]), as: odoo) == [.upToDate])
                // A DBA may go on where Odoo's role began.
                #expect(try await shop.install() == [.upToDate])
                try await shop.checkThatOrdersCanBeChanged(as: odoo)
                try await shop.uninstall(as: odoo)
                try await shop.checkThatOrdersCanBeChanged(as: odoo)
            }
        }

        @Test("a schema that a DBA has made for a role is used", arguments: DemoDatabase.allAvailable)
        func preparedSchema(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.psql(
                    """
                    alter database \(shop.name) owner to odoo;
                    create schema tgworker authorization \(odoo);
                    grant create on schema public to \(odoo);
                    """)
                try await shop.install(as: odoo)
                #expect(try await shop.install(as: odoo) == [.upToDate])
                try await shop.psql(InstallationPlan.install().script, as: odoo)
            }
        }
    }
}
