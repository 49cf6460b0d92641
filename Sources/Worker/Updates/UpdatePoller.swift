import Postgres
import Reactor
import Telegram

/// Fetches updates with long polling. Only the instance that sends does so: Telegram serves one receiver.
actor UpdatePoller {
    private let reception: Reception
    private let inbox: UpdateInbox
    private let reactor: Reactor
    private let events: @Sendable (WorkerEvent) -> Void
    private var machine = PollingStateMachine()
    /// Why Telegram does not accept the token.
    private var rejection: String?

    /// The longest that Telegram waits.
    static let wait = Duration.seconds(50)

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    init(
        _ reception: Reception, inbox: UpdateInbox, reactor: Reactor,
        events: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.reception = reception
        self.inbox = inbox
        self.reactor = reactor
        self.events = events
    }

    /// Polls until the task is cancelled, or Telegram does not accept the token: that ends the sending too.
    ///
    /// - Returns: Telegram's words for the latter.
    func run() async -> String? {
        var reported: String?
        while !Task.isCancelled {
            guard let pause = await poll(), !Task.isCancelled else {
                if reported != nil, !Task.isCancelled { events(.receivingResumed) }
                reported = nil
                continue
            }
            // That is said in its own words.
            if pause.isWebhookSet, await removeWebhook() { continue }
            if reported != pause.reason {
                events(.receivingPaused(reason: pause.reason, retryAfter: pause.duration))
            }
            reported = pause.reason
            if let rejection { return rejection }
            await reactor.sleep(for: pause.duration)
        }
        return nil
    }

    /// One request, and everything it brings.
    ///
    /// - Returns: a pause when something went wrong.
    private func poll() async -> PollingStateMachine.Pause? {
        let request = machine.next
        let updates: [RawUpdate]
        do {
            updates = try await reception.api.getUpdates(
                offset: request.offset, limit: request.limit, wait: Self.wait, allowedUpdates: Update.kinds)
        } catch {
            if case .unauthorized(let reason) = error { rejection = reason }
            return machine.failed(error, jitter: .random(in: 0...1))
        }
        let failures = await handle(updates)
        // What comes before the first that was not handled is confirmed.
        if let first = updates.firstIndex(where: { failures[$0] != nil }), let error = failures[updates[first]] {
            let isBusy = failures.values.allSatisfy { ($0 as? PostgresError)?.sqlState == .lockNotAvailable }
            return machine.notHandled(
                from: updates[first], "\(error)", isBusy: isBusy, jitter: .random(in: 0...1))
        }
        return machine.handled(updates, jitter: .random(in: 0...1))
    }

    /// Handles a batch: one person's updates one after the other, different people's at the same time.
    ///
    /// - Returns: why updates could not be handled; after one of a person's, those behind it were not tried.
    private func handle(_ updates: [RawUpdate]) async -> [RawUpdate: any Error] {
        let (inbox, reception) = (inbox, reception)
        var lanes: [Int64?: [ReadUpdate]] = [:]
        for update in updates.map({ ReadUpdate($0, bot: reception.bot.username) }) {
            lanes[update.personID, default: []].append(update)
        }
        return await withTaskGroup(of: (RawUpdate, any Error)?.self) { group in
            for lane in lanes.values {
                group.addTask {
                    for update in lane {
                        do {
                            try await inbox.receive(update, for: reception)
                        } catch {
                            return (update.raw, error)
                        }
                    }
                    return nil
                }
            }
            return await group.reduce(into: [:]) { failures, failure in
                if let (update, error) = failure { failures[update] = error }
            }
        }
    }

    /// Takes down the webhook that keeps updates from being polled, because the configuration says polling. Updates that
    /// wait are kept.
    private func removeWebhook() async -> Bool {
        do {
            let webhook = try await reception.api.getWebhookInfo()
            try await reception.api.deleteWebhook()
            events(.webhookRemoved(host: webhook.host, pending: webhook.pendingUpdateCount))
            return true
        } catch {
            events(.receivingPaused(reason: "the webhook cannot be removed: \(error)", retryAfter: .seconds(5)))
            return false
        }
    }
}
