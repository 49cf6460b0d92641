/// What has happened in this process so far, counted.
struct Tally: Sendable {
    private var version = ""
    private var instance = ""
    private var isConnected = false
    private var role: String?
    private var bot: (id: Int64, username: String)?
    private var isPaused = false
    private var isReceivingPaused = false
    private var isTokenRejected = false

    private var sends: [Send: Int] = [:]
    private var doubts = 0
    private var recovered = 0
    private var plain = 0
    private var pauses = 0
    private var updates: [String: Int] = [:]
    private var lostSessions = 0
    private var deafSessions = 0
    private var receivingPauses = 0
    private var toastFailures = 0
    private var webhookTroubles = 0

    private var waited: [String: Histogram] = [:]
    private var delivered: [String: Histogram] = [:]
    private var requests = Histogram()
    private var handled = Histogram()
    private var wakeUp = Histogram()

    private struct Send: Hashable, Comparable {
        let kind: String
        let outcome: String

        static func < (left: Send, right: Send) -> Bool { (left.kind, left.outcome) < (right.kind, right.outcome) }
    }

    /// What `kind` may be, so that counters are there before the first message.
    private static let kinds = ["answer", "order_state", "reply"]
    /// What an attempt may come to.
    private static let outcomes = ["discarded", "failed", "postponed", "sent", "unknown"]
    /// What an update may come to.
    private static let updateOutcomes = ["failed", "handled", "ignored", "repeated"]
    private static let roles = ["sender", "standby", "starting"]

    mutating func record(_ event: WorkerEvent) {
        switch event {
        case .started(let version, let instance): (self.version, self.instance) = (version, instance)
        case .connected: isConnected = true
        case .disconnected:
            (isConnected, role, lostSessions) = (false, nil, lostSessions + 1)
            (isPaused, isReceivingPaused) = (false, false)
        case .identified(let id, let username):
            (bot, isTokenRejected, isPaused) = ((id, username ?? ""), false, false)
        case .standingBy: (role, isPaused, isReceivingPaused) = ("standby", false, false)
        case .becameSender: role = "sender"
        case .wokenUp(let time): wakeUp.observe(time)
        case .deaf: deafSessions += 1
        case .recovered(let count, _): (recovered, doubts) = (recovered + count, doubts + count)
        case .sent(_, let kind, _, let waited, let took):
            count(kind, "sent")
            self.waited[kind, default: Histogram()].observe(waited)
            delivered[kind, default: Histogram()].observe(waited + took)
            requests.observe(took)
        case .postponed(_, let kind, _, _, _, let inDoubt):
            count(kind, "postponed")
            if inDoubt { doubts += 1 }
        case .gaveUp(_, let kind, let outcome, _): count(kind, outcome)
        case .sentPlain: plain += 1
        case .paused: (isPaused, pauses) = (true, pauses + 1)
        case .resumed: isPaused = false
        case .tokenRejected: isTokenRejected = true
        case .updateHandled(_, let outcome, let took):
            updates[outcome, default: 0] += 1
            handled.observe(took)
        case .receivingPaused: (isReceivingPaused, receivingPauses) = (true, receivingPauses + 1)
        case .webhookTrouble: (isReceivingPaused, webhookTroubles) = (true, webhookTroubles + 1)
        case .receiving, .receivingResumed, .webhookSet: isReceivingPaused = false
        case .toastFailed: toastFailures += 1
        case .waiting, .draining, .abandoned, .stopped: role = role == "sender" ? role : nil
        case .listening, .chatMoved, .updateFailed, .webhookRemoved,
            .webhookRequested, .settlingFailed, .menuFailed, .reloading:
            break
        }
    }

    private mutating func count(_ kind: String, _ outcome: String) {
        sends[Send(kind: kind, outcome: outcome), default: 0] += 1
    }

    // MARK: Writing

    func write(to exposition: inout Exposition, inboxConnections: Int) {
        writeState(to: &exposition)
        exposition.family(
            "tgworker_database_connections", .gauge,
            "Connections with the database: the session, and those for updates.")
        exposition.sample("tgworker_database_connections", isConnected ? 1 : 0, ["use": "session"])
        exposition.sample("tgworker_database_connections", inboxConnections, ["use": "inbox"])
        writeSends(to: &exposition)
        writeUpdates(to: &exposition)
    }

