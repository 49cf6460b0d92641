import Postgres
import TestSupport
import Testing

@testable import Worker

extension Undisturbed {
    /// What an Odoo transaction writes while the sender has work is not announced. It may commit when the sender has none.
    @Suite("A sender that runs out of work")
    struct ParkingRaceTests {
        /// When the transaction that stayed silent commits.
        enum Commit: Equatable, CustomTestStringConvertible {
            /// After the triggers were told that the sender waits, and before it looks for what they were silent about.
            case beforeFirstLook
            /// After so many looks that found nothing.
            case afterLooks(Int)

            var testDescription: String {
                switch self {
                case .beforeFirstLook: "before the first look"
                case .afterLooks(let count): "after \(count) looks"
                }
            }
        }

        /// A sender with one message under way and four customers, that has just said it has work; and an Odoo transaction
        /// whose snapshot is older than that.
        private func open() async throws -> (Queue, SteppedSender, odoo: Connection) {
            let queue = try await Queue.open(in: Undisturbed.cluster)
            try await queue.addCustomers(1...4)
            let odoo = try await queue.connect()
            var sender = try await SteppedSender(queue, concurrency: 2)
            try await sender.begin()
            try await odoo.beginAsOdoo()
            try await queue.session.script(Queue.Writing.order.sql(customers: 1...2))
            #expect(try await sender.listen())
            try await sender.stepUntilItWaits()
            #expect(sender.underWay.count == 2)
            sender.finish()
            try await sender.step()
            #expect(sender.exchanges.last?.parks == false)
            return (queue, sender, odoo)
        }

        /// The exchange that tells the triggers that the sender waits, and what its look claims.
        private func park(
            _ sender: inout SteppedSender, beforeLook: () async throws -> Void = {}
        ) async throws -> [OutboxMessage] {
            guard case .exchanged(let exchange, let messages) = try await sender.step(beforeLook: beforeLook) else {
                Issue.record("does not park")
                return []
            }
            #expect(exchange.parks == true)
            return messages
        }

        /// What the sender claims when the time has come for which it waits.
        private func look(_ sender: inout SteppedSender) async throws -> [Int64] {
            let moment = try #require(try await sender.stepUntilItWaits(), "looks again")
            sender.pass(to: moment)
            guard case .exchanged(_, let messages) = try await sender.step() else { return [] }
            return messages.map(\.chatID)
        }

        @Test(
            "finds by itself what a transaction writes that is silent, and commits when the sender waits",
            arguments: Queue.Writing.allCases,
            [.beforeFirstLook, .afterLooks(1), .afterLooks(2), .afterLooks(5)] as [Commit])
        func silent(writing: Queue.Writing, commit: Commit) async throws {
            var (queue, sender, odoo) = try await open()
            try await odoo.script(writing.sql(customer: 3))
            var found: [Int64]
            switch commit {
            case .beforeFirstLook:
                found = try await park(&sender) { try await odoo.script("commit") }.map(\.chatID)
            case .afterLooks(let count):
                found = try await park(&sender).map(\.chatID)
                for _ in 1..<count { found += try await look(&sender) }
                #expect(found == [], "it is not committed")
                try await odoo.script("commit")
                found = try await look(&sender)
            }
            #expect(found == [3])
            #expect(try await sender.heard() == [])
            #expect(try await sender.drain() == nil, "nobody is left who may have been silent")
            #expect(try await queue.waiting() == 0)
            await odoo.close()
            try await queue.close()
        }

        @Test(
            "is notified by a transaction that begins to write when it waits, and does not look again and again for it",
            arguments: Queue.Writing.allCases)
        func told(writing: Queue.Writing) async throws {
            var (queue, sender, odoo) = try await open()
            #expect(try await park(&sender).isEmpty)
            #expect(try await sender.drain() == nil, "whoever has written nothing has a trigger yet to come")
            try await odoo.script(writing.sql(customer: 3))
            // Others make it look meanwhile.
            try await queue.session.script(writing.sql(customer: 4))
            #expect(try await sender.listen())
            #expect(try await sender.drain() == nil)
            #expect(try await queue.waiting() == 0)
            try await odoo.script("commit")
            #expect(try await sender.heard() == [writing.payload])
            sender.wake(byChange: writing == .order)
            guard case .exchanged(_, let messages) = try await sender.step() else { throw Queue.Idle() }
            #expect(messages.map(\.chatID) == [3])
            #expect(try await sender.drain() == nil)
            await odoo.close()
            try await queue.close()
        }

        @Test("looks no more once the transaction has been undone that it waits for")
        func undone() async throws {
            var (queue, sender, odoo) = try await open()
            try await odoo.script(Queue.Writing.order.sql(customer: 3))
            #expect(try await park(&sender).isEmpty)
            #expect(try await look(&sender) == [])
            try await odoo.script("rollback")
            #expect(try await look(&sender) == [])
            #expect(try await sender.drain() == nil)
            await odoo.close()
            try await queue.close()
        }
    }
}
