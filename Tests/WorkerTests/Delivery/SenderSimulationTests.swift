import Testing

@testable import Worker

@Suite("The sender in a simulated world", .timeLimit(.minutes(5)))
struct SenderSimulationTests {
    /// A world is a seed: a failure names it, and `SenderSimulation(seed:).run()` repeats it.
    @Test(
        "ends every message once, in order, within the limits, whatever Telegram, the database and the sessions do",
        arguments: UInt64(0)..<20)
    func worlds(hundred: UInt64) async {
        for seed in hundred * 100..<(hundred + 1) * 100 {
            var simulation = SenderSimulation(seed: seed)
            let problems = simulation.run()
            // Other tests wait for sockets meanwhile.
            await Task.yield()
            #expect(problems.isEmpty, "seed \(seed): \(problems.joined(separator: "; "))")
        }
    }
}
