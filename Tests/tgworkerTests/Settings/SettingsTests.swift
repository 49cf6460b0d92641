import ArgumentParser
import Logging
import Testing

@testable import tgworker

@Suite("A setting", .timeLimit(.minutes(5)))
struct SettingsTests {
    private func settings(_ environment: [String: String] = [:], file: String? = nil) throws -> Settings {
        Settings(
            file: try file.map { try ConfigurationFile(path: "worker.yaml", bytes: Array($0.utf8)) },
            environment: environment)
    }

    struct Case: Sendable {
        var flag: Double?
        var variable: String?
        var key: String?
        var value: Double?
        var source: Settings.Source?
    }

    @Test(
        "given in several places is taken from the strongest; an empty text counts as not given",
        arguments: [
            Case(),
            Case(key: "1", value: 1, source: .file),
            Case(key: "''"),
            Case(variable: "2", value: 2, source: .environment),
            Case(variable: "2", key: "1", value: 2, source: .environment),
            Case(variable: "", key: "1", value: 1, source: .file),
            Case(flag: 3, value: 3, source: .flag),
            Case(flag: 3, key: "1", value: 3, source: .flag),
            Case(flag: 3, variable: "2", key: "1", value: 3, source: .flag),
            Case(flag: 0, variable: "2", key: "1", value: 0, source: .flag),
            Case(flag: 3, variable: "nonsense", key: "nonsense", value: 3, source: .flag),
        ])
    func precedence(given: Case) throws {
        let settings = try settings(
            given.variable.map { ["TGWORKER_MAX_MESSAGES_PER_SECOND": $0] } ?? [:],
            file: given.key.map { "max-messages-per-second: \($0)\n" })
        let found = try settings.find(.maxMessagesPerSecond, flag: given.flag)
        #expect(found?.value == given.value)
        #expect(found?.source == given.source)
    }

    @Test("is read from the file that TGWORKER_CONFIG names, and --config wins over it")
    func configurationFile() throws {
        let named = try TemporaryFile("listen: 127.0.0.1:1\n")
        let other = try TemporaryFile("listen: 127.0.0.1:2\n")
        let environment = ["TGWORKER_CONFIG": named.path]
        #expect(try Settings(configurationFile: nil, environment: environment).value(.listen)?.port == 1)
        #expect(try Settings(configurationFile: other.path, environment: environment).value(.listen)?.port == 2)
    }

    @Test(
        "that is no value is refused with its place and what to write",
        arguments: [
            (
                ["TGWORKER_LISTEN": "8080"], "",
                "TGWORKER_LISTEN is '8080': write HOST:PORT such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080"
            ),
            (
                [:], "listen: here",
                "listen in worker.yaml is 'here': write HOST:PORT such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080"
            ),
            ([:], "listen: [a, b]", "listen in worker.yaml is a list: write one value"),
        ])
    func refused(environment: [String: String], file: String, line: String) throws {
        let settings = try settings(environment, file: file)
        let error = #expect(throws: CommandError.self) { try settings.value(.listen) }
        #expect(error?.description == line)
    }

    @Test(
        "with several values is a list in the file, or separated by commas",
        arguments: [
            ([], [:], "grant-to: [a, b]", ["a", "b"]),
            ([], [:], "grant-to: a, b", ["a", "b"]),
            ([], ["TGWORKER_GRANT_TO": "c, d"], "grant-to: a", ["c", "d"]),
            ([], ["TGWORKER_GRANT_TO": ""], "grant-to:\n- a", ["a"]),
            (["e"], ["TGWORKER_GRANT_TO": "c"], "grant-to: a", ["e"]),
            ([], [:], "", []),
        ])
    func lists(flags: [String], environment: [String: String], file: String, roles: [String]) throws {
        #expect(try settings(environment, file: file).list(.grantTo, flags: flags) == roles)
    }

    @Test(
        "of a kind takes what its documentation says and nothing else",
        arguments: [
            ("0", 0), ("0.5", 0.5), ("30", 30), ("1e3", 1000), ("-1", nil), ("nan", nil), ("inf", nil), ("30/s", nil),
            ("", nil),
        ])
    func rates(text: String, rate: Double?) {
        #expect(Setting.maxMessagesPerSecond.read(text) == rate)
    }

    @Test(
        "in seconds is a number up to a day",
        arguments: [
            ("0", Duration.zero), ("1.5", .milliseconds(1500)), ("86400", .seconds(86400)), ("86401", nil), ("-1", nil),
            ("5m", nil), ("nan", nil),
        ])
    func seconds(text: String, duration: Duration?) {
        #expect(Setting.lockWait.read(text) == duration)
    }

    @Test(
        "that is a switch takes the usual words",
        arguments: [
            ("true", true), ("Yes", true), ("on", true), ("1", true), ("false", false), ("0", false), ("maybe", nil),
        ])
    func switches(text: String, value: Bool?) {
        #expect(Setting.adopt.read(text) == value)
    }

    @Test(
        "of the Bot API server is a web address",
        arguments: [
            ("http://localhost:8081", true), ("HTTPS://api.telegram.org", true), ("https://", false),
            ("localhost", false),
        ])
    func address(text: String, isOne: Bool) {
        #expect((Setting.telegramAPIURL.read(text) != nil) == isOne)
    }

    @Test(
        "exists in the file and in the environment for every flag",
        arguments: [InstallSQLCommand.helpMessage(), RunCommand.helpMessage()])
    func everyFlagIsAKey(help: String) {
        let flags = Set(help.matches(of: /--([a-z-]+)/).map { String($0.1) })
        #expect(flags.count > 5)
        #expect(flags.contains("config"))
        #expect(flags.subtracting(SettingNames.all).isSubset(of: ["config", "help", "version"]))
        #expect(Setting.maxMessagesPerChatPerSecond.variable == "TGWORKER_MAX_MESSAGES_PER_CHAT_PER_SECOND")
    }
}
