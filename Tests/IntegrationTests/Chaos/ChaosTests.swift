import Foundation
import Testing

@Suite("Whatever breaks, nothing is lost, out of order or duplicated beyond doubt")
struct ChaosTests {
    /// A minute with each setting, in `make test`: seeds whose minute has nearly everything in it. Cuts are short here,
    /// because one that has to be given up leaves no time for anything else; no limit is one that a busy machine misses.
    @Test("in a minute of trouble", .timeLimit(.minutes(20)), arguments: [false, true])
    func brief(holds: Bool) async throws {
        let settings = ChaosRun.Settings(
            schedule: ChaosSchedule.Settings(
                seed: holds ? 178 : 40, duration: .seconds(60), customers: 40, hasLongCuts: false),
            holds: holds, catchUp: .seconds(400), takeoverLimits: [.kill: .seconds(60)])
        try await judge(settings)
    }

    /// `make chaos`.
    @Test("for as long as one likes", .enabled(if: variable("MINUTES") != nil), .timeLimit(.minutes(24 * 60)))
    func long() async throws {
        let seed = Self.variable("SEED").flatMap { UInt64($0) } ?? .random(in: 0...UInt64(UInt32.max))
        let minutes = Self.variable("MINUTES").flatMap { Double($0) } ?? 10
        let settings = ChaosRun.Settings(
            schedule: ChaosSchedule.Settings(seed: seed, duration: .seconds(60 * minutes)),
            workers: Self.variable("WORKERS").flatMap { Int($0) } ?? 3, holds: Self.variable("HOLD") == "1",
            catchUp: .seconds(900), takeoverLimits: [.kill: .seconds(5), .cut: .seconds(15)],
            isVerbose: Self.variable("VERBOSE") == "1")
        try await judge(settings)
    }

    private func judge(_ settings: ChaosRun.Settings) async throws {
        // Said before, lest a crash take it along.
        print("chaos: seed \(settings.schedule.seed)")
        let report = try await ChaosRun.prepare(settings).run()
        for line in report.lines { print("chaos: \(line)") }
        for problem in report.problems { Issue.record("seed \(settings.schedule.seed): \(problem)") }
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment["TGWORKER_CHAOS_" + name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
