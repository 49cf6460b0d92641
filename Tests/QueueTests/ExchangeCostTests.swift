import Postgres
import TestSupport
import Testing

@testable import Worker

extension Undisturbed {
    /// Counts and no times, so that they hold on any machine. An exchange costs a round trip, a commit and a start of each
    /// statement, whatever it does for how many messages.
    @Suite("What the sender asks of the database")
    struct ExchangeCostTests {
        @Test("while there is work is shared by half as many messages as there are places", arguments: [1, 32])
        func backlog(answersAtOnce: Int) async throws {
            let count = 640, places = 64
            let queue = try await Queue.open(in: Undisturbed.cluster)
            try await queue.addCustomers(1...count)
            var sender = try await SteppedSender(queue, concurrency: places)
            try await sender.begin()
            try await queue.session.script(Queue.Writing.order.sql(customers: 1...count))
            #expect(try await sender.listen())
            sender.startCounting()
            var claimed = 0
            while true {
                while case .exchanged(_, let messages) = try await sender.step() { claimed += messages.count }
                if sender.underWay.isEmpty { break }
                // When nothing is left to be claimed, nobody is waited for.
                sender.finish(claimed < count ? answersAtOnce : places)
            }
            #expect(claimed == count)
            // Outcomes are gathered until half of the places are free, so each exchange but the first, the last and those
            // which park and find out that nothing is left serves that many messages.
            #expect(sender.exchanges.count <= count / (places / 2) + 4)
            // To record, to tell the triggers, to claim.
            #expect(sender.statements.max() ?? 0 <= 3)
            // The triggers are told twice, and each other exchange records and claims.
            #expect(sender.statements.reduce(0, +) <= 2 * sender.exchanges.count + 2)
            let claims = sender.exchanges.compactMap(\.claim)
            let surveys = claims.count { if case .survey = $0.depth { true } else { false } }
            // So many glances may follow one another; a survey is due when the sender parks, and when a glance has seen what
            // it must not take.
            #expect(surveys <= claims.count / ClaimPolicy.glancesInARow + 3)
            #expect(sender.exchanges.compactMap(\.parks) == [false, true], "told when that changes only")
            try await queue.close()
        }

        @Test(
            "for a single message is a glance, and a record that looks for the next of its chat",
            arguments: Queue.Writing.allCases)
        func single(writing: Queue.Writing) async throws {
            let queue = try await Queue.open(in: Undisturbed.cluster)
            try await queue.addCustomers(1...2)
            var sender = try await SteppedSender(queue, concurrency: 64)
            try await sender.begin()
            // The second finds everything as it is most of the time.
            for customer in 1...2 {
                try await queue.session.script(writing.sql(customer: customer))
                #expect(try await sender.listen())
                sender.startCounting()
                guard case .exchanged(let exchange, let messages) = try await sender.step() else { throw Queue.Idle() }
                // Somebody waits for this: nothing is recorded before, and a survey takes several times as long to start.
                #expect(messages.count == 1)
                #expect(exchange.claim?.depth == (writing == .order ? .changes : .glance))
                #expect(sender.statements == [1])
                #expect(try await sender.drain() == nil)
                // One to claim, one to record: one message is no backlog, so the triggers are told nothing.
                #expect(sender.exchanges.count <= 2)
                #expect(sender.statements.reduce(0, +) <= 3)
            }
            try await queue.close()
        }

        @Test("while there is nothing is nothing")
        func idle() async throws {
            let queue = try await Queue.open(in: Undisturbed.cluster)
            try await queue.addCustomers(1...1)
            var sender = try await SteppedSender(queue, concurrency: 64)
            try await sender.begin()
            try await queue.session.script(Queue.Writing.order.sql(customer: 1))
            try await sender.listen()
            #expect(try await sender.drain() == nil)
            sender.startCounting()
            // Whatever time passes: no wait has an end.
            for _ in 1...10 {
                sender.pass(to: sender.now + .seconds(60))
                guard case .waits(until: nil) = try await sender.step() else {
                    Issue.record("asks the database unasked")
                    break
                }
            }
            #expect(sender.exchanges.isEmpty)
            try await queue.close()
        }
    }
}
