import Foundation
import Testing

/// How long the long runs are: `make soak` asks for the whole, `make test` for a glimpse of each.
@Suite("In the long run", .serialized)
enum Endurance {
    /// Messages of the memory run.
    static let messages = number("TGWORKER_SOAK_MESSAGES") ?? 6000
    /// Sessions that are killed.
    static let reconnects = number("TGWORKER_SOAK_RECONNECTS") ?? 25
    /// Notifications that wait while customers ask for help.
    static let backlog = number("TGWORKER_SOAK_BACKLOG") ?? 3000
    /// Questions asked meanwhile.
    static let questions = number("TGWORKER_SOAK_QUESTIONS") ?? 5
    /// Whether the figures are judged: a machine that runs other tests beside is no place to measure time.
    static let isMeasured = number("TGWORKER_SOAK_MESSAGES") != nil

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
