import Postgres
import TestSupport
import Testing

@testable import Worker

extension Undisturbed {
    @Suite("A trigger that queues")
    struct TriggerTests {
        @Test(
            """
            notifies a sender that waits, and when none has ever said whether it does, but not one that has work, however \
            old the transaction's snapshot is
            """, arguments: Queue.Writing.allCases)
        func oldSnapshot(writing: Queue.Writing) async throws {
            let queue = try await Queue.open(in: Undisturbed.cluster)
            try await queue.addCustomers(1...1)
            let odoo = try await queue.connect()
            let sender = try await SteppedSender(queue, concurrency: 1)
            let saidMeanwhile: [Bool?] = [nil, false, true, false]
            for isParked in saidMeanwhile {
                try await odoo.beginAsOdoo()
                if let isParked { try await queue.session.group([OutboxStatements.park(isParked)]) }
                try await odoo.script(writing.sql(customer: 1) + "; commit")
                #expect(try await sender.heard() == (isParked == false ? [] : [writing.payload]), "\(isParked as Any)")
            }
            #expect(try await queue.waiting() == saidMeanwhile.count, "whether it notifies or not")
            await odoo.close()
            try await queue.close()
        }

        /// The transaction in which the sender parks also looks at the queue: what is written after that look is missed if
        /// the trigger goes by what was committed.
        @Test(
            "goes by what the sender has just said, in a transaction that is still open",
            arguments: Queue.Writing.allCases)
        func openExchange(writing: Queue.Writing) async throws {
            let queue = try await Queue.open(in: Undisturbed.cluster)
            try await queue.addCustomers(1...1)
            let odoo = try await queue.connect()
            let sender = try await SteppedSender(queue, concurrency: 1)
            for isParked in [false, true, false] {
                try await queue.session.transaction { transaction in
                    try await transaction.group([OutboxStatements.park(isParked)])
                    try await odoo.beginAsOdoo()
                    try await odoo.script(writing.sql(customer: 1) + "; commit")
                }
                #expect(try await sender.heard() == (isParked ? [writing.payload] : []))
            }
            await odoo.close()
            try await queue.close()
        }
    }
}
