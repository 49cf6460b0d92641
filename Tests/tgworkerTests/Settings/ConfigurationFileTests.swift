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

    @Test("gives a list to who asks for a list, and a text to who asks for a text")
    func lists() throws {
        let file = try file("grant-to: [a, b]\nlisten: a:1")
        #expect(file.list("grant-to") == ["a", "b"])
        #expect(file.list("listen") == nil)
        let error = #expect(throws: CommandError.self) { try file.text("grant-to") }
        #expect(error?.description == "grant-to in worker.yaml is a list: write one value")
    }

    @Test(
        "with a key that nothing reads is refused, not ignored, however it is written",
        arguments: [
            "max-message-per-second: 1", "listen: a:1\nmax_messages_per_second: 3", "'Listen': a:1",
            "  listens: a:1", "{listen: a:1, listens: b:1}", "? listens\n: a:1", "\"l\\u0069stens\": a:1",
            "<<: {listen: a:1}", "listens:\n  listen: a:1",
        ])
    func unknownKey(text: String) throws {
        let error = try #require(throws: CommandError.self) { try file(text) }
        #expect(error.problem.contains("which does not exist"))
        #expect(error.remedy.contains("named as the flags"))
    }

    @Test("names an unknown key, but for what may be a token")
    func unknownKeyShown() throws {
        let named = #expect(throws: CommandError.self) { try file("max_messages_per_second: 3") }
        #expect(
            named?.problem
                == "the configuration file worker.yaml has the key 'max_messages_per_second', which does not exist")
        let hidden = #expect(throws: CommandError.self) { try file("listen: a:1\n123456:AAE-x_y: a") }
        #expect(hidden?.problem == "the configuration file worker.yaml has a key in line 2, which does not exist")
    }

    @Test("with a key twice is refused, even with the same value", arguments: ["a:1", "b:1", "[a]", "~"])
    func twice(value: String) throws {
        let error = #expect(throws: CommandError.self) { try file("listen: a:1\n# again\nlisten: \(value)") }
        #expect(
            error?.description
                == "the configuration file worker.yaml has the key 'listen' twice (line 3): remove one of them")
    }

    @Test(
        "with keys below a key is refused",
        arguments: ["bot-token:\n  123456: SECRET", "bot-token: {a: SECRET}", "bot-token: [SECRET, [SECRET]]"])
    func nested(text: String) throws {
        let error = #expect(throws: CommandError.self) { try file("listen: a:1\n\(text)") }
        #expect(
            error?.description == """
                bot-token in worker.yaml is neither a value nor a list of values (line 2): write one key a line, \
                such as listen: 127.0.0.1:8080
                """)
    }

    @Test(
        "that is no YAML is refused with the line, and without its text",
        arguments: [
            ("listen: a:1\nbot-token: \"123456:SECRET\nx: [", 3), ("- 123456:SECRET", 1), ("123456:SECRET", 1),
            ("listen: a:1\nbot-token: @123456:SECRET", 2), ("bot-token: *SECRET", 1), ("? [SECRET]\n: a", 1),
        ])
    func broken(text: String, line: Int) throws {
        let error = try #require(throws: CommandError.self) { try file(text) }
        #expect(
            error.description == """
                the configuration file worker.yaml is not YAML that can be read (line \(line)): write one key a line, \
                such as listen: 127.0.0.1:8080
                """)
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
