import Logging

/// How log lines look.
enum LogFormat: String, Sendable, CaseIterable {
    /// A line for people.
    case text
    /// A JSON object a line, for machines.
    case json

    /// A handler that writes to standard error.
    ///
    /// - Parameter toJournal: whether systemd's journal reads along, which takes the level from a prefix.
    func handler(level: Logger.Level, toJournal: Bool) -> any LogHandler {
        switch self {
        case .text: TextLogHandler(level: level, showsPriority: toJournal)
        case .json: JSONLogHandler(level: level)
        }
    }
}
