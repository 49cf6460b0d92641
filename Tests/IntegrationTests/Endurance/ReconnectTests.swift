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
            var first: (descriptors: Int, threads: Int)?
            for round in 1...Endurance.reconnects {
                _ = try await shop.reply(to: user, "round \(round)")
                _ = try await shop.telegram.sent(after: round - 1)
                // An update opens the inbox's connections as well.
                _ = try await shop.telegram.write("round \(round)", in: 10)
                try await shop.updatesLogged(round)
                if round == 5 { first = (try worker.descriptors, try worker.threads) }
                try await shop.database.psql(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where application_name like 'tgworker%' and datname = current_database()
                    """)
                if round.isMultiple(of: 100) {
                    print(
                        "soak: \(round) reconnects, \(try worker.descriptors) descriptors, \(try worker.threads) threads"
                    )
                }
            }
            _ = try await shop.reply(to: user, "the end")
            let texts = try await shop.telegram.sent(count: Endurance.reconnects + 1).map(\.text)
            #expect(texts == (1...Endurance.reconnects).map { "round \($0)" } + ["the end"])
            let before = try #require(first)
            // While it reconnects there may be a socket more for a moment; a leak is one for each round.
            try await eventually("as many descriptors as before") { try worker.descriptors <= before.descriptors + 1 }
            print(
                "soak: \(Endurance.reconnects) reconnects, \(before) before, \(try worker.descriptors) descriptors after"
            )
            #expect(try worker.threads <= before.threads + 2)
            await worker.terminate()
            #expect(try await worker.exit() == .exited(0))
        }
    }
}
