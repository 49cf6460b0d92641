import ArgumentParser
import Installation
import Logging
import Postgres
import Reactor

/// `tgworker install-sql`: installs, upgrades, shows or removes the schema.
struct InstallSQLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install-sql",
        abstract: "Installs or upgrades schema tgworker beside Odoo, or removes it.",
        discussion: """
            Run it as the owner of Odoo's database or as a superuser, while Odoo runs: each step is one short transaction \
            that gives up on a lock after a third of a second and tries again, and it is safe to run twice.

            See first what it would do, then do it, for a worker with a role of its own:

              tgworker install-sql --odoo-conf /etc/odoo/odoo.conf --dry-run
              tgworker install-sql --odoo-conf /etc/odoo/odoo.conf --grant-to tgworker

            Have it reviewed, and run by psql:

              tgworker install-sql --print > tgworker.sql
              psql -X -f tgworker.sql shop

            What changes goes to standard output, what it waits for to standard error.
            """)

    /// What to do instead of installing.
    enum Mode: String, EnumerableFlag, Sendable {
        case print
        case dryRun = "dry-run"
        case uninstall

        static func name(for value: Mode) -> NameSpecification { .customLong(value.rawValue) }

        static func help(for value: Mode) -> ArgumentHelp? {
            switch value {
            case .print: "Write the whole installation as a script for psql, without connecting."
            case .dryRun: "Do everything in one transaction, report it, and roll it back."
            case .uninstall: "Remove schema tgworker and its triggers; the addon's tables and their data stay."
            }
        }

        /// Its name in the environment and the configuration file.
        var setting: Setting<Bool> { Setting(rawValue) }
    }

    @Flag var modes: [Mode] = []

    @Option(
        help: ArgumentHelp(
            "Give this role what the worker needs, and no more. Can be repeated; in TGWORKER_GRANT_TO a comma separates.",
            valueName: "role"))
    var grantTo: [String] = []

    @Flag(help: "Let this copy of a database write to customers from now on.")
    var adopt = false

    @Option(
        help: ArgumentHelp(
            "How long a step is tried while somebody holds a lock that it needs. (default: 300)", valueName: "seconds"),
        transform: Setting.lockWait.parse)
    var lockWait: Duration?

    @OptionGroup(title: "The database") var database: DatabaseOptions
    @OptionGroup(title: "General") var general: GeneralOptions

    /// The name of this command's sessions; the installer knows others of its kind by it.
    static let applicationName = "tgworker install-sql"

    func validate() throws {
        guard Set(modes).count <= 1 else {
            throw ValidationError("--print, --dry-run and --uninstall exclude each other: give one of them.")
        }
        guard !modes.contains(.uninstall) || (grantTo.isEmpty && !adopt) else {
            throw ValidationError("--grant-to and --adopt belong to an installation: leave them out with --uninstall.")
        }
    }

    func run() async throws {
        let settings = try general.settings()
        let mode = try mode(settings)
        let plan = InstallationPlan.install(
            grantTo: try settings.list(.grantTo, flags: grantTo),
            adopt: try settings.value(.adopt, flag: adopt ? true : nil) ?? false)
        if mode == .print {
            StandardStream.output.write(plan.script)
            return
        }
        try general.bootstrapLogging(settings)
        let target = try database.configuration(settings, applicationName: Self.applicationName)
        let patience = try settings.value(.lockWait, flag: lockWait) ?? .seconds(300)
        let style = TextStyle(of: .error, environment: settings.environment)
        try await Interruption.ending {
            try await perform(mode, plan, on: target, patience: patience, style: style)
        }
    }

    /// The mode that was asked for, wherever; nil is to install.
    func mode(_ settings: Settings) throws -> Mode? {
        let chosen = try Mode.allCases.filter { mode in
            try settings.value(mode.setting, flag: modes.contains(mode) ? true : nil) ?? false
        }
        guard chosen.count <= 1 else {
            let places = try chosen.map { mode in
                let found = try settings.find(mode.setting, flag: modes.contains(mode) ? true : nil)
                return settings.place(of: mode.setting, in: found?.source ?? .flag)
            }
            throw CommandError("\(places.joined(separator: " and ")) exclude each other", "give one of them")
        }
        return chosen.first
    }

    private func perform(
        _ mode: Mode?, _ plan: InstallationPlan, on target: ConnectionConfiguration, patience: Duration,
        style: TextStyle
    ) async throws {
        let logger = Logger(label: "tgworker.install-sql")
        let handlers = Connection.Handlers(notice: { notice in
            logger.log(level: notice.severity == "WARNING" ? .warning : .debug, "\(notice.message)")
        })
        let reactor = Reactor()
        let connection = try await Connection.connect(target, on: reactor, handlers: handlers)
        let report = InstallationReport(mode: mode)
        let progress = InstallationProgress(
            process: connection.processID, database: target, reactor: reactor, style: style)
        let showing = Task { await progress.run() }
        defer { showing.cancel() }
        let makeRoom: @Sendable () -> Void = {
            if style.isTerminal { StandardStream.error.write("\r\u{1b}[K") }
        }
        defer { makeRoom() }
        let (steps, begun) = AsyncStream.makeStream(of: String.self)
        let following = Task { for await step in steps { await progress.began(step) } }
        defer { following.cancel() }
        let installer = Installer(
            connection: connection, patience: patience, began: { begun.yield($0) },
            report: { event in
                let line = report.line(for: event)
                makeRoom()
                line.stream.write(line: line.text)
            })
        do {
            switch mode {
            case .uninstall: try await installer.uninstall()
            case .dryRun: try await installer.run(plan, dryRun: true)
            case .print, nil: try await installer.run(plan)
            }
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
        StandardStream.output.write(line: report.conclusion)
    }
}
