import Installation
import Postgres
import TestSupport
import Testing

extension Installing {
    struct WaitingTests {
        /// A transaction that has changed an order and is still open.
        private func openTransaction(in shop: Shop) async throws -> (session: Connection, order: Int, anotherOrder: Int)
        {
            let orders = try await shop.rows("select id from sale_order order by id limit 2").compactMap { Int($0) }
            let session = try await shop.connect()
            try await session.script("begin; \(Shop.update([orders[0]], to: "cancel"))")
            return (session, orders[0], orders[1])
        }

        @Test(
            "waits for an open transaction, names it, makes nobody queue, and goes on when it ends",
            arguments: DemoDatabase.allAvailable, ["commit", "rollback"])
        func waits(kind: DemoDatabase, end: String) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await openTransaction(in: shop)
                let installing = try await shop.installing()
                // Meanwhile somebody works on another order, again and again; an installer that waited its time out in the
                // lock's queue would hold him up for longer than he is ready to wait.
                let other = Task {
                    let session = try await shop.connect()
                    try await session.script("set lock_timeout = '1500ms'")
                    var done = 0
                    while !Task.isCancelled {
                        do {
                            try await session.script(
                                Shop.update([odoo.anotherOrder], to: done % 2 == 0 ? "sent" : "draft"))
                        } catch let error as PostgresError where error.kind == .cancelled {
                            // The test's end met a statement under way.
                            break
                        }
                        done += 1
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                    return done
                }
                var events: [Installer.Event] = []
                for await event in installing.events {
                    events.append(event)
                    if events.waits.count == 3 {
                        other.cancel()
                        try await odoo.session.script(end)
                    }
                }
                try await installing.task.value
                #expect(try await other.value > 3)
                #expect(events.waits.count >= 3)
                for holder in events.waits.prefix(3) {
                    #expect(
                        holder.hasPrefix(
                            "session \(odoo.session.processID) (role odoo, idle in transaction, transaction open for "))
                    #expect(holder.hasSuffix(" s) holds sale_order"))
                    #expect(!holder.contains("\n"))
                }
                #expect(events.changes.contains("created trigger tgworker_order_state on public.sale_order"))
                #expect(try await shop.install() == [.upToDate])
            }
        }

        @Test("gives up when its patience is at an end, and says what to do", arguments: DemoDatabase.allAvailable)
        func givesUp(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await openTransaction(in: shop)
                let error = await #expect(throws: InstallationError.self) { try await shop.install(patience: .zero) }
                let line = try #require(error?.description)
                #expect(line.hasPrefix("gave up: session \(odoo.session.processID) (role odoo, idle in transaction"))
                #expect(line.hasSuffix("; end that session or try again when it is quiet (what was done so far stays)"))
                #expect(!line.contains("\n"))

                try await odoo.session.script("commit")
                try await shop.install()
                #expect(try await shop.install() == [.upToDate])
            }
        }

        @Test("uninstalling waits too, and changes nothing when it gives up", arguments: DemoDatabase.allAvailable)
        func uninstalling(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let installed = try await shop.describeInstallation()
                let odoo = try await openTransaction(in: shop)
                let connection = try await shop.connect()
                await #expect(throws: InstallationError.self) {
                    try await Installer(connection: connection, patience: .zero) { _ in }.uninstall()
                }
                #expect(try await shop.describeInstallation() == installed)
                try await odoo.session.script("rollback")
                #expect(try await shop.uninstall().changes.last == "dropped schema tgworker")
            }
        }

        @Test(
            "who only reads is not in the way of the triggers, and is not blamed", arguments: DemoDatabase.allAvailable)
        func readers(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let reader = try await shop.connect()
                try await reader.script("begin; select count(*) from sale_order")
                let writer = try await openTransaction(in: shop)
                let error = await #expect(throws: InstallationError.self) { try await shop.install(patience: .zero) }
                #expect(error?.description.hasPrefix("gave up: session \(writer.session.processID) ") == true)
                try await writer.session.script("rollback")
                try await shop.install()
                try await reader.script("commit")
            }
        }

        @Test(
            "a role that may not see the others' sessions gets a whole sentence too",
            arguments: DemoDatabase.allAvailable)
        func hiddenSessions(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let role = try await shop.handOver()
                let odoo = try await openTransaction(in: shop)
                let error = await #expect(throws: InstallationError.self) {
                    try await shop.install(as: role, patience: .zero)
                }
                #expect(
                    error?.description.hasPrefix(
                        "gave up: session \(odoo.session.processID) (role odoo, state hidden) holds sale_order;")
                        == true)
                try await odoo.session.script("rollback")
            }
        }
    }
}
