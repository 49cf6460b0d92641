import Installation
import Postgres
import TestSupport
import Testing

extension Installing {
    struct DryRunTests {
        @Test("a dry run changes nothing and tells what the real run then does", arguments: DemoDatabase.allAvailable)
        func installation(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let plan = InstallationPlan.install(grantTo: [try await shop.makeRole("worker")])
                let before = try await shop.schemaDump()
                let announced = try await shop.install(plan, dryRun: true)
                #expect(try await shop.schemaDump() == before)
                #expect(try await shop.install(plan) == announced)
                #expect(announced.changes.count > 10)
                #expect(try await shop.schemaDump() != before)
            }
        }

        @Test("a dry run of a repair tells what is broken", arguments: DemoDatabase.allAvailable)
        func repair(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                try await shop.psql(
                    "drop table telegram_message cascade; drop trigger tgworker_order_state on sale_order")
                let before = try await shop.schemaDump()
                let announced = try await shop.install(dryRun: true)
                #expect(
                    announced.changes == [
                        "created table telegram_message",
                        "created trigger tgworker_order_state on public.sale_order",
                        "created trigger tgworker_reply on public.telegram_message",
                    ])
                #expect(try await shop.schemaDump() == before)
                #expect(try await shop.install() == announced)
            }
        }

        @Test("a dry run of an adoption keeps the waiting messages", arguments: DemoDatabase.allAvailable)
        func adoption(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                _ = try await shop.makeTelegramUser(of: partner, telegramID: 5001)
                try await shop.write("sale", to: shop.makeOrder(of: partner))
                try await shop.psql("update ir_config_parameter set value = 'another' where key = 'database.uuid'")
                let announced = try await shop.install(.install(adopt: true), dryRun: true)
                #expect(announced.changes.last == "discarded 1 waiting messages, which the original database sends")
                #expect(try await shop.outbox().count == 1)
                #expect(try await shop.install(.install(adopt: true)) == announced)
                #expect(try await shop.outbox().count == 0)
            }
        }
    }
}
