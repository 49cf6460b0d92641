import Foundation
import TestSupport
import Testing

extension Endurance {
    @Suite("A customer who asks for help", .timeLimit(.minutes(60)))
    struct HelpLatencyTests {
        @Test("is answered at once while a great many notifications wait for their turn")
        func help() async throws {
            let customers = 1000
            let shop = try await Shop.open(.fixture, simulator: ["--accept-any-chat"])
            try await shop.addCustomers(customers)
            for _ in 0..<(Endurance.backlog + customers - 1) / customers {
                try await shop.database.psql(
                    "update sale_order set state = case state when 'sale' then 'sent' else 'sale' end where id > 100000"
                )
            }
            let worker = try await shop.startWorker(
                ["--max-messages-per-second", "30", "--max-messages-per-chat-per-second", "1"])
            _ = try await worker.line(containing: "receiving mode=polling")
            _ = try await shop.telegram.sent(count: 100)
            var latencies: [Double] = []
            for question in 0..<Endurance.questions {
                // Every other one has notifications waiting as well.
                let chat =
                    question.isMultiple(of: 2) ? 6_000_000_000 + Int64(question) : 5_000_000_001 + Int64(question)
                let asked = Date.now.timeIntervalSince1970
                try await shop.telegram.write("/help", in: chat)
                let answer = try await eventually("the answer") {
                    try await shop.telegram.sent(count: 0, in: chat).last { $0.text.contains("/orders") }
                }
                latencies.append((Double(answer.receivedAt) / 1_000_000 - asked) * 1000)
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...300)))
            }
            let waiting = try await shop.number("select count(*) from tgworker.outbox")
            latencies.sort()
            func quantile(_ share: Double) -> Int { Int(latencies[Int(Double(latencies.count - 1) * share)].rounded()) }
            print(
                "soak: /help answered \(latencies.count) times while \(waiting) notifications wait: "
                    + "p50 \(quantile(0.5)) ms, p95 \(quantile(0.95)) ms, p99 \(quantile(0.99)) ms, worst \(quantile(1)) ms"
            )
            #expect(waiting > Endurance.backlog / 2, "they still wait, so the answers have overtaken them")
            if Endurance.isMeasured { #expect(quantile(1) <= 100, "ms at worst") }
            await worker.kill(9)
        }
    }
}
