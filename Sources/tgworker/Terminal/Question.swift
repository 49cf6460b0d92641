import Glibc
import Reactor

/// A question to whoever sits at the terminal.
enum Question {
    /// Asks on standard error and waits for a line; a cancelled task waits no longer.
    static func isAnsweredYes(_ question: String) async -> Bool {
        StandardStream.error.write("\(question) [y/N] ")
        while !Task.isCancelled {
            let isReady = await offload {
                var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                return poll(&input, 1, 200) > 0
            }
            guard isReady else { continue }
            let answer = await offload { readLine() ?? "" }
            return ["y", "yes"].contains(answer.trimmed.lowercased())
        }
        return false
    }
}
