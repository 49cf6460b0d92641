import Reactor

/// What an orchestrator asks: is the worker ready, and if not, why not. Fed with the worker's events.
public final class WorkerHealth: Sendable {
    private struct State {
        var connected = false
        var reachedTelegram = false
        var role: String?
        var obstacle: String? = "starting"
        var isStopping = false
    }

    private let state = LockBox(State())

    /// Not ready yet.
    public init() {}

    /// Follows an event.
    public func record(_ event: WorkerEvent) {
        state.withLock { state in
            switch event {
            case .connected: state.connected = true
            case .disconnected(let reason):
                (state.connected, state.role, state.obstacle) = (false, nil, reason)
            case .waiting(let reason, _): state.obstacle = reason
            case .identified: (state.reachedTelegram, state.obstacle) = (true, nil)
            case .standingBy: (state.role, state.obstacle) = ("standby", nil)
            case .becameSender: (state.role, state.obstacle) = ("sender", nil)
            case .tokenRejected(let reason):
                state.obstacle = "Telegram does not accept the bot token (\(reason))"
            case .draining, .abandoned, .stopped: state.isStopping = true
            case .started, .listening, .wokenUp, .deaf, .recovered, .sent, .postponed, .gaveUp, .sentPlain, .chatMoved,
                .paused, .resumed, .reloading,
                .receiving,
                .updateHandled, .updateFailed, .receivingPaused, .receivingResumed, .webhookRemoved, .webhookSet,
                .webhookTrouble, .webhookRequested, .settlingFailed, .toastFailed, .menuFailed:
                break
            }
        }
    }

    /// Why the worker is not ready; nil when it is: connected, and either sending and known to Telegram, or standing by.
    public var obstacle: String? {
        state.withLock { state in
            if state.isStopping { return "stopping" }
            if let obstacle = state.obstacle { return obstacle }
            if !state.connected { return "not connected to the database" }
            switch state.role {
            case "standby": return nil
            case "sender" where state.reachedTelegram: return nil
            default: return "starting"
            }
        }
    }

    /// sender or standby, once it is known.
    public var role: String? { state.withLock { $0.role } }
}
