import TestSupport
import Testing

extension Endurance {
    @Suite("A worker that runs for long", .timeLimit(.minutes(120)))
    struct MemoryTests {
        @Test("does not grow with the messages it sends")
        func messages() async throws {
            let customers = 1000
            let shop = try await Shop.open(.fixture, simulator: ["--accept-any-chat"])
            try await shop.addCustomers(customers)
            let worker = try await shop.startWorker(["--log-level", "info"])
            // What grows to its size once: caches, the allocator's arenas, statements prepared by the server.
            let warmUp = min(50_000, Endurance.messages / 3)
            var (sent, next) = (0, 0)
            var (first, last) = (0, 0)
            while sent < Endurance.messages {
                for _ in 0..<3 {
                    try await shop.database.psql(
                        "update sale_order set state = case state when 'sale' then 'sent' else 'sale' end where id > 100000"
                    )
                    sent += customers
                }
                try await shop.queueDrained(within: .seconds(300))
                guard sent >= next || sent >= Endurance.messages else { continue }
                // The simulator remembers everything; that is not what is measured.
                try await shop.telegram.reset()
                last = try worker.privateMemory
                if sent >= warmUp, first == 0 { first = last }
                let figures = "\(last) KiB of its own, \(try worker.residentMemory) KiB resident"
                print("soak: \(sent) messages, \(figures), \(try worker.descriptors) descriptors")
                next += max(10_000, Endurance.messages / 20)
            }
            print("soak: grew by \(last - first) KiB between message \(warmUp) and message \(sent)")
            #expect(last - first < 1024, "KiB of growth")
            #expect(try await shop.number("select count(*) from tgworker.delivery where outcome = 'sent'") == sent)
            await worker.terminate()
            #expect(try await worker.exit() == .exited(0))
        }
    }
}
