import Administration
import ArgumentParser
import Installation
import Postgres
import Reactor
import Telegram

/// `tgworker check`: everything an administrator should know, one line each.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Looks at everything that the worker needs, and says what to do about what is wrong.",
        discussion: """
            Run it with the flags and the role of the worker, before the first start and whenever something is wrong. It \
            changes nothing, and does not disturb a running worker.

              tgworker check --odoo-conf /etc/odoo/odoo.conf
              tgworker check --partner "Maria Petrova"     why does this customer get nothing?
              tgworker check --json

            Exit codes: 0 all is well, 1 warnings, 2 errors.
            """)

    @Option(
        help: ArgumentHelp("Explain one customer: a partner's id, or a part of the name.", valueName: "id|name"))
    var partner: String?
    @Flag(help: "Print JSON for a machine.")
    var json = false
    @OptionGroup(title: "The bot") var bot: BotOptions
    @OptionGroup(title: "The database") var database: DatabaseOptions
    @OptionGroup(title: "General") var general: GeneralOptions

    func validate() throws {
        guard partner?.trimmed.isEmpty != true else {
            throw ValidationError("--partner takes a partner's id, or a part of the name.")
        }
    }

    func run() async throws {
        var code: Int32
        do {
            code = try await check()
        } catch let error where Advice.covers(error) {
            // 1 would say that there are only warnings.
            StandardStream.error.write(line: "tgworker: \(Advice(error))")
            code = 2
        }
        if code != 0 { throw ExitCode(code) }
    }

    private func check() async throws -> Int32 {
        let settings = try general.settings()
        try general.bootstrapLogging(settings)
        let target = try database.configuration(settings, applicationName: "tgworker check")
        let question = FactFinder.Question(
            token: token(settings), server: try bot.server(settings), schemaVersion: Migration.latest,
            allowsOriginalAddon: try settings.value(.allowOriginalAddon, flag: nil) ?? false, partner: partner)
        let report = try await Interruption.ending { CheckReport(await Self.facts(question, target)) }
        if json {
            StandardStream.output.write(line: try JSONText.of(CheckDocument(report)))
        } else {
            let style = TextStyle(of: .output, environment: settings.environment)
            for line in report.lines(style) { StandardStream.output.write(line: line) }
        }
        return report.exitCode
    }

    private func token(_ settings: Settings) -> Result<BotToken?, FactFinder.TokenProblem> {
        do {
            return .success(try BotOptions.token(settings))
        } catch {
            return .failure(FactFinder.TokenProblem("\(error)"))
        }
    }

    private static func facts(_ question: FactFinder.Question, _ target: ConnectionConfiguration) async -> CheckFacts {
        let reactor = Reactor()
        do {
            let connection = try await Connection.connect(target, on: reactor)
            let facts = await FactFinder(question, database: target, reactor: reactor).facts(on: connection)
            await connection.close()
            return facts
        } catch {
            let advice = Advice(error)
            var facts = CheckFacts()
            facts.connectionProblem = (advice.problem, advice.remedy)
            return facts
        }
    }
}

/// What `--json` prints.
private struct CheckDocument: Encodable {
    let exitCode: Int32
    let findings: [Finding]

    init(_ report: CheckReport) {
        exitCode = report.exitCode
        findings = report.findings
    }
}

extension CheckReport {
    /// One line for each finding, and one that counts them.
    func lines(_ style: TextStyle) -> [String] {
        let width = Finding.Name.allCases.map(\.rawValue.count).max() ?? 0
        return findings.map { finding in
            let level = style.colored(finding.level.rawValue.padded(to: 7), finding.level.color)
            let subject = finding.subject.map { "\($0): " } ?? ""
            let remedy = finding.remedy.isEmpty ? "" : ": \(finding.remedy)"
            return "\(level)  \(finding.name.rawValue.padded(to: width))  \(subject)\(finding.message)\(remedy)"
        } + [conclusion]
    }
}

extension Finding.Level {
    fileprivate var color: TextStyle.Color {
        switch self {
        case .ok: .green
        case .skipped: .gray
        case .warning: .yellow
        case .error: .red
        }
    }
}
