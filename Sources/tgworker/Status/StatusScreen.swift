import Administration

/// What a ``QueueStatus`` looks like: aligned, the same text in a terminal and in a pipe, coloured and cut off at the
/// width in the former only.
struct StatusScreen {
    let status: QueueStatus

    init(_ status: QueueStatus) { self.status = status }

    /// The screen's lines.
    func lines(_ style: TextStyle) -> [String] {
        [title(style)]
            + section("workers", workers, style) + section("queue", queue, style) + section("sent", rates, style)
            + section("pauses", pauses, style) + section("failures", failures, style)
            + section("chats that messages do not reach", chats, style)
    }

    private typealias Line = (text: String, color: TextStyle.Color?)

    private func title(_ style: TextStyle) -> String {
        let line = "tgworker on database \(status.database), \(status.time) UTC"
        return style.colored(style.fitted(line), .bold)
    }

    private func section(_ name: String, _ lines: [Line], _ style: TextStyle) -> [String] {
        ["", style.colored(style.fitted(name), .bold)]
            + lines.map { line in
                let text = style.fitted("  " + line.text)
                return line.color.map { style.colored(text, $0) } ?? text
            }
    }

    private var workers: [Line] {
        guard !status.instances.isEmpty else { return [("none: start one with tgworker run", .red)] }
        var table = Table(["HOST", "PROCESS", "ROLE", "SEEN", "WAKE-UP", "VERSION"], rightAligned: [1, 3, 4])
        for instance in status.instances {
            table.add([
                instance.host, "\(instance.processId)", Self.role(instance),
                Words.time(instance.heartbeatAge) + " ago",
                instance.wakeUp.map { "\(max(1, Int($0 * 1000))) ms" } ?? "-", instance.version,
            ])
        }
        var lines: [Line] = table.lines.enumerated().map { index, line in
            guard index > 0 else { return (line, .gray) }
            let instance = status.instances[index - 1]
            return (line, !instance.isAlive ? .gray : instance.role == "sender" ? .green : nil)
        }
        for instance in status.instances where instance.isAlive {
            if let error = instance.lastError { lines.append(("\(instance.host): \(error)", .yellow)) }
        }
        if !status.isSending { lines.append(("nobody sends", .red)) }
        return lines
    }

    private static func role(_ instance: QueueStatus.Instance) -> String {
        instance.isAlive || instance.role == "stopped" ? instance.role : "\(instance.role), gone"
    }

    private var queue: [Line] {
        var table = Table(["KIND", "WAITING", "READY", "SENDING", "FAILING", "OLDEST"], rightAligned: [1, 2, 3, 4, 5])
        for kind in status.queue {
            table.add([
                kind.kind, count(kind.waiting, kind), count(kind.ready, kind), "\(kind.sending)",
                count(kind.failing, kind), kind.oldest.map(Words.time) ?? "-",
            ])
        }
        return table.lines.enumerated().map { index, line in
            guard index > 0 else { return (line, .gray) }
            return (line, status.queue[index - 1].failing > 0 ? .yellow : nil)
        }
    }

    /// A count that may have ended at a limit, its own or that of the rows looked at.
    private func count(_ number: Int, _ kind: QueueStatus.Kind) -> String {
        let isLeast = kind.isLimited && number <= QueueStatus.limit
        return Words.count(number, limit: QueueStatus.limit) + (isLeast ? "+" : "")
    }

    private var rates: [Line] {
        let rates = status.rates
        let more = rates.isLimited ? "+" : ""
        let line =
            "\(rates.sentLastMinute) in the last minute, \(rates.sentLast5Minutes) in 5 minutes, \(rates.sentLastHour)\(more) in an hour; \(rates.notSentLastHour) not sent in an hour"
        return [(line, rates.notSentLastHour > 0 ? .yellow : nil)]
    }

    private var pauses: [Line] {
        guard !status.pauses.isEmpty else { return [("none", nil)] }
        let lines: [Line] = status.pauses.map { pause in
            let who = pause.chat.map { "chat \($0)" } ?? "the whole bot"
            return ("\(who) until \(pause.until) UTC (\(Words.time(pause.seconds))): \(pause.reason ?? "-")", .yellow)
        }
        let shown = status.pauses.count { $0.chat != nil }
        guard status.pausedChats > shown else { return lines }
        return lines + [
            ("and \(Words.count(status.pausedChats - shown, limit: QueueStatus.limit, "more chat", "more chats"))", nil)
        ]
    }

    private var failures: [Line] {
        guard !status.lastFailures.isEmpty else { return [("none in the last 24 hours", nil)] }
        var table = Table(["ID", "AGE", "KIND", "CHAT", "OUTCOME", "REASON"], rightAligned: [0, 1, 3])
        for failure in status.lastFailures {
            table.add([
                "\(failure.outboxId)", Words.time(failure.age), failure.kind, "\(failure.chat)", failure.outcome,
                failure.reason,
            ])
        }
        return table.colored(.yellow)
    }

    private var chats: [Line] {
        guard !status.failingChats.isEmpty else { return [("none", nil)] }
        var table = Table(["CHAT", "MESSAGES", "REASON"], rightAligned: [0, 1])
        for chat in status.failingChats { table.add(["\(chat.chat)", "\(chat.messages)", chat.reason]) }
        return table.colored(.yellow)
    }
}

extension Table {
    fileprivate func colored(_ color: TextStyle.Color) -> [(text: String, color: TextStyle.Color?)] {
        lines.enumerated().map { ($0.element, $0.offset == 0 ? .gray : color) }
    }
}
