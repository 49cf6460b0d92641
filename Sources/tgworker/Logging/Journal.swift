import Glibc
import Logging

/// What systemd's journal wants to know.
enum Journal {
    /// Whether standard error goes to the journal: `JOURNAL_STREAM` names its device and inode (systemd.exec(5)). The
    /// variable alone does not tell, because a redirected process inherits it.
    static func receivesStandardError(environment: [String: String]) -> Bool {
        var facts = stat()
        guard let stream = environment["JOURNAL_STREAM"], fstat(StandardStream.error.rawValue, &facts) == 0 else {
            return false
        }
        return stream == "\(facts.st_dev):\(facts.st_ino)"
    }

    /// The level as a prefix of the line (sd-daemon(3)).
    static func prefix(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "<7>"
        case .info: "<6>"
        case .notice: "<5>"
        case .warning: "<4>"
        case .error: "<3>"
        case .critical: "<2>"
        }
    }
}
