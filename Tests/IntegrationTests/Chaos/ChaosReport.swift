import TestSupport

/// What a run came to, for people.
struct ChaosReport: Sendable {
    let settings: ChaosRun.Settings
    let facts: ChaosFacts
    let verdict: ChaosVerdict
    let takeovers: ChaosTakeovers
    let schedule: ChaosSchedule
    /// Whether the queue was empty in time.
    let hasCaughtUp: Bool
    /// Workers that ended in another way than they were told to.
    let wrongEnds: [String]

    /// All that is wrong.
    var problems: [String] {
        let slow = takeovers.measured.compactMap { takeover -> String? in
            guard let limit = settings.takeoverLimits[takeover.blow.kind] else { return nil }
            let took = takeover.took.map { Duration.microseconds($0) }
            if let took, took <= limit { return nil }
            return
                "worker run \(takeover.blow.process) sent, \(ChaosJournal.clock(takeover.blow.from)) \(takeover.blow.kind): "
                + "another one sent after \(took?.inSeconds ?? "nobody knows how long"), the limit is \(limit.inSeconds)"
        }
        return (hasCaughtUp ? [] : ["not done within \(settings.catchUp.inSeconds) after all was well again"])
            + wrongEnds + verdict.problems + slow
    }

    var isGood: Bool { problems.isEmpty }

    /// One line for each thing worth knowing, the last one the verdict.
    var lines: [String] {
        [
            "seed \(settings.schedule.seed), \(settings.schedule.duration.inSeconds), \(settings.workers) workers, unknown "
                + "outcomes are \(settings.holds ? "held" : "sent again")",
            "troubles: \(troubles)",
            "events: \(verdict.events), delivered \(verdict.delivered), refused by Telegram \(verdict.refused), held as unknown "
                + "\(verdict.held), lost \(verdict.lost)",
            "duplicated: \(verdict.duplicated), in doubt \(verdict.duplicatedInDoubt)",
            "out of order: \(verdict.disordered)",
            "takeover after SIGKILL: \(worst(.kill))",
            "takeover after a cut: \(worst(.cut))",
            "updates: \(verdict.updates), wrong \(verdict.updatesWrong)",
            isGood
                ? "good: nothing lost, out of order or duplicated beyond doubt"
                : "NOT GOOD: \(problems.count) problems, repeat with SEED=\(settings.schedule.seed)",
        ]
    }

    private func worst(_ kind: ChaosTakeovers.Blow.Kind) -> String {
        let all = takeovers.measured.filter { $0.blow.kind == kind }
        let (times, failed) = (all.compactMap(\.took), all.count { $0.took == nil })
        let worst =
            times.max().map { "worst \(Duration.microseconds($0).inSeconds) of \(all.count)" } ?? "not measured"
        return worst + (failed > 0 ? ", \(failed) times nobody took over" : "")
    }

    private var troubles: String {
        var counts: [String: Int] = [:]
        for event in schedule.events {
            if let name = event.action.name { counts[name, default: 0] += 1 }
        }
        return counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
}

extension ChaosEvent.Action {
    /// What it is for the report; nil for business.
    fileprivate var name: String? {
        switch self {
        case .business: nil
        case .fault: "faults of Telegram"
        case .trouble(.kill(_, let politely, _)): politely ? "SIGTERM" : "SIGKILL"
        case .trouble(.blackhole): "blackhole"
        case .trouble(.freeze): "SIGSTOP"
        case .trouble(.terminate): "sessions ended"
        case .trouble(.restart(let mode)): "server restart \(mode.rawValue)"
        }
    }
}
