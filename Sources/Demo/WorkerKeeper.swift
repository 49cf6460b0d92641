import Foundation
import ServiceLifecycle

/// Runs the worker and starts it again whenever it ends, as systemd does with `Restart=always`.
actor WorkerKeeper: Service {
    /// What the page shows of it.
    struct Status: Sendable, Encodable {
        /// nil while there is none.
        var process: Int32?
        /// How often it has ended.
        var ends = 0
    }

    private(set) var status = Status()
    private let command: [String]
    private let pause: Duration
    private var isEnding = false

    /// - Parameters:
    ///   - command: the program and its arguments.
    ///   - pause: how long it stays away after it was killed, so that one sees it.
    init(command: [String], pause: Duration = .seconds(2)) {
        self.command = command
        self.pause = pause
    }

    /// Keeps the worker running until the graceful shutdown, and lets it end then.
    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let code = try await self.runOnce()
                // What was asked to end comes back at once.
                if code != 0 { try? await Task.sleep(for: self.pause) }
            }
        }
    }

    /// Ends it without warning.
    func kill() { send(SIGKILL) }

    /// Lets it end in order; it comes back at once.
    func restart() { send(SIGTERM) }

    private func send(_ signal: Int32) {
        if let process = status.process { _ = Foundation.kill(process, signal) }
    }

    private func started(_ process: Int32) {
        status.process = process
        if isEnding { send(SIGTERM) }
    }

    private func end() {
        isEnding = true
        send(SIGTERM)
    }

    /// - Returns: the exit code, or the signal's number.
    private func runOnce() async throws -> Int32 {
        defer {
            status.process = nil
            status.ends += 1
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // A thread that lives as long as the worker: the kernel ends the worker with the thread that started it
                // (prctl(2), PR_SET_PDEATHSIG), so that nothing stays when the demo is killed.
                Thread.detachNewThread { [command] in
                    let process = Process()
                    let setpriv = "/usr/bin/setpriv"
                    let isGuarded = FileManager.default.isExecutableFile(atPath: setpriv)
                    process.executableURL = URL(filePath: isGuarded ? setpriv : command[0])
                    process.arguments =
                        isGuarded ? ["--pdeathsig", "TERM", "--"] + command : Array(command.dropFirst())
                    process.standardOutput = FileHandle.standardError
                    do {
                        try process.run()
                    } catch {
                        return continuation.resume(throwing: DemoError("cannot start \(command[0]): \(error)"))
                    }
                    let identifier = process.processIdentifier
                    Task { await self.started(identifier) }
                    process.waitUntilExit()
                    continuation.resume(returning: process.terminationStatus)
                }
            }
        } onCancel: {
            Task { await self.end() }
        }
    }
}
