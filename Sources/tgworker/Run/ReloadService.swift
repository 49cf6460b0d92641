import ServiceLifecycle
import UnixSignals

/// Does something at each SIGHUP, until the shutdown.
struct ReloadService: Service {
    private let reload: @Sendable () async -> Void

    init(_ reload: @escaping @Sendable () async -> Void) {
        self.reload = reload
    }

    func run() async {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { await reload() }
    }
}
