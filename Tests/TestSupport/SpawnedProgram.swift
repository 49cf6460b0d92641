import Foundation

/// Starts a program and reads what it writes, on a thread of its own that lives as long as the program.
///
/// The kernel kills the program when this thread ends, which covers a test process that was killed itself; a thread from
/// a pool could be retired while the program still runs.
struct SpawnedProgram: Sendable {
    enum Event: Sendable {
        case line(ChildProcess.OutputLine)
        /// The program has ended. It is still a zombie: the receiver calls `waitpid`.
        case ended(ChildProcess.ExitStatus)
    }

    let executable: String
    let arguments: [String]
    let input: String?
    let environment: [String: String]

    /// The program's process id, once it is started; what happens to it goes to `events`.
    func start(reportingTo events: AsyncStream<Event>.Continuation) async throws -> Int32 {
        try await withCheckedThrowingContinuation { started in
            Thread.detachNewThread {
                do {
                    let (processIdentifier, outputs) = try spawn()
                    started.resume(returning: processIdentifier)
                    read(outputs) { events.yield(.line($0)) }
                    events.yield(.ended(awaitEnd(of: processIdentifier)))
                } catch {
                    started.resume(throwing: error)
                }
                events.finish()
            }
        }
    }

    private func spawn() throws -> (processIdentifier: Int32, outputs: [Int32]) {
        var command = [executable] + arguments
        if let setpriv = Self.setpriv { command = [setpriv, "--pdeathsig", "KILL", "--"] + command }

        let inputFile = try writeInput()
        defer { if let inputFile { unlink(inputFile) } }
        let pipes = try [openPipe(), openPipe()]
        defer { for pipe in pipes { close(pipe.write) } }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, inputFile ?? "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipes[0].write, 1)
        posix_spawn_file_actions_adddup2(&actions, pipes[1].write, 2)
        // A socket of the test process that leaks into the program would never be seen as closed.
        for descriptor in openDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var processIdentifier: pid_t = 0
        let code = Self.withCStrings(command) { arguments in
            Self.withCStrings(environment.map { "\($0)=\($1)" }) { environment in
                posix_spawnp(&processIdentifier, command[0], &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else {
            for pipe in pipes { close(pipe.read) }
            throw TestSupportError("cannot start \(executable): \(String(cString: strerror(code)))")
        }
        return (processIdentifier, pipes.map(\.read))
    }

    /// A file is an input that never blocks and never raises SIGPIPE.
    private func writeInput() throws -> String? {
        guard let input else { return nil }
        let path = FileManager.default.temporaryDirectory.path + "/input-\(UUID().uuidString)"
        try Data(input.utf8).write(to: URL(filePath: path))
        return path
    }

    /// A socket pair, because a pipe cannot be opened with close-on-exec from Swift: its writing end could leak into a
    /// program that another thread starts at that moment, and then the end of the output would not be seen.
    private func openPipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
        guard socketpair(AF_UNIX, Int32(type), 0, &ends) == 0 else {
            throw TestSupportError("cannot open a pipe: \(String(cString: strerror(errno)))")
        }
        return (ends[0], ends[1])
    }

    /// The descriptors above standard error. One that is closed before the program starts does no harm.
    private func openDescriptors() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { $0 > 2 }
    }

    /// Reads standard output and standard error to their ends, which come with the end of the program.
    private func read(_ outputs: [Int32], report: (ChildProcess.OutputLine) -> Void) {
        var sources = outputs.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var pending = outputs.map { _ in [UInt8]() }
        var buffer = [UInt8](repeating: 0, count: 65536)

        func reportLine(_ bytes: some Collection<UInt8>, of index: Int) {
            report(ChildProcess.OutputLine(isError: index == 1, text: String(decoding: bytes, as: UTF8.self)))
        }
        while sources.contains(where: { $0.fd >= 0 }) {
            guard poll(&sources, nfds_t(sources.count), -1) > 0 else { continue }
            for index in sources.indices where sources[index].fd >= 0 && sources[index].revents != 0 {
                let count = Foundation.read(sources[index].fd, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                pending[index] += buffer.prefix(max(count, 0))
                var lines = pending[index].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                let rest = lines.removeLast()
                for line in lines { reportLine(line, of: index) }
                pending[index] = Array(rest)
                if count <= 0 {
                    if !rest.isEmpty { reportLine(rest, of: index) }
                    close(sources[index].fd)
                    sources[index].fd = -1
                }
            }
        }
    }

    private func awaitEnd(of processIdentifier: Int32) -> ChildProcess.ExitStatus {
        var information = siginfo_t()
        while waitid(P_PID, id_t(processIdentifier), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        let status = information._sifields._sigchld.si_status
        return information.si_code == CLD_EXITED ? .exited(status) : .signalled(status)
    }

    private static let setpriv = ["/usr/bin/setpriv", "/bin/setpriv"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
