import Testing

@testable import tgworker

@Suite("The configuration file", .timeLimit(.minutes(5)))
struct ConfigurationFileTests {
    private func file(_ text: String) throws -> ConfigurationFile {
        try ConfigurationFile(path: "worker.yaml", bytes: Array(text.utf8))
    }

    @Test("is YAML, whose texts are taken as they are written")
    func texts() throws {
        let file = try file(
            """
            ---
            # The shop's worker
            max-messages-per-second: 25
            bot-token: 123456:AAE-x_y
            "listen": "0.0.0.0:80"
            database-url: "host=db
              dbname=shop"
            """)
        #expect(try file.text("max-messages-per-second") == "25")
        #expect(try file.text("bot-token") == "123456:AAE-x_y")
        #expect(try file.text("listen") == "0.0.0.0:80")
        #expect(try file.text("database-url") == "host=db dbname=shop")
        #expect(try file.text("odoo-conf") == nil)
    }

    @Test("may be empty", arguments: ["", "\n", "# nothing yet\n  # at all\n"])
    func empty(text: String) throws {
        #expect(try file(text).text("listen") == nil)
    }

    @Test(
        "with a key that nothing reads is refused, not ignored",
        arguments: ["max-message-per-second: 1", "listen: a:1\nmax_messages_per_second: 3", "'Listen': a:1"])
    func unknownKey(text: String) throws {
        let error = try #require(throws: CommandError.self) { try file(text) }
        #expect(error.problem.contains("which does not exist"))
        #expect(error.remedy.contains("named as the flags"))
    }

    @Test(
        "that is no YAML is refused with the line, and without its text",
        arguments: ["listen: a:1\nbot-token: \"123456:SECRET\nx: [", "- 123456:SECRET", "123456:SECRET"])
    func broken(text: String) throws {
        let error = try #require(throws: CommandError.self) { try file(text) }
        #expect(error.description.hasPrefix("the configuration file worker.yaml is not YAML that can be read"))
        #expect(!error.description.contains("SECRET"))
        #expect(!error.description.contains("\n"))
    }

    @Test("that cannot be read is refused with the reason")
    func unreadable() throws {
        let error = try #require(throws: CommandError.self) { try ConfigurationFile(path: "/nowhere/worker.yaml") }
        #expect(
            error.description
                == "cannot read the configuration file /nowhere/worker.yaml (No such file or directory): check the path"
        )
        #expect(throws: CommandError.self) { try ConfigurationFile(path: "/") }
    }
}
