import ArgumentParser
import Installation
import Testing

@testable import tgworker

@Suite("install-sql", .timeLimit(.minutes(5)))
struct InstallSQLCommandTests {
    private func settings(_ environment: [String: String] = [:], file: String = "") throws -> Settings {
        Settings(file: try ConfigurationFile(path: "worker.yaml", bytes: Array(file.utf8)), environment: environment)
    }

    @Test(
        "refuses flags that do not go together, and values that are none, as a usage error",
        arguments: [
            (["--print", "--dry-run"], "exclude each other"), (["--dry-run", "--uninstall"], "exclude each other"),
            (["--uninstall", "--grant-to", "worker"], "--grant-to and --adopt belong to an installation"),
            (["--uninstall", "--adopt"], "--grant-to and --adopt belong to an installation"),
            (["--lock-wait", "soon"], "write a number of seconds"), (["--log-format", "xml"], "write text or json"),
            (["--log-level", "loud"], "write trace, debug"), (["--bot-token", "1:x"], "Unknown option '--bot-token'"),
            (["now"], "Unexpected argument 'now'"),
        ])
    func usageErrors(arguments: [String], message: String) throws {
        let error = try #require(throws: (any Error).self) { try InstallSQLCommand.parse(arguments) }
        #expect(InstallSQLCommand.exitCode(for: error).rawValue == 64)
        #expect(InstallSQLCommand.message(for: error).contains(message))
    }

    @Test(
        "is told what to do by a flag, a variable or a key",
        arguments: [
            ([], [:], "", nil), (["--print"], [:], "", .print), ([], ["TGWORKER_DRY_RUN": "1"], "", .dryRun),
            ([], [:], "uninstall: true", .uninstall), ([], ["TGWORKER_DRY_RUN": "false"], "dry-run: true", nil),
            (["--print"], ["TGWORKER_PRINT": "no"], "", .print),
        ] as [([String], [String: String], String, InstallSQLCommand.Mode?)])
    func modes(arguments: [String], environment: [String: String], file: String, mode: InstallSQLCommand.Mode?) throws {
        #expect(try InstallSQLCommand.parse(arguments).mode(settings(environment, file: file)) == mode)
    }

    @Test("does nothing when one place says one thing and another place another")
    func contradiction() throws {
        let command = try InstallSQLCommand.parse(["--uninstall"])
        let settings = try settings(["TGWORKER_DRY_RUN": "true"])
        #expect(throws: CommandError("TGWORKER_DRY_RUN and --uninstall exclude each other", "give one of them")) {
            try command.mode(settings)
        }
    }

    @Test(
        "shows changes on standard output, and what it waits for on standard error",
        arguments: [
            (nil, Installer.Event.changed("created x"), StandardStream.output, "created x"),
            (.dryRun, .changed("created x"), .output, "dry run: created x"),
            (nil, .waiting(for: "session 7"), .error, "waiting: session 7"),
            (nil, .upToDate, .output, "schema tgworker is up to date"),
            (.uninstall, .upToDate, .output, "nothing to remove: there is no schema tgworker"),
        ] as [(InstallSQLCommand.Mode?, Installer.Event, StandardStream, String)])
    func report(mode: InstallSQLCommand.Mode?, event: Installer.Event, stream: StandardStream, text: String) {
        #expect(InstallationReport(mode: mode).line(for: event) == .init(stream: stream, text: text))
    }
}
