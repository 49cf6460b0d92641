import TestSupport
import Testing

extension Endurance {
    @Suite("A worker whose sessions break again and again", .timeLimit(.minutes(120)))
    struct ReconnectTests {
        @Test("keeps no descriptor and no thread of them, and sends after the last as after the first")
        func sessions() async throws {
            let shop = try await Shop.openForCustomers(.fixture)
            let user = try await shop.customer(partner: 10, telegram: 10)
            let worker = try await shop.startReceiver(.polling).process
            let customers = Int64(4)
            var (killed, round) = (0, 0)
            var first: (descriptors: Int, threads: Int)?
            while killed < Endurance.reconnects {
                round += 1
                _ = try await shop.reply(to: user, "round \(round)")
                try await eventually("the reply of round \(round)") {
                    try await shop.telegram.sent(count: 0, in: 10).contains { $0.text == "round \(round)" }
                }
                // Several customers at once open all of the inbox's connections.
                for customer in 1...customers { try await shop.telegram.write("/help", in: 100 + customer) }
                try await shop.updatesLogged(round * Int(customers))
                if round == 2 { first = (try worker.descriptors, try worker.threads) }
                // A session that broke sooner is made up for only after a longer pause each time.
                try await Task.sleep(for: .seconds(3.2))
                killed += try await shop.number(
                    """
                    select count(pg_terminate_backend(pid)) from pg_stat_activity
                    where application_name like 'tgworker%' and datname = current_database()
                    """)
                if round.isMultiple(of: 20) {
                    print(
                        "soak: \(killed) sessions killed, \(try worker.descriptors) descriptors, \(try worker.threads) threads"
                    )
                }
            }
            _ = try await shop.reply(to: user, "the end")
            try await eventually("the last reply") {
                try await shop.telegram.sent(count: 0, in: 10).last?.text == "the end"
            }
            let before = try #require(first)
            // While it reconnects there may be a socket more for a moment; a leak is one for each session.
            try await eventually("as many descriptors as before") {
                try worker.descriptors <= before.descriptors + 2
            }
            print(
                "soak: \(killed) sessions killed in \(round) rounds: \(before) after two rounds, "
                    + "\(try worker.descriptors) descriptors and \(try worker.threads) threads at the end")
            #expect(try worker.threads <= before.threads + 2)
            await worker.terminate()
            #expect(try await worker.exit() == .exited(0))
        }
    }
}
