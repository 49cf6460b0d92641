import Installation
import Postgres
import TestSupport
import Testing

extension Installing {
    struct ConcurrencyTests {
        @Test("twenty may install at once, and it is done once", arguments: DemoDatabase.allAvailable)
        func twenty(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let worker = try await shop.makeRole("worker")
                let all = try await withThrowingTaskGroup { group in
                    for _ in 0..<20 {
                        group.addTask { try await shop.install(.install(grantTo: [worker])) }
                    }
                    return try await group.reduce(into: [[Installer.Event]]()) { $0.append($1) }
                }
                let changes = all.flatMap(\.changes)
                #expect(Set(changes).count == changes.count, "nothing was done twice")
                #expect(changes.filter { $0.hasPrefix("applied migration") }.count == Migration.latest)
                #expect(try await shop.integer("select count(*) from tgworker.migration") == Migration.latest)
                #expect(try await shop.install(.install(grantTo: [worker])) == [.upToDate])
            }
        }

        @Test("installing and uninstalling at once end in the one or the other", arguments: DemoDatabase.allAvailable)
        func installAndUninstall(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let installed = try await shop.describeInstallation()
                // An installer may find its schema gone between two steps; then it says so, and a second run completes.
                await withTaskGroup { group in
                    for number in 0..<6 {
                        group.addTask {
                            _ = number % 2 == 0 ? try? await shop.install() : try? await shop.uninstall()
                        }
                    }
                }
                try await shop.install()
                #expect(try await shop.describeInstallation() == installed)
            }
        }

        @Test(
            "after crashes at two places in the middle another run completes", arguments: DemoDatabase.allAvailable)
        func crash(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                // The first is needed to make the addon's tables, or to widen them.
                for table in [kind == .fixture ? "res_partner" : "telegram_user", "sale_order"] {
                    let blocker = try await shop.connect()
                    try await blocker.script("begin; lock table \(table) in row exclusive mode")
                    let installing = try await shop.installing()
                    let isHeldUp = await installing.events.contains { if case .waiting = $0 { true } else { false } }
                    #expect(isHeldUp)
                    try await shop.psql("select pg_terminate_backend(\(installing.processID))")
                    await #expect(throws: PostgresError.self) { try await installing.task.value }
                    try await blocker.script("rollback")
                    #expect(try await shop.integer("select count(*) from tgworker.migration") == Migration.latest)
                    #expect(try await shop.rows("select tgname from pg_trigger where tgname like 'tgworker%'") == [])
                }
                try await shop.install()
                #expect(try await shop.install() == [.upToDate])
                try expect(try await shop.describeAddonTables(), is: .addon)
                let completed = try await shop.describeInstallation()
                try await shop.uninstall()
                try await shop.install()
                #expect(try await shop.describeInstallation() == completed)
            }
        }

        @Test("settings of the role and the database do not get in the way", arguments: DemoDatabase.allAvailable)
        func settings(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                try await shop.psql(
                    """
                    create schema trap;
                    create function trap.format(text, variadic text[]) returns text language sql as $$ select 'trapped' $$;
                    create function trap.to_regclass(text) returns regclass language sql as $$ select null::regclass $$;
                    """)
                for setting in [
                    "search_path = trap, pg_catalog, public", "default_transaction_isolation = 'serializable'",
                    "statement_timeout = '2s'", "lock_timeout = '1ms'", "datestyle = 'German, DMY'",
                ] {
                    try await shop.psql("alter database \(shop.name) set \(setting)")
                }
                try await withThrowingTaskGroup { group in
                    for _ in 0..<4 { group.addTask { try await shop.install() } }
                    try await group.waitForAll()
                }
                #expect(try await shop.install() == [.upToDate])
                let partner = try await shop.makePartner()
                let user = try await shop.makeTelegramUser(of: partner, telegramID: 900)
                let order = try await shop.makeOrder(of: partner)
                try await shop.write("sale", to: order)
                #expect(try await shop.outbox() == ["order_state|2|900|\(user)|\(order)|sale"])
            }
        }
    }
}
