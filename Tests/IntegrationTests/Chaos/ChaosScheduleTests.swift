import Testing

@Suite("A schedule of chaos", .timeLimit(.minutes(1)))
struct ChaosScheduleTests {
    private func lines(seed: UInt64, hasLongCuts: Bool = true) -> [String] {
        ChaosSchedule(.init(seed: seed, duration: .seconds(600), hasLongCuts: hasLongCuts)).events.map(\.description)
    }

    @Test("is the same for the same seed, and another for another")
    func seeded() {
        #expect(lines(seed: 1) == lines(seed: 1))
        #expect(lines(seed: 1) != lines(seed: 2))
    }

    @Test("has everything in it, in the order of time, and each token once", arguments: [UInt64(1), 2, 3])
    func contents(seed: UInt64) {
        let schedule = ChaosSchedule(.init(seed: seed, duration: .seconds(3600)))
        #expect(zip(schedule.events, schedule.events.dropFirst()).allSatisfy { $0.at <= $1.at })
        var tokens: [Int] = []
        for case .business(let business) in schedule.events.map(\.action) {
            switch business {
            case .orders(let changes, _): tokens += changes.map(\.token)
            case .reply(let token, _, _, _), .text(let token, _): tokens.append(token)
            case .command: break
            }
        }
        #expect(Set(tokens).count == tokens.count && tokens.count > 50_000)
        let lines = schedule.events.map(\.description)
        for text in [
            "SIGKILL to the sender", "SIGKILL to the standby", "SIGTERM", "SIGSTOP", "swallows all",
            "sessions of the workers",
            "restarts, immediate", "restarts, fast", "getUpdates meets", "sendMessage meets", "rolled back", "/help",
        ] {
            #expect(lines.contains { $0.contains(text) }, "\(text)")
        }
    }

    @Test("one batch is one seller's, so that what a customer gets has one order")
    func sellers() {
        for event in ChaosSchedule(.init(seed: 5, duration: .seconds(600))).events {
            guard case .business(.orders(let changes, _)) = event.action else { continue }
            #expect(Set(changes.map { $0.customer % ChaosBusiness.sellers }).count == 1)
            #expect(Set(changes.map { [$0.customer, $0.order] }).count == changes.count)
        }
    }
}