    private func writeState(to exposition: inout Exposition) {
        exposition.single(
            "tgworker_info", .gauge, "Always 1; the labels say which program this is.",
            1,
            ["version": version, "worker": instance])
        if let bot {
            exposition.single(
                "tgworker_bot_info", .gauge, "Always 1; the labels say which bot it works for.",
                1,
                ["id": "\(bot.id)", "username": bot.username])
        }
        exposition.family(
            "tgworker_role", .gauge, "1 for the role this instance has now: one of all instances is the sender.")
        for role in Self.roles {
            exposition.sample("tgworker_role", role == (self.role ?? "starting") ? 1 : 0, ["role": role])
        }
        exposition.single(
            "tgworker_database_connected", .gauge, "1 while the session with the database stands.", isConnected ? 1 : 0)
        exposition.single(
            "tgworker_database_sessions_lost_total", .counter, "Sessions with the database that broke.",
            Double(lostSessions))
        exposition.single(
            "tgworker_wake_path_deaf_total", .counter,
            "Times that a notification to itself was not heard and the session was replaced.", Double(deafSessions))
        exposition.family(
            "tgworker_wake_up_seconds", .histogram,
            "From a notification sent by another session to its being heard; measured once a minute.")
        exposition.histogram("tgworker_wake_up_seconds", wakeUp)
        exposition.single(
            "tgworker_token_rejected", .gauge, "1 while Telegram does not accept the bot token.",
            isTokenRejected ? 1 : 0)
        exposition.single(
            "tgworker_sending_paused", .gauge, "1 while this sender pauses for all chats.", isPaused ? 1 : 0)
        exposition.single(
            "tgworker_sending_pauses_total", .counter, "Pauses of all chats that began.", Double(pauses))
    }

    private func writeSends(to exposition: inout Exposition) {
        exposition.family(
            "tgworker_sends_total", .counter, "Attempts to send that ended, by kind of message and outcome.")
        var sends = sends
        for kind in Self.kinds {
            for outcome in Self.outcomes { sends[Send(kind: kind, outcome: outcome), default: 0] += 0 }
        }
        for (send, count) in sends.sorted(by: { $0.key < $1.key }) {
            exposition.sample("tgworker_sends_total", count, ["kind": send.kind, "outcome": send.outcome])
        }
        exposition.single(
            "tgworker_sends_in_doubt_total", .counter,
            "Attempts whose outcome nobody knows and that were tried again or held.",
            Double(doubts))
        exposition.single(
            "tgworker_recovered_total", .counter, "Messages found whose sender had stopped while it sent them.",
            Double(recovered))
        exposition.single(
            "tgworker_sent_plain_total", .counter, "Messages sent without markup because Telegram refused it.",
            Double(plain))
        histograms(
            "tgworker_wait_seconds", "From the event in the database to the request of the attempt that succeeded.",
            waited,
            to: &exposition)
        histograms(
            "tgworker_delivery_seconds", "From the event in the database to Telegram's answer that it has the message.",
            delivered, to: &exposition)
        exposition.family(
            "tgworker_request_seconds", .histogram, "From the request to Telegram's answer, of messages that were sent."
        )
        exposition.histogram("tgworker_request_seconds", requests)
    }

    private func histograms(
        _ name: String, _ help: String, _ histograms: [String: Histogram], to exposition: inout Exposition
    ) {
        exposition.family(name, .histogram, help)
        for kind in Self.kinds { exposition.histogram(name, histograms[kind] ?? Histogram(), ["kind": kind]) }
    }

    private func writeUpdates(to exposition: inout Exposition) {
        exposition.family("tgworker_updates_total", .counter, "Updates received, by outcome.")
        for outcome in Set(Self.updateOutcomes).union(updates.keys).sorted() {
            exposition.sample("tgworker_updates_total", updates[outcome] ?? 0, ["outcome": outcome])
        }
        exposition.family(
            "tgworker_update_seconds", .histogram, "From an update's arrival to the commit of all that it causes.")
        exposition.histogram("tgworker_update_seconds", handled)
        exposition.single(
            "tgworker_receiving_paused", .gauge,
            "1 while updates cannot be taken, or the webhook is not what it should be.", isReceivingPaused ? 1 : 0)
        exposition.single(
            "tgworker_receiving_pauses_total", .counter, "Times that updates could not be taken.",
            Double(receivingPauses))
        exposition.single(
            "tgworker_webhook_troubles_total", .counter, "Times that the webhook was found wanting.",
            Double(webhookTroubles))
        exposition.single(
            "tgworker_toast_failures_total", .counter, "Times that operators could not be notified in Odoo.",
            Double(toastFailures))
    }
}
