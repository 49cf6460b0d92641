import Glibc
import Reactor
import ServiceLifecycle
import Worker

/// Tells systemd, or whoever else speaks its protocol (sd_notify(3)), when the worker is ready, what it does and that it
/// is alive.
struct ServiceManager: Sendable {
    private let socket: String
    private let watchdog: Duration?
    private let last = LockBox<String?>(nil)

    /// - Parameter environment: `NOTIFY_SOCKET` names the socket, `WATCHDOG_USEC` how often a sign of life is expected.
    /// - Returns: nil when nobody wants to know.
    init?(environment: [String: String]) {
        guard let socket = environment["NOTIFY_SOCKET"], socket.hasPrefix("/") || socket.hasPrefix("@") else {
            return nil
        }
        self.socket = socket
        let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        watchdog = isOurs ? environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map { .microseconds($0) } : nil
    }

    /// Says what has changed since it was last asked. Ready once is ready: later trouble is in the status alone.
    func report(_ health: WorkerHealth) {
        let obstacle = health.obstacle
        let message: String
        switch obstacle {
        case nil: message = "READY=1\nSTATUS=\(health.role == "standby" ? "standing by" : "sending")"
        case "stopping": message = "STOPPING=1\nSTATUS=stopping"
        case let obstacle?: message = "STATUS=\(obstacle.split(whereSeparator: \.isNewline).joined(separator: " "))"
        }
        // Sent within, so that the last one sent is the latest.
        last.withLock { last in
            if last != message { send(message) }
            last = message
        }
    }

    /// A service that gives a sign of life as long as the reactor turns; nil when none is expected.
    func watchdogService(_ reactor: Reactor) -> (any Service)? {
        watchdog.map { WatchdogService(manager: self, interval: $0 / 2, reactor: reactor) }
    }

    fileprivate func send(_ message: String) {
        var address = sockaddr_un()
        var path = Array(socket.utf8)
        // systemd writes the leading NUL of an abstract address as @.
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = sendto(descriptor, message, message.utf8.count, Int32(MSG_NOSIGNAL), pointer, length)
            }
        }
    }
}

/// Signs of life, each by way of the reactor: were it stuck, systemd would start the worker anew.
private struct WatchdogService: Service {
    let manager: ServiceManager
    let interval: Duration
    let reactor: Reactor

    func run() async {
        await cancelWhenGracefulShutdown {
            repeat { manager.send("WATCHDOG=1") } while await reactor.sleep(for: interval)
        }
    }
}
