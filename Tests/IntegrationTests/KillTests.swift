import Testing
import TestSupport

@Suite("Killing the worker loses nothing", .timeLimit(.minutes(15)))
struct KillTests {
    @Test(
        "ten thousand state changes over a thousand customers, five kill -9: all delivered, in order",
        arguments: DemoDatabase.allAvailable)
    func kills(kind: DemoDatabase) async throws {
        let (customers, rounds, kills) = (1000, 10, 5)
        let shop = try await Shop.open(kind, simulator: ["--accept-any-chat"])
        try await shop.addCustomers(customers)
        let url = shop.database.url
        async let changes: Void = {
            for round in 1...rounds {
                // Each customer's n-th message says n, so that their order can be checked.
                try await Command.run(
                    "psql",
                    [
                        "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c",
                        """
                        do $$ begin for n in 1..\(customers) loop
                            update sale_order set state = case when \(round) % 2 = 1 then 'sale' else 'draft' end, amount_total = \(round)
                            where id = 100000 + n;
                            commit;
                        end loop; end $$
                        """,
                    ])
            }
        }()
        var worker = try await shop.startWorker()
        for kill in 1...kills {
            _ = try await shop.telegram.sent(count: customers * rounds * kill / (kills + 2), wait: .seconds(120))
            await worker.kill(9)
            _ = try await worker.exit()
            worker = try await shop.startWorker()
        }
        try await changes
        try await shop.queueDrained(within: .seconds(300))
        let sent = try await shop.telegram.sent(count: customers * rounds)
        var received: [Int64: [Int]] = [:]
        for message in sent {
            let total = try #require(message.text.split(separator: "\n").first { $0.contains("Сумма") })
            let digits = total.filter(\.isNumber)
            received[message.chatId, default: []].append((try #require(Int(digits))) / 100)
        }
        var duplicates = 0
        var lost = 0
        var disordered = 0
        for chat in 1...customers {
            let numbers = received[5_000_000_000 + Int64(chat)] ?? []
            lost += Set(1...rounds).subtracting(numbers).count
            duplicates += numbers.count - Set(numbers).count
            if numbers != numbers.sorted() { disordered += 1 }
        }
        let doubts = try await shop.number("select coalesce(sum(in_doubt), 0) from tgworker.delivery")
        print(
            "\(kind): \(customers * rounds) events, \(sent.count) messages, \(kills) kills: \(lost) lost, \(duplicates) duplicates of \(doubts) in doubt, \(disordered) chats out of order"
        )
        #expect(lost == 0)
        #expect(disordered == 0)
        #expect(duplicates <= doubts)
        #expect(doubts <= kills * 64, "no more is in doubt than was under way")
        #expect(
            try await shop.number("select count(*) from tgworker.delivery where outcome = 'sent'") == customers * rounds
        )
        #expect(try await shop.number("select count(*) from telegram_message") == customers * rounds)
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }
}
