import Reactor
import Telegram

/// What the sending instance does besides sending: fetches updates, or sees to it that Telegram posts them.
struct ReceivingTask: Sendable {
    let reception: Reception
    let inbox: UpdateInbox
    let reactor: Reactor
    let events: @Sendable (WorkerEvent) -> Void

    /// How often the webhook is looked at.
    private static let webhookCheck = Duration.seconds(300)

    /// Runs until the task is cancelled, or Telegram does not accept the token.
    ///
    /// - Returns: Telegram's words for the latter.
    func run() async -> String? {
        events(.receiving(mode: reception.mode == .polling ? "polling" : "webhook"))
        // The menu is a convenience: it does not keep updates waiting.
        let menu = Task { await setMenu() }
        defer { menu.cancel() }
        switch reception.mode {
        case .polling:
            return await UpdatePoller(reception, inbox: inbox, reactor: reactor, events: events).run()
        case .webhook:
            return await keepWebhook()
        }
    }

    /// Sets the webhook when there is none, leaves somebody else's alone, and says what keeps Telegram from delivering.
    ///
    /// - Returns: Telegram's words when it does not accept the token.
    private func keepWebhook() async -> String? {
        var reported: String?
        while !Task.isCancelled {
            var trouble: String?
            do {
                trouble = try await checkWebhook()
            } catch TelegramError.unauthorized(let reason) {
                return reason
            } catch {
                trouble = "\(error)"
            }
            if let trouble, trouble != reported, !Task.isCancelled { events(.webhookTrouble(reason: trouble)) }
            if trouble == nil, reported != nil { events(.receivingResumed) }
            reported = trouble
            await reactor.sleep(for: trouble == nil ? Self.webhookCheck : .seconds(30))
        }
        return nil
    }

    /// - Returns: what keeps Telegram from delivering.
    private func checkWebhook() async throws -> String? {
        let info = try await reception.api.getWebhookInfo()
        switch WebhookRegistration.state(of: info, for: reception) {
        case .ours:
            guard info.pendingUpdateCount > 0, let message = info.lastErrorMessage else { return nil }
            return "Telegram cannot deliver to it: \(message)"
        case .missing:
            try await WebhookRegistration(reception: reception).set()
            events(.webhookSet)
            return nil
        case .foreign(let host):
            return "another webhook is set, at \(host): to replace it run tgworker webhook set, or switch to polling"
        }
    }

    /// Sets the bot's menu in all languages that it speaks; those of other languages see the English one.
    private func setMenu() async {
        do {
            for language in MessageLanguage.allCases {
                try await reception.api.setMyCommands(
                    Command.menu(in: language), scope: .privateChats, languageCode: language.rawValue)
            }
            try await reception.api.setMyCommands(Command.menu(in: .english), scope: .privateChats)
        } catch {
            if !Task.isCancelled { events(.menuFailed(reason: "\(error)")) }
        }
    }
}
