import Postgres
import Reactor

/// Sends the ``WakePathCanary`` and waits until it is heard.
actor WakePath {
    private let presence: Presence
    private let inbox: UpdateInbox
    private let reactor: Reactor
    private let events: @Sendable (WorkerEvent) -> Void
    private var canary: WakePathCanary
    private var waiting: Task<Void, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    init(
        presence: Presence, inbox: UpdateInbox, reactor: Reactor, events: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.presence = presence
        self.inbox = inbox
        self.reactor = reactor
        self.events = events
        canary = WakePathCanary(instance: presence.instance)
    }

    /// Takes a notification.
    ///
    /// - Returns: whether it was a canary, ours or another's: then it says nothing of the queue.
    func hear(_ payload: String) -> Bool {
        switch canary.hear(payload, .now) {
        case .own(let duration):
            events(.wokenUp(after: duration))
            waiting?.cancel()
            return true
        case .foreign: return true
        case .none: return false
        }
    }

    /// Says that this sender is alive, in a notification to itself as well, and waits until that is heard.
    ///
    /// - Parameter connection: The session that listens; used only where the inbox has no connection.
    /// - Returns: false when the listener is deaf.
    func check(on connection: Connection) async -> Bool {
        let payload = canary.send(.now)
        do {
            try await inbox.announceSender(presence, wakeUp: canary.wakeUp, calling: payload)
        } catch {
            canary.failed()
            try? await presence.record("sender", on: connection)
            return true
        }
        guard canary.isUnheard(payload) else { return true }
        let waiting = Task { _ = await reactor.sleep(for: WakePathCanary.limit) }
        self.waiting = waiting
        await withTaskCancellationHandler {
            await waiting.value
        } onCancel: {
            waiting.cancel()
        }
        self.waiting = nil
        return Task.isCancelled || !canary.isUnheard(payload)
    }
}
