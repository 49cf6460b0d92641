import Worker

extension CheckFacts {
    /// A message that is ready goes within seconds; what has waited for longer waits for a reason.
    static let longWait = 300.0

    var workerFinding: Finding {
        workers.finding(.worker) { workers in
            let alive = workers.alive
            guard !alive.isEmpty else {
                return Finding(
                    .worker, .warning, "no worker runs, so nothing is sent or received",
                    "start it: tgworker run (systemctl enable --now --no-block tgworker)")
            }
            let troubled = alive.first { $0.lastError != nil }
            if let error = troubled?.lastError, let troubled {
                return Finding(
                    .worker, .warning, "the worker on \(troubled.host) (process \(troubled.processID)) says: \(error)",
                    "see its log")
            }
            guard let sender = workers.sender else {
                return Finding(
                    .worker, .warning,
                    "\(Words.count(alive.count, "worker runs", "workers run")), and none of them sends",
                    "see its log: it says what it waits for")
            }
            if let old = alive.first(where: { $0.version != tgworkerVersion }) {
                return Finding(
                    .worker, .warning,
                    "the worker on \(old.host) (process \(old.processID)) is version \(old.version), this program is \(tgworkerVersion)",
                    "restart it after an upgrade (systemctl restart tgworker), or run the check of its version")
            }
            let others = alive.count - 1
            return .ok(
                .worker,
                "\(sender.host) (process \(sender.processID)) sends"
                    + (others > 0 ? ", \(Words.count(others, "other stands", "others stand")) by" : ""))
        }
    }

    var queueFinding: Finding {
        queue.finding(.queue) { queue in
            let waiting = Words.count(queue.waiting, limit: QueueFacts.limit, "message waits", "messages wait")
            guard let age = queue.oldestReady, age > Self.longWait else {
                return .ok(.queue, queue.waiting == 0 ? "nothing waits" : waiting)
            }
            let (reason, remedy) = reasonForWaiting(queue)
            return Finding(
                .queue, .error, "\(waiting), the oldest is ready to go for \(Words.time(age)): \(reason)", remedy)
        }
    }

    private func reasonForWaiting(_ queue: QueueFacts) -> (String, String) {
        if let problem = bot.facts?.problem { return ("there is no bot", problem) }
        if telegram.isTokenRefused {
            return ("Telegram does not accept the bot token", "see token above")
        }
        if let workers = workers.facts {
            if workers.alive.isEmpty { return ("no worker runs", "start it: tgworker run") }
            if let pause = queue.botPause {
                return (
                    "Telegram asked the bot to wait, for another \(Words.time(pause))",
                    "it goes on by itself; lower --max-messages-per-second if it happens often"
                )
            }
            if workers.sender == nil { return ("no worker has the sender's role", "see its log") }
        }
        if let error = queue.commonError { return ("most often \(error)", "see sending below") }
        if queue.ready > QueueFacts.limit / 10 {
            return (
                "there are many of them", "it goes at the speed that Telegram allows (--max-messages-per-second)"
            )
        }
        return ("the worker does not take it", "see its log, and schema-functions and vacuum in this list")
    }

    var vacuumFinding: Finding {
        horizon.finding(.vacuum) { holders in
            let old = holders.filter(\.isOld)
            guard let worst = old.first else {
                return .ok(.vacuum, "no old snapshot keeps dead rows from being removed")
            }
            let others = old.count > 1 ? " (and \(old.count - 1) more)" : ""
            return Finding(
                .vacuum, .warning, "vacuum is held back by \(worst.description)\(others): the queue's tables grow",
                worst.remedy)
        }
    }
}

extension SnapshotHolder {
    /// Whether it is old enough to matter: five minutes, or where the time is hidden or does not count, many transactions.
    var isOld: Bool {
        switch kind {
        case .session: age.map { $0 > 300 } ?? (transactions > 50_000)
        case .prepared: (age ?? 0) > 300
        case .slot: !isActive || transactions > 1_000_000
        }
    }

    var description: String {
        let since = age.map { ", open for \(Words.time($0))" } ?? ", \(transactions) transactions behind"
        return switch kind {
        case .session: "session \(id) (user \(user), application \(application.isEmpty ? "-" : application)\(since))"
        case .prepared: "prepared transaction \(id) (of \(user)\(since))"
        case .slot: "replication slot \(id) (\(isActive ? "active" : "unused"), \(transactions) transactions behind)"
        }
    }

    var remedy: String {
        switch kind {
        case .session: "let it end its transaction, or end it: select pg_terminate_backend(\(id))"
        case .prepared: "finish it: commit prepared or rollback prepared '\(id)'"
        case .slot:
            isActive
                ? "see why that replica lags"
                : "drop it if its replica is gone: select pg_drop_replication_slot('\(id)')"
        }
    }
}
