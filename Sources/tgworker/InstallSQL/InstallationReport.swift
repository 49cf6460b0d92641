import Installation

/// What an installation's events look like on the administrator's screen.
struct InstallationReport: Sendable {
    /// A line, and where it goes.
    struct Line: Equatable, Sendable {
        let stream: StandardStream
        let text: String
    }

    /// What was asked for; nil is to install.
    let mode: InstallSQLCommand.Mode?

    /// The line for an event: changes on standard output, waiting on standard error.
    func line(for event: Installer.Event) -> Line {
        switch event {
        case .changed(let what): Line(stream: .output, text: (mode == .dryRun ? "dry run: " : "") + what)
        case .waiting(let holder): Line(stream: .error, text: "waiting: \(holder)")
        case .upToDate:
            Line(
                stream: .output,
                text: mode == .uninstall
                    ? "nothing to remove: there is no schema tgworker" : "schema tgworker is up to date")
        }
    }

    /// The last line, after success.
    var conclusion: String {
        switch mode {
        case .dryRun: "nothing was changed (dry run)"
        case .uninstall: "done: the addon's tables and their data are as they were"
        case .print, nil: "done: now start the worker with: tgworker run"
        }
    }
}
