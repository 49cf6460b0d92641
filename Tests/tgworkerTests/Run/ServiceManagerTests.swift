import Glibc
import Reactor
import ServiceLifecycle
import Testing
import Worker

@testable import tgworker

@Suite("The word to systemd", .timeLimit(.minutes(5)))
struct ServiceManagerTests {
    /// A socket as systemd has it, and what was sent there.
    private final class Listener: Sendable {
        let address: String
        private let descriptor: Int32

        /// - Parameter isAbstract: in no directory, as systemd within containers has it.
        init(isAbstract: Bool = false) throws {
            let name = "/tmp/tgworker-notify.\(UInt64.random(in: 0 ... .max))"
            address = isAbstract ? "@" + name : name
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var socketAddress = sockaddr_un()
            socketAddress.sun_family = sa_family_t(AF_UNIX)
            var path = Array(address.utf8)
            if isAbstract { path[0] = 0 }
            withUnsafeMutableBytes(of: &socketAddress.sun_path) { $0.copyBytes(from: path) }
            let length = socklen_t(2 + path.count)
            let result = withUnsafePointer(to: socketAddress) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            try #require(result == 0)
        }

        deinit {
            close(descriptor)
            unlink(address)
        }

        /// The next message; waits for it a minute at most.
        func next() -> String? {
            var events = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&events, 1, 60_000) == 1 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
        }
    }

    @Test(
        "is there only where systemd says whom to tell",
        arguments: [[:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "x"]])
    func absent(environment: [String: String]) {
        #expect(ServiceManager(environment: environment) == nil)
    }

    @Test("is ready once the worker is, and its state in one line whenever it changes", arguments: [false, true])
    func states(isAbstract: Bool) throws {
        let listener = try Listener(isAbstract: isAbstract)
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": listener.address]))
        let health = WorkerHealth()
        func record(_ event: WorkerEvent) {
            health.record(event)
            manager.report(health)
        }
        record(.connected(database: "shop", serverVersion: 150_000))
        #expect(listener.next() == "STATUS=starting")
        record(.waiting(reason: "no bot\nREADY=1", retryAfter: .zero))
        #expect(listener.next() == "STATUS=no bot READY=1")
        record(.identified(botID: 1, username: nil))
        #expect(listener.next() == "STATUS=starting")
        record(.becameSender)
        #expect(listener.next() == "READY=1\nSTATUS=sending")
        record(.wokenUp(after: .zero))
        record(.standingBy)
        #expect(listener.next() == "READY=1\nSTATUS=standing by")
        record(.draining(inFlight: 0))
        #expect(listener.next() == "STOPPING=1\nSTATUS=stopping")
    }

    @Test("has a sign of life twice in each interval, if one is expected of this process, until the shutdown")
    func watchdog() async throws {
        let listener = try Listener()
        let reactor = Reactor()
        for environment in [[:], ["WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1"]] {
            let manager = ServiceManager(
                environment: environment.merging(["NOTIFY_SOCKET": listener.address]) { $1 })
            #expect(manager != nil && manager?.watchdogService(reactor) == nil)
        }
        let manager = ServiceManager(
            environment: [
                "NOTIFY_SOCKET": listener.address, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "\(getpid())",
            ])
        let service = try #require(manager?.watchdogService(reactor))
        let running = Task { try await service.run() }
        for _ in 1...3 { #expect(listener.next() == "WATCHDOG=1") }
        running.cancel()
        try await running.value
    }
}
