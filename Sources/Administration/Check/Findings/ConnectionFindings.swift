extension CheckFacts {
    var listenFinding: Finding {
        listening.finding(.listen) { listening in
            switch listening {
            case .heard(let milliseconds, let throughPooler):
                .ok(
                    .listen,
                    "notifications arrive on this connection, in \(milliseconds) ms"
                        + (throughPooler ? ", through a pooler that leaves each client its session" : ""))
            case .shared(let words): Finding(.listen, .error, words)
            case .deaf:
                Finding(
                    .listen, .error,
                    "notifications do not arrive on this connection: messages would wait for a minute each",
                    "connect to PostgreSQL directly, not through a pooler or proxy that swallows them")
            }
        }
    }

    var identityFinding: Finding {
        identityProblem.finding(.databaseIdentity) { problem in
            if let problem { return Finding(.databaseIdentity, .error, problem) }
            return .ok(.databaseIdentity, "this is the database that tgworker was installed in, no copy of it")
        }
    }

    /// What `run` says, unless that is said already.
    func startupFinding(after findings: [Finding]) -> Finding {
        startupProblem.finding(.startup) { problem in
            guard let problem else { return .ok(.startup, "tgworker run would work on this database") }
            let isSaid = findings.contains { $0.level == .error }
            return isSaid
                ? .skipped(.startup, because: "tgworker run would not work here, see above")
                : Finding(.startup, .error, "tgworker run would not work here: \(problem)")
        }
    }

    var clockFinding: Finding {
        guard let session = session.facts else { return .skipped(.clock, because: "there is no connection") }
        var parts = ["the database is \(Self.offset(Double(session.clockOffset) / 1000))"]
        var worst = abs(Double(session.clockOffset) / 1000)
        if case .known(.bot(_, let clock?)) = telegram {
            let offset = Double(clock.telegram - clock.here)
            // The header says whole seconds.
            worst = max(worst, abs(offset) - 1)
            parts.append("Telegram is \(Self.offset(offset, precise: false))")
        }
        let message = "against this machine's clock \(parts.joined(separator: ", "))"
        guard worst > 5 else { return .ok(.clock, message) }
        return Finding(
            .clock, worst > 60 ? .error : .warning, message,
            "let all of them follow a time server (timedatectl set-ntp true): pauses, locks and ages are wrong otherwise"
        )
    }

    private static func offset(_ seconds: Double, precise: Bool = true) -> String {
        let size = abs(seconds)
        if size < (precise ? 0.5 : 2) { return "right" }
        return "\(Words.time(size.rounded(.up))) \(seconds > 0 ? "ahead" : "behind")"
    }
}
