import Reactor

extension Connection {
    /// Sends a Sync when it is time, gives the connection up when that is over, and looks again when one of them is due.
    func beat() {
        stopPulse()
        guard machine.failure == nil, let action = pulse?.next(.now) else { return }
        var next: ContinuousClock.Instant?
        switch action {
        case .wait(let until): next = until
        case .giveUp:
            return lose(PostgresError(.connectionLost, message: "the server does not answer"))
        case .ping:
            sendHeartbeat()
            next = .now + .milliseconds(500)
        }
        guard let next else { return }
        pulseTimer = reactor.assumeIsolated {
            $0.schedule(after: next - .now) { [weak self] in
                self?.assumeIsolated { $0.beat() }
            }
        }
    }

    /// One at a time: while a transaction is open, it waits its turn.
    private func sendHeartbeat() {
        guard !isPinging else { return }
        isPinging = true
        Task {
            try? await ping()
            isPinging = false
        }
    }

    func stopPulse() {
        guard let pulseTimer else { return }
        reactor.assumeIsolated { $0.cancelTimer(pulseTimer) }
        self.pulseTimer = nil
    }
}
