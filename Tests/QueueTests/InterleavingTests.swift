import Postgres
import TestSupport
import Testing

@testable import Worker

extension Undisturbed {
    @Suite("Whatever the order in which Odoo's transactions and the sender go on")
    struct InterleavingTests {
        /// A session of Odoo's, which has orders of its own: it never waits for another one.
        private struct Writer {
            let session: Connection
            let order: Int
            var isOpen = false
            /// Messages that its transaction has written.
            var written = 0
        }

        private struct Schedule {
            static let customers = 6

            var generator: SeededGenerator
            var writers: [Writer]
            var committed = 0
            /// What the sender claimed when it looked by itself.
            var foundByLooking = 0

            /// One of the sessions goes on.
            mutating func write() async throws {
                let index = generator.number(0...writers.count - 1)
                guard writers[index].isOpen else {
                    try await writers[index].session.beginAsOdoo()
                    writers[index].isOpen = true
                    return
                }
                switch generator.number(1...10) {
                case 1...5:
                    let writing = generator.pick(Queue.Writing.order, .reply)
                    let customer = generator.number(1...Self.customers)
                    try await writers[index].session.script(
                        writing.sql(customer: customer, order: writers[index].order))
                    writers[index].written += 1
                case 6...9: try await end(index, "commit")
                default: try await end(index, "rollback")
                }
            }

            mutating func end(_ index: Int, _ how: String) async throws {
                try await writers[index].session.script(how)
                if how == "commit" { committed += writers[index].written }
                writers[index].isOpen = false
                writers[index].written = 0
            }

            /// The sender goes on, or what it waits for comes.
            mutating func go(_ sender: inout SteppedSender) async throws {
                let intervenes = generator.happens(0.3)
                let step = try await sender.step { if intervenes { try await write() } }
                guard case .waits(let until?) = step, generator.happens(0.5) else { return }
                sender.pass(to: until)
                if case .exchanged(_, let messages) = try await sender.step() { foundByLooking += messages.count }
            }

            mutating func run(_ sender: inout SteppedSender) async throws {
                // Sometimes there is much to do, sometimes little.
                var haste = 1
                for number in 0..<250 {
                    if number % 25 == 0 { haste = generator.pick(1, 3, 8) }
                    switch generator.pick([(6, 0), (4 * haste, 1), (2 * haste, 2), (2, 3)]) {
                    case 0: try await write()
                    case 1: try await go(&sender)
                    case 2: sender.finish()
                    default: try await sender.listen()
                    }
                }
                for index in writers.indices.shuffled(using: &generator) where writers[index].isOpen {
                    try await end(index, "commit")
                    if generator.happens(0.5) { try await go(&sender) }
                }
            }
        }

        @Test("every message is claimed, by a sender that looks when it is notified and when it wants to")
        func everything() async throws {
            let queue = try await Queue.open(in: Undisturbed.cluster)
            let sessions = 4
            try await queue.addCustomers(1...Schedule.customers, orders: sessions)
            var writers: [Writer] = []
            for number in 1...sessions { writers.append(Writer(session: try await queue.connect(), order: number)) }
            var sender = try await SteppedSender(queue, concurrency: 2)
            try await sender.begin()
            var foundByLooking = 0
            var sent = 0
            for seed: UInt64 in 1...16 {
                var schedule = Schedule(generator: SeededGenerator(seed: seed), writers: writers)
                try await schedule.run(&sender)
                // From now on everything goes its way.
                while true {
                    let isWoken = try await sender.listen()
                    if let until = try await sender.drain() { sender.pass(to: until) } else if !isWoken { break }
                }
                #expect(try await queue.waiting() == 0, "seed \(seed)")
                sent += schedule.committed
                #expect(try await queue.delivered() == sent, "seed \(seed)")
                foundByLooking += schedule.foundByLooking
            }
            #expect(foundByLooking > 0, "some were silent, or this shows nothing")
            for writer in writers { await writer.session.close() }
            try await queue.close()
        }
    }
}
