import Foundation

/// A program that a test has started: its output line by line as it comes, and how it ended.
///
/// It is killed when the last reference to it goes away, and when the test process ends in whatever way.
public actor ChildProcess {
    /// How a program ended.
    public enum ExitStatus: Sendable, Equatable {
        /// It returned this code.
        case exited(Int32)
        /// This signal ended it.
        case signalled(Int32)
    }

    /// A line that the program wrote, without its line feed.
    public struct OutputLine: Sendable, Equatable {
        /// Whether it came from standard error.
        public let isError: Bool
        /// The text; what is not UTF-8 in it is replaced.
        public let text: String
    }

    /// What the program was called with, for messages.
    public nonisolated let command: String

    /// The process id. Signals are better sent with ``kill(_:)``, which spares a successor with the same id.
    public nonisolated let processIdentifier: Int32

    /// Everything written so far, in the order of arrival.
    public private(set) var output: [OutputLine] = []

    private var end: ExitStatus?
    private var watchers: [Int: CheckedContinuation<Void, Never>] = [:]
    private var lastWatcher = 0

    /// Starts a program: a path, or a name to be found in `PATH`.
    ///
    /// - Parameters:
    ///   - executable: The program.
    ///   - arguments: Its arguments.
    ///   - environment: Variables on top of those of the test process.
    ///   - input: What it reads from standard input; without it, nothing.
    public static func start(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], input: String? = nil
    ) async throws -> ChildProcess {
        let command = ([executable] + arguments).joined(separator: " ")
        let (events, continuation) = AsyncStream.makeStream(of: SpawnedProgram.Event.self)
        let program = SpawnedProgram(
            executable: executable, arguments: arguments, input: input,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 })
        let processIdentifier = try await program.start(reportingTo: continuation)
        let child = ChildProcess(command: command, processIdentifier: processIdentifier)
        Task { [weak child] in
            for await event in events {
                await child?.receive(event)
                // Until here the process is a zombie, so that nobody else can have its id while a signal is sent to it.
                if case .ended = event { waitpid(processIdentifier, nil, 0) }
            }
        }
        return child
    }

    /// Starts an executable product of this package, from the build that runs the tests.
    public static func start(
        product: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> ChildProcess {
        try await start(Checkout.product(product), arguments, environment: environment)
    }

    private init(command: String, processIdentifier: Int32) {
        self.command = command
        self.processIdentifier = processIdentifier
    }

    deinit {
        if end == nil { _ = Foundation.kill(processIdentifier, SIGKILL) }
    }

    /// How the program ended, once it has.
    public var status: ExitStatus {
        get async throws {
            while true {
                if let end { return end }
                try Task.checkCancellation()
                await change()
            }
        }
    }

    /// Waits for the program's end.
    ///
    /// Throws when it does not come within `timeout`.
    public func exit(within timeout: Duration = .seconds(90)) async throws -> ExitStatus {
        try await withDeadline(timeout, "the end of \(command)") { try await self.status }
    }

    /// The first line, of those already written and those still to come, that satisfies the predicate.
    ///
    /// Throws when none comes within `timeout` or the program ends without it.
    public func line(
        within timeout: Duration = .seconds(90), where matches: @escaping @Sendable (String) -> Bool
    ) async throws -> String {
        try await withDeadline(timeout, "a line of \(command)") { try await self.nextLine(where: matches) }
    }

    /// The first line, of those already written and those still to come, that contains the text.
    public func line(containing text: String, within timeout: Duration = .seconds(90)) async throws -> String {
        try await line(within: timeout) { $0.contains(text) }
    }

    /// Asks the program to end, as a service manager does.
    public func terminate() {
        kill(SIGTERM)
    }

    /// Sends a signal, unless the program has ended.
    public func kill(_ signal: Int32) {
        if end == nil { _ = Foundation.kill(processIdentifier, signal) }
    }

    /// What the program wrote to standard output, or to standard error.
    public func text(ofErrors isError: Bool = false) -> String {
        output.filter { $0.isError == isError }.map(\.text).joined(separator: "\n")
    }

    private func nextLine(where matches: @Sendable (String) -> Bool) async throws -> String {
        var seen = 0
        while true {
            while seen < output.count {
                if matches(output[seen].text) { return output[seen].text }
                seen += 1
            }
            if let end {
                let last = output.suffix(20).map(\.text).joined(separator: "\n")
                throw TestSupportError("\(command) ended (\(end)) before the awaited line; it wrote:\n\(last)")
            }
            try Task.checkCancellation()
            await change()
        }
    }

    private func receive(_ event: SpawnedProgram.Event) {
        switch event {
        case .line(let line): output.append(line)
        case .ended(let status):
            end = status
            keep()
        }
        let woken = watchers.values
        watchers = [:]
        for watcher in woken { watcher.resume() }
    }

    /// Leaves what was written in the directory `TGWORKER_TEST_OUTPUT`, if the variable names one, so that the output of
    /// all programs of a run of tests can be searched.
    private func keep() {
        guard let directory = ProcessInfo.processInfo.environment["TGWORKER_TEST_OUTPUT"] else { return }
        let name = command.split(separator: " ").first.map { ($0.description as NSString).lastPathComponent } ?? ""
        let text = output.map(\.text).joined(separator: "\n") + "\n"
        try? text.write(
            toFile: "\(directory)/\(name)-\(processIdentifier).log", atomically: false, encoding: .utf8)
    }

    /// Waits for the next event, or for the cancellation of the task.
    private func change() async {
        lastWatcher += 1
        let watcher = lastWatcher
        await withTaskCancellationHandler {
            await withCheckedContinuation { watchers[watcher] = $0 }
        } onCancel: {
            Task { await self.wake(watcher) }
        }
    }

    private func wake(_ watcher: Int) {
        watchers.removeValue(forKey: watcher)?.resume()
    }
}
