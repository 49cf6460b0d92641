import Foundation
import TestSupport

/// The workers: each has a way of its own to the database, and is started again after it was ended.
actor ChaosFleet {
    /// One run of a worker.
    private struct Run {
        let number: Int
        let process: ChildProcess
    }

    private struct Slot {
        let proxy: DatabaseProxy
        let url: String
        var run: Run?
        /// Something is being done to it.
        var isTroubled = false
    }

    private let telegram: String
    private var slots: [Slot] = []
    /// All that there ever were, in the order of their start: the number of a run is its place.
    private var runs: [ChildProcess] = []
    private(set) var blows: [ChaosTakeovers.Blow] = []
    /// Runs that ended in another way than they were told to.
    private(set) var wrongEnds: [String] = []

    init(_ shop: Shop, workers: Int) throws {
        telegram = shop.telegram.url
        let cluster = shop.database.cluster
        for _ in 0..<workers {
            let proxy = try DatabaseProxy(to: cluster.port)
            let url = "postgresql://odoo:odoo@127.0.0.1:\(proxy.port)/\(shop.database.name)"
            slots.append(Slot(proxy: proxy, url: url))
        }
    }

    // MARK: Life

    /// Starts those that do not run.
    func start() async throws {
        for slot in slots.indices where slots[slot].run == nil { try await start(slot) }
    }

    private func start(_ slot: Int) async throws {
        let process = try await ChildProcess.start(
            product: "tgworker",
            [
                "run", "--database-url", slots[slot].url, "--telegram-api-url", telegram, "--listen", "127.0.0.1:0",
                "--max-messages-per-second", "60", "--max-messages-per-chat-per-second", "5", "--drain-timeout", "5",
                "--log-level", "debug", "--log-format", "json",
            ])
        slots[slot].run = Run(number: runs.count, process: process)
        runs.append(process)
    }

    /// Ends them all as a service manager does.
    func stop() async throws {
        let running = slots.compactMap(\.run)
        for run in running { await run.process.terminate() }
        for run in running { try await awaitEnd(of: run, .exited(0)) }
    }

    private func awaitEnd(of run: Run, _ expected: ChildProcess.ExitStatus) async throws {
        let end = try await run.process.exit()
        if end != expected { wrongEnds.append("worker run \(run.number) ended (\(end)) instead of (\(expected))") }
    }

    // MARK: Trouble

    /// Does it, and mends it in time. What there is nobody for is left out.
    ///
    /// - Returns: whether it was done.
    func suffer(_ trouble: ChaosTrouble) async throws -> Bool {
        switch trouble {
        case .kill(let target, let politely, let downFor):
            guard let slot = await find(target), let run = take(slot) else { return false }
            await run.process.kill(politely ? SIGTERM : SIGKILL)
            note(politely ? .other : .kill, run, until: .max)
            try await awaitEnd(of: run, politely ? .exited(0) : .signalled(SIGKILL))
            try await Task.sleep(for: downFor)
            try await start(slot)
            slots[slot].isTroubled = false
        case .blackhole(let target, let time):
            guard let slot = await find(target), let run = take(slot) else { return false }
            slots[slot].proxy.blackhole()
            let blow = note(.cut, run, until: .max)
            try await Task.sleep(for: time)
            slots[slot].proxy.heal()
            mended(blow, slot)
        case .freeze(let target, let time):
            guard let slot = await find(target), let run = take(slot) else { return false }
            await run.process.kill(SIGSTOP)
            let blow = note(.cut, run, until: .max)
            try await Task.sleep(for: time)
            await run.process.kill(SIGCONT)
            mended(blow, slot)
        case .terminate, .restart:
            return false
        }
        return true
    }

    /// Marks it as troubled, so that nothing else is done to it meanwhile.
    private func take(_ slot: Int) -> Run? {
        slots[slot].isTroubled = true
        return slots[slot].run
    }

    @discardableResult
    private func note(_ kind: ChaosTakeovers.Blow.Kind, _ run: Run, until: Int64) -> Int {
        blows.append(ChaosTakeovers.Blow(kind: kind, process: run.number, from: ChaosJournal.now, until: until))
        return blows.count - 1
    }

    private func mended(_ blow: Int, _ slot: Int) {
        blows[blow].until = ChaosJournal.now
        slots[slot].isTroubled = false
    }

    /// A worker that is what is looked for, by its own last word, and that nothing is being done to.
    private func find(_ target: ChaosTrouble.Target) async -> Int? {
        for slot in slots.indices {
            guard let run = slots[slot].run else { continue }
            let role = Self.words(of: run.number, await run.process.output).last?.role
            // Looked at after the wait: somebody else may have taken it meanwhile.
            if !slots[slot].isTroubled, role == (target == .sender ? .sender : .standby) { return slot }
        }
        return nil
    }

    // MARK: What they say

    /// What all of them have said of themselves.
    func words() async -> [ChaosTakeovers.Word] {
        var words: [ChaosTakeovers.Word] = []
        for (number, process) in runs.enumerated() { words += Self.words(of: number, await process.output) }
        return words
    }

    /// Lines of all logs that contain one of these texts.
    func lines(containing texts: [String]) async -> [String] {
        var lines: [String] = []
        for (number, process) in runs.enumerated() {
            for line in await process.output where texts.contains(where: line.text.contains) {
                lines.append("worker run \(number): \(line.text)")
            }
        }
        return lines
    }

    private static let roles: [(text: String, role: ChaosTakeovers.Role)] = [
        (#""message":"sending","#, .sender), (#""message":"sending"}"#, .sender),
        (#""message":"another instance sends, standing by""#, .standby),
        (#""message":"lost the database""#, .away), (#""message":"stopping"#, .away),
        (#""message":"stopped""#, .away), (#""message":"waiting""#, .away),
    ]

    private static func words(of process: Int, _ output: [ChildProcess.OutputLine]) -> [ChaosTakeovers.Word] {
        output.compactMap { line in
            // Nearly all lines are of other kinds.
            guard line.text.hasPrefix("{"), !line.text.contains(#""level":"debug""#),
                let role = roles.first(where: { line.text.contains($0.text) })?.role,
                let at = ChaosJournal.microseconds(ofLine: line.text)
            else { return nil }
            return ChaosTakeovers.Word(at: at, process: process, role: role)
        }
    }
}
