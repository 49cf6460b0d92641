import Administration
import Telegram
import Testing
import Worker

/// A shop where all is well.
func healthyFacts() -> CheckFacts {
    var facts = CheckFacts()
    facts.session = .known(
        SessionFacts(database: "shop", role: "tgworker", version: "15.4", versionNumber: 150_004))
    facts.schema = .known(.installed)
    facts.rights = .known([])
    facts.listening = .known(.heard(milliseconds: 1, throughPooler: false))
    facts.identityProblem = .known(nil)
    facts.startupProblem = .known(nil)
    facts.addon = .known(AddonFacts(version: "17.0.2.0.0"))
    facts.bot = .known(BotFacts(active: [1], operators: 2))
    facts.telegram = .known(
        .bot(.sample, TelegramClock(telegram: 1_000_000, here: 1_000_000)))
    facts.webhook = .known(WebhookOutlook(isWanted: false, registered: .nothing))
    facts.workers = .known(
        WorkerFacts(instances: [.init(host: "web1", processID: 7, role: "sender", age: 10)], isLockHeld: true))
    facts.queue = .known(QueueFacts())
    facts.horizon = .known([])
    facts.customers = .known(CustomersFacts(verified: 3))
    facts.failures = .known(FailureFacts())
    return facts
}

@Suite("The report of a check", .timeLimit(.minutes(1)))
struct CheckReportTests {
    @Test("a healthy shop has one ok for each name, in their order, and exit code 0")
    func healthy() {
        let report = CheckReport(healthyFacts())
        #expect(report.findings.map(\.name) == Finding.Name.allCases)
        #expect(report.findings.allSatisfy { $0.level == .ok }, "\(report.findings.filter { $0.level != .ok })")
        #expect(report.exitCode == 0)
        #expect(report.conclusion == "all is well")
    }

    @Test("without a connection there is one error, and the rest is skipped")
    func disconnected() {
        var facts = CheckFacts()
        facts.connectionProblem = ("no PostgreSQL server answers", "check the host")
        let report = CheckReport(facts)
        #expect(report.findings.map(\.name) == Finding.Name.allCases)
        #expect(report.findings.map(\.level) == [.error] + report.findings.dropFirst().map { _ in .skipped })
        #expect(report.exitCode == 2)
        #expect(report.conclusion == "1 error")
    }

    @Test("what was not looked at is skipped with the reason, and is no warning")
    func skipped() {
        var facts = healthyFacts()
        facts.horizon = .unknown(because: "permission denied")
        let report = CheckReport(facts)
        #expect(report.findings.first { $0.name == .vacuum }?.message == "because permission denied")
        #expect(report.exitCode == 0)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: Finding.Name
        let level: Finding.Level
        let words: String
        let change: @Sendable (inout CheckFacts) -> Void

        init(
            _ name: Finding.Name, _ level: Finding.Level, _ words: String,
            _ change: @escaping @Sendable (inout CheckFacts) -> Void
        ) {
            (self.name, self.level, self.words, self.change) = (name, level, words, change)
        }

        var testDescription: String { "\(name.rawValue): \(words)" }
    }

    @Test("each trouble is found under its name", arguments: Case.session + Case.bot + Case.queue)
    func trouble(_ trouble: Case) throws {
        var facts = healthyFacts()
        trouble.change(&facts)
        let report = CheckReport(facts)
        let finding = try #require(
            report.findings.first { $0.name == trouble.name && $0.level == trouble.level },
            "\(report.findings.filter { $0.name == trouble.name })")
        #expect("\(finding.message): \(finding.remedy)".contains(trouble.words), "\(finding)")
        #expect(report.exitCode == (trouble.level == .error ? 2 : trouble.level == .warning ? 1 : 0))
        #expect(!finding.message.contains("\n") && !finding.remedy.contains("\n"))
    }
}

extension SchemaFacts {
    /// As this program installs it.
    static var installed: SchemaFacts {
        var facts = SchemaFacts()
        facts.applied = .current
        facts.triggers = Array(SchemaExpectation.triggers)
        facts.columnTypes = SchemaExpectation.columns
        facts.functions = SchemaExpectation.current.functions
        facts.indexes = SchemaExpectation.current.indexes
        return facts
    }
}

extension BotUser {
    static var sample: BotUser { BotUser(id: 123_456, firstName: "Shop", username: "shop_bot") }
}
