import Telegram
import Worker

extension CheckFacts {
    /// Why customers get no notifications: for the shop, or for those who were asked about.
    var notificationFindings: [Finding] {
        let shop = shopProblem
        guard let partners else { return [shop ?? customers.finding(.customerNotifications, \.finding)] }
        switch partners {
        case .unknown(let reason): return [.skipped(.customerNotifications, because: reason)]
        case .known(let partners):
            guard !partners.isEmpty else {
                return [
                    Finding(
                        .customerNotifications, .warning, "there is no such partner",
                        "give the partner's id, or a part of the name")
                ]
            }
            return (shop.map { [$0] } ?? []) + partners.map(\.notificationFinding)
        }
    }

    /// What keeps everybody from getting notifications.
    private var shopProblem: Finding? {
        func nobody(_ reason: String, _ remedy: String) -> Finding {
            Finding(.customerNotifications, .error, "customers get no notifications: \(reason)", remedy)
        }
        if let dead = schema.facts?.deadTriggers, dead.contains("tgworker_order_state") {
            return nobody("the trigger tgworker_order_state on sale_order does not fire", "see schema-triggers above")
        }
        if let problem = bot.facts?.problem { return nobody("there is no bot that works", problem) }
        if telegram.isTokenRefused {
            return nobody("Telegram does not accept the bot token", "see token above")
        }
        if let states = customers.facts?.notifiedStates, !states.contains(where: { $0 != " " && $0 != "," }) {
            return nobody(
                "setting notify_states names no state",
                "update tgworker.setting set value = null where name = 'notify_states'")
        }
        return nil
    }

    /// Why messages are not sent.
    var sendingFindings: [Finding] {
        if let partners {
            return partners.facts.map { $0.flatMap(\.sendingFindings) } ?? []
        }
        return [
            failures.finding(.sending) { failures in
                if telegram.isTokenRefused {
                    return Finding(
                        .sending, .error, "sending fails: the bot token is wrong, Telegram does not accept it",
                        "see token above")
                }
                return failures.finding
            }
        ]
    }
}

extension CustomersFacts {
    var finding: Finding {
        func part(_ count: Int, _ words: String, _ examples: [Example]) -> String? {
            guard count > 0 else { return nil }
            let users = examples.prefix(3).map { "partner \($0.partner)" }.listed(3)
            return "\(Words.count(count, limit: QueueFacts.limit)) \(words) (\(users)\(count > 3 ? ", …" : ""))"
        }
        let parts = [
            part(unverifiedCount, "linked but not verified", unverified),
            part(withoutChatCount, "verified without a Telegram ID", withoutChat),
            part(blockedCount, "that Telegram does not let through", blocked),
        ].compactMap { $0 }
        let waiting =
            strangers > 0
            ? "; \(Words.count(strangers, limit: QueueFacts.limit)) began with the bot and wait for a manager to link them"
            : ""
        guard !parts.isEmpty else {
            let states = notifiedStates == "*" ? "" : " of \(notifiedStates)"
            return .ok(
                .customerNotifications,
                "\(Words.count(verified, limit: QueueFacts.limit, "customer gets", "customers get")) notifications\(states)\(waiting)"
            )
        }
        return Finding(
            .customerNotifications, .warning,
            "customers get no notifications: \(parts.joined(separator: ", "))\(waiting)",
            "ask about one of them: tgworker check --partner ID")
    }
}

extension FailureFacts {
    var finding: Finding {
        guard let worst = failed.first ?? retrying.first else {
            return .ok(.sending, "nothing has failed in the last 24 hours")
        }
        let total = failed.reduce(0) { $0 + $1.count }
        let groups = (failed.isEmpty ? retrying : failed).prefix(3).map { group in
            "\(group.count) × \(group.reason) (chat \(group.chat))"
        }
        let words =
            failed.isEmpty
            ? "messages are tried again: "
            : "sending fails: \(Words.count(total, "message", "messages")) in the last 24 hours, "
        return Finding(
            .sending, sentLately == 0 && total > 10 ? .error : .warning, words + groups.joined(separator: "; "),
            Self.remedy(for: worst.reason) + (failed.isEmpty ? "" : ", then tgworker outbox retry --state failed"))
    }

    /// What helps against a reason of the ledger.
    static func remedy(for reason: String) -> String {
        let known = Refusal.Reason.allCases.first { reason.hasPrefix($0.explanation) }
        switch known {
        case .blockedByUser?: return "ask the customer to open the bot and press Start"
        case .userDeactivated?: return "ask the customer for the new account and link that"
        case .chatNotFound?, .cannotInitiateConversation?:
            return "check the Telegram ID in Odoo, and ask the customer to write /start to the bot"
        case .removedFromChat?: return "add the bot to the chat again"
        case .badEntities?, .messageTooLong?, .emptyText?, .replyNotFound?, .other?: return "see the message"
        case nil:
            if reason.contains("token") { return "see token above" }
            if reason.contains("not reached") || reason.contains("no proper answer") {
                return "check the way to Telegram (token above)"
            }
            return "see the reason"
        }
    }
}

extension PartnerFacts {
    /// Why this customer gets no notifications, the first thing to mend first.
    var notificationFinding: Finding {
        func finding(_ level: Finding.Level, _ message: String, _ remedy: String = "") -> Finding {
            Finding(.customerNotifications, level, message, remedy, subject: subject)
        }
        guard !users.isEmpty else {
            return finding(
                .warning, "gets no notifications: no Telegram user is linked to this partner or its company",
                "invite: select tgworker.invite_link(\(id))")
        }
        guard let user = users.first(where: \.isVerified) else {
            return finding(
                .warning, "gets no notifications: Telegram user \(users[0].id) is not verified",
                "send the code: select tgworker.send_code(\(users[0].id)), or tick Verified in Odoo")
        }
        guard user.chat != nil else {
            return finding(
                .warning, "gets no notifications: Telegram user \(user.id) has no Telegram ID",
                "enter it in Odoo, or invite: select tgworker.invite_link(\(id))")
        }
        if let reason = user.blockedReason {
            return finding(.warning, "gets no notifications: \(reason)", FailureFacts.remedy(for: reason))
        }
        if let pause = user.pause {
            return finding(
                .warning, "waits: Telegram asked to leave this chat alone for another \(Words.time(pause))",
                "it goes on by itself")
        }
        return finding(
            .ok,
            "gets notifications"
                + (user.waiting > 0
                    ? ", \(Words.count(user.waiting, limit: 1000, "message waits", "messages wait"))" : ""))
    }

    /// What became of the last message, where it failed.
    var sendingFindings: [Finding] {
        let failed = users.filter { $0.lastOutcome == "failed" || $0.lastOutcome == "unknown" }
        return failed.map { user in
            let reason = user.lastReason ?? "no reason is known"
            let age = user.lastAge.map { " (\(Words.time($0)) ago)" } ?? ""
            return Finding(
                .sending, .warning,
                "sending fails: the last message to chat \(user.chat ?? 0) did not go out\(age): \(reason)",
                FailureFacts.remedy(for: reason) + ", then tgworker outbox retry --chat \(user.chat ?? 0)",
                subject: subject)
        }
    }
}
