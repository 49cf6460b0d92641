public import Logging

extension WorkerEvent {
    /// How loud it is in the log.
    public var level: Logger.Level {
        switch self {
        case .sent, .updateHandled, .wokenUp: .debug
        case .started, .listening, .connected, .identified, .standingBy, .becameSender, .reloading, .draining, .stopped,
            .resumed, .receiving, .receivingResumed, .webhookSet:
            .info
        case .recovered, .postponed, .sentPlain, .webhookRemoved, .toastFailed, .menuFailed, .chatMoved: .notice
        case .waiting, .disconnected, .gaveUp, .paused, .abandoned, .updateFailed, .receivingPaused, .webhookTrouble,
            .settlingFailed, .deaf:
            .warning
        case .webhookRequested(_, let ok, _): ok ? .info : .warning
        case .tokenRejected: .error
        }
    }

    /// What happened, the same words for every event of its kind.
    public var message: String {
        switch self {
        case .started: "tgworker started"
        case .listening: "listening"
        case .connected: "connected to the database"
        case .disconnected: "lost the database"
        case .waiting: "waiting"
        case .identified: "reached Telegram"
        case .standingBy: "another instance sends, standing by"
        case .becameSender: "sending"
        case .wokenUp: "notifications arrive"
        case .deaf: "notifications do not arrive, replacing the session"
        case .recovered: "found messages of a sender that stopped"
        case .sent: "sent"
        case .postponed: "not sent yet"
        case .gaveUp: "not sent"
        case .sentPlain: "sent as plain text"
        case .chatMoved: "a group has a new id"
        case .paused: "sending pauses"
        case .tokenRejected: "Telegram does not accept the bot token"
        case .resumed: "sending goes on"
        case .receiving: "receiving"
        case .updateHandled: "received"
        case .updateFailed: "an update made no sense"
        case .receivingPaused: "receiving pauses"
        case .receivingResumed: "receiving goes on"
        case .webhookRemoved: "removed a webhook, because the configuration says polling"
        case .webhookSet: "set the webhook"
        case .webhookTrouble: "trouble with the webhook"
        case .webhookRequested: "answered Odoo's request for the webhook"
        case .settlingFailed: "cannot follow up what was done in Odoo"
        case .toastFailed: "operators were not notified in Odoo"
        case .menuFailed: "the bot's menu was not set"
        case .reloading: "reading the configuration again"
        case .draining: "stopping, finishing what is under way"
        case .abandoned: "stopping without waiting any longer"
        case .stopped: "stopped"
        }
    }

    /// The particulars.
    public var metadata: Logger.Metadata {
        switch self {
        case .started(let version, let instance): ["version": "\(version)", "instance": "\(instance)"]
        case .listening(let address): ["address": "\(address)"]
        case .connected(let database, let version): ["database": "\(database)", "server": "\(version)"]
        case .disconnected(let reason): ["reason": "\(reason)"]
        case .waiting(let reason, let pause): ["reason": "\(reason)", "retry_in": "\(pause.shown)"]
        case .identified(let id, let username): ["bot": "\(id)", "username": "\(username ?? "-")"]
        case .wokenUp(let duration): ["after": "\(duration.shown)"]
        case .recovered(let count, let held): ["messages": "\(count)", "held": "\(held)"]
        case .sent(let id, let kind, let attempt, let waited, let took):
            [
                "outbox": "\(id)", "kind": "\(kind)", "attempt": "\(attempt)", "waited": "\(waited.shown)",
                "took": "\(took.shown)",
            ]
        case .postponed(let id, let kind, let attempt, let reason, let pause, let inDoubt):
            [
                "outbox": "\(id)", "kind": "\(kind)", "attempt": "\(attempt)", "reason": "\(reason)",
                "retry_in": "\(pause.shown)",
                "in_doubt": "\(inDoubt)",
            ]
        case .gaveUp(let id, let kind, let outcome, let reason):
            ["outbox": "\(id)", "kind": "\(kind)", "outcome": "\(outcome)", "reason": "\(reason)"]
        case .sentPlain(let id, let reason): ["outbox": "\(id)", "reason": "\(reason)"]
        case .paused(let reason, let pause): ["reason": "\(reason)", "for": "\(pause.shown)"]
        case .tokenRejected(let reason): ["reason": "\(reason)"]
        case .chatMoved(let chat, let newChat): ["chat": "\(chat)", "new": "\(newChat)"]
        case .receiving(let mode): ["mode": "\(mode)"]
        case .updateHandled(let id, let outcome, let time):
            ["update": "\(id.map(String.init) ?? "-")", "outcome": "\(outcome)", "took": "\(time.shown)"]
        case .updateFailed(let id, let reason):
            ["update": "\(id.map(String.init) ?? "-")", "reason": "\(reason)"]
        case .receivingPaused(let reason, let pause): ["reason": "\(reason)", "retry_in": "\(pause.shown)"]
        case .webhookRemoved(let host, let pending): ["host": "\(host)", "pending": "\(pending)"]
        case .webhookTrouble(let reason), .settlingFailed(let reason), .toastFailed(let reason),
            .menuFailed(let reason):
            ["reason": "\(reason)"]
        case .webhookRequested(let action, let ok, let answer):
            ["action": "\(action)", "ok": "\(ok)", "answer": "\(answer)"]
        case .draining(let count), .abandoned(let count): ["under_way": "\(count)"]
        case .standingBy, .becameSender, .deaf, .resumed, .receivingResumed, .webhookSet, .reloading, .stopped: [:]
        }
    }
}

extension Logger {
    /// Writes an event.
    public func record(_ event: WorkerEvent) {
        log(level: event.level, "\(event.message)", metadata: event.metadata)
    }
}

extension Duration {
    /// Such as "1.250s", "0.004s".
    var shown: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        let fraction = String(abs(milliseconds % 1000))
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)s"
    }
}
