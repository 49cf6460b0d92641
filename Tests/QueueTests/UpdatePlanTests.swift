import Foundation
import Postgres
import Telegram
import TestSupport
import Testing

@testable import Worker

extension Undisturbed {
    /// The statements of one update, each with a plan that the session keeps.
    @Suite("A plan that was made for an update before there were many customers")
    struct UpdatePlanTests {
        private static let customers = 5_000
        private static let customer = Int64(2_500)

        private static func statements() throws -> [(name: String, statement: Statement)] {
            let json = #"{"message_id": 7, "date": 1700000000, "chat": {"id": 2500, "type": "private"}}"#
            let message = try JSONDecoder().decode(Message.self, from: Data(json.utf8))
            return [
                ("seen", UpdateStatements.seen(bot: 42, update: customer)),
                ("customer", UpdateStatements.customer(customer, chat: customer, bot: 42)),
                ("orders", UpdateStatements.orders(of: customer, after: nil, limit: 6)),
                ("store", UpdateStatements.store(message, text: "hello", from: customer)),
                ("edit", UpdateStatements.edit(message, text: "hello", from: customer)),
                ("touch", UpdateStatements.touch(customer, at: message.date)),
            ] + IdentificationStatements.followPartner(customer).enumerated().map { ("follow_\($0)", $1) }
        }

        @Test("reads a few rows of theirs when there are")
        func large() async throws {
            let queue = try await Queue.open(in: Undisturbed.cluster)
            let session = queue.session
            let statements = try Self.statements()
            try await session.script("analyze")
            try await session.group(Statement.planning)
            for (name, statement) in statements {
                try await ExplainedPlan.prepare(statement, as: name, on: session)
                _ = try await ExplainedPlan(name, statement, on: session)
            }
            try await queue.addCustomers(1...Self.customers)
            try await session.script(
                """
                insert into tgworker.update_log (bot_id, update_id, outcome, raw)
                select 42, n, 'handled', '{}' from generate_series(1, \(Self.customers)) n;
                insert into tgworker.chat (bot_id, chat_id) select 42, n from generate_series(1, \(Self.customers)) n;
                insert into tgworker.identification (telegram_user_id, placeholder_partner_id)
                select id, 100001 + id % \(Self.customers) from telegram_user;
                insert into telegram_message (
                    telegram_user_id, partner_id, message_id, direction, text, is_read, message_date)
                select id, partner_id, 7, 'incoming', 'hello', true, now() at time zone 'UTC' from telegram_user
                """)
            for (name, statement) in statements {
                let plan = try await ExplainedPlan(name, statement, isRun: true, on: session)
                let tables = [
                    "telegram_user", "telegram_message", "res_partner", "sale_order", "update_log", "chat",
                    "identification", "edited_message",
                ]
                #expect(plan.readWhole.isDisjoint(with: tables), "\(name)")
                #expect(tables.map(plan.rows).reduce(0, +) > 0, "\(name) has something to do")
                for table in tables { #expect(plan.rows(of: table) <= 4, "\(name), \(table)") }
            }
            try await queue.close()
        }
    }
}
