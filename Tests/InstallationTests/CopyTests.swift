import Installation
import Postgres
import TestSupport
import Testing

extension Installing {
    struct CopyTests {
        /// Runs `body` on a copy, made as administrators make them, of a shop where two messages wait, one of which is
        /// being sent.
        private func withCopy(_ kind: DemoDatabase, _ body: (_ copy: Shop, _ original: String) async throws -> Void)
            async throws
        {
            try await Shop.withInstallation(kind) { original in
                let partner = try await original.makePartner()
                _ = try await original.makeTelegramUser(of: partner, telegramID: 31)
                try await original.write("sent", to: original.makeOrder(of: partner))
                try await original.write("sale", to: original.makeOrder(of: partner))
                try await original.psql(
                    """
                    update tgworker.outbox set sending_since = now(), attempt = 1
                    where id = (select min(id) from tgworker.outbox)
                    """)
                let copy = Shop(name: "copy_of_\(original.name)", cluster: original.cluster)
                try await copy.cluster.psql("create database \(copy.name) template \(original.name)")
                try await body(copy, original.name)
                try await copy.cluster.psql("drop database \(copy.name)")
            }
        }

        @Test(
            "a copy is refused with the advice to adopt it, and nothing changes", arguments: DemoDatabase.allAvailable)
        func refused(kind: DemoDatabase) async throws {
            try await withCopy(kind) { copy, original in
                let uuid = try await copy.psql("select tgworker.odoo_parameter('database.uuid')")
                let before = try await copy.rows("select * from tgworker.installation")
                let message =
                    "this is a copy: tgworker was installed in database \(original) (\(uuid)), this is \(copy.name) (\(uuid))"
                let advice =
                    "If this database is the one that writes to customers from now on, run: tgworker install-sql --adopt"
                let error = await #expect(throws: InstallationError.self) { try await copy.install() }
                #expect(error?.description == "\(message): \(advice)")
                let failure = await #expect(throws: TestSupportError.self) {
                    try await copy.psql(InstallationPlan.install().script)
                }
                #expect(failure?.description.contains(message) == true)
                #expect(failure?.description.contains(advice) == true)
                #expect(try await copy.rows("select * from tgworker.installation") == before)
                #expect(try await copy.outbox().count == 2)
            }
        }

        @Test(
            "a database that was only renamed keeps what waits when it is adopted", arguments: DemoDatabase.allAvailable
        )
        func renamed(kind: DemoDatabase) async throws {
            try await withCopy(kind) { copy, original in
                let changes = try await copy.install(.install(adopt: true)).changes
                #expect(changes == ["adopted: bound to database \(copy.name) instead of \(original)"])
                #expect(try await copy.outbox().count == 2)
                #expect(try await copy.install() == [.upToDate])
                #expect(try await copy.install(.install(adopt: true)) == [.upToDate])
                #expect(try await copy.rows("select database_name from tgworker.installation") == [copy.name])
            }
        }

        @Test(
            "a copy with an identity of its own sends nothing of what waited, not even what was being sent",
            arguments: DemoDatabase.allAvailable)
        func duplicated(kind: DemoDatabase) async throws {
            try await withCopy(kind) { copy, original in
                try await copy.psql("update ir_config_parameter set value = 'own-uuid' where key = 'database.uuid'")
                await #expect(throws: InstallationError.self) { try await copy.install() }
                let changes = try await copy.install(.install(adopt: true)).changes
                #expect(
                    changes == [
                        "adopted: bound to database \(copy.name) instead of \(original)",
                        "discarded 2 waiting messages, which the original database sends",
                    ])
                #expect(try await copy.outbox() == [])
                let entered = try await copy.rows(
                    "select outcome, reason, attempts, event ->> 'state' from tgworker.delivery order by outbox_id")
                #expect(
                    entered == [
                        "discarded|the original database sends it|1|sent",
                        "discarded|the original database sends it|0|sale",
                    ])
                #expect(try await copy.install() == [.upToDate])
            }
        }

        @Test("a database whose identity changed in place is a copy too", arguments: DemoDatabase.allAvailable)
        func sameName(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                try await shop.psql("delete from ir_config_parameter where key = 'database.uuid'")
                let error = await #expect(throws: InstallationError.self) { try await shop.install() }
                #expect(error?.description.contains("this is \(shop.name) (no uuid)") == true)
            }
        }
    }
}
