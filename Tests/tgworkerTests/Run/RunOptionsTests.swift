import ArgumentParser
import Postgres
import Telegram
import Testing
import Worker

@testable import tgworker

@Suite("The worker's configuration", .timeLimit(.minutes(5)))
struct RunOptionsTests {
    private static let first = "111111:AAAAAAAAAA"
    private static let second = "222222:BBBBBBBBBB"

    private func settings(_ environment: [String: String] = [:], file: String = "") throws -> Settings {
        Settings(file: try ConfigurationFile(path: "worker.yaml", bytes: Array(file.utf8)), environment: environment)
    }

    private func configuration(_ arguments: [String], _ settings: Settings) throws -> WorkerConfiguration {
        let command = try RunCommand.parse(arguments)
        return try command.options.configuration(settings, database: command.database, bot: command.bot)
    }

    @Test("has the documented defaults")
    func defaults() throws {
        let settings = try settings()
        let configuration = try configuration([], settings)
        #expect(configuration.telegramAPI == "https://api.telegram.org")
        #expect(configuration.messagesPerSecond == 30)
        #expect(configuration.messagesPerChatPerSecond == 1)
        #expect(configuration.drainTimeout == .seconds(20))
        #expect(!configuration.allowsOriginalAddon)
        #expect(configuration.token == nil)
        #expect(configuration.database.overrides["application_name"] == "tgworker")
        #expect(try RunOptions.parse([]).listenAddress(settings).description == "127.0.0.1:8080")
    }

    @Test("takes each setting from a flag, a variable or a key")
    func everyPlace() throws {
        let values = [
            ("telegram-api-url", "http://localhost:8081"), ("max-messages-per-second", "0"),
            ("max-messages-per-chat-per-second", "2.5"), ("drain-timeout", "5"), ("listen", "0.0.0.0:0"),
        ]
        let switched = [("allow-original-addon", "1")]
        let flags = values.flatMap { ["--\($0.0)", $0.1] } + switched.map { "--\($0.0)" }
        let variables = (values + switched).map { ("TGWORKER_" + $0.0.uppercased().replacing("-", with: "_"), $0.1) }
        let keys = (values + switched).map { "\($0.0): \($0.1)\n" }.joined()
        let places = [
            (flags, try settings()), ([], try settings(Dictionary(uniqueKeysWithValues: variables))),
            ([], try settings(file: keys)),
        ]
        for (arguments, settings) in places {
            let configuration = try configuration(arguments, settings)
            #expect(configuration.telegramAPI == "http://localhost:8081")
            #expect(configuration.messagesPerSecond == 0)
            #expect(configuration.messagesPerChatPerSecond == 2.5)
            #expect(configuration.drainTimeout == .seconds(5))
            #expect(configuration.allowsOriginalAddon)
            let listen = try RunCommand.parse(arguments).options.listenAddress(settings)
            #expect(listen == ListenAddress(host: "0.0.0.0", port: 0))
        }
    }

    @Test("takes the token from the environment before the file, itself or out of a file")
    func token() throws {
        let file = try TemporaryFile(Self.second + "\n")
        let cases: [([String: String], String, Int64?)] = [
            ([:], "", nil),
            (["TGWORKER_BOT_TOKEN": ""], "", nil),
            (["TGWORKER_BOT_TOKEN": Self.first], "", 111_111),
            (["TGWORKER_BOT_TOKEN_FILE": file.path], "", 222_222),
            ([:], "bot-token: \(Self.first)", 111_111),
            ([:], "bot-token-file: \(file.path)", 222_222),
            (["TGWORKER_BOT_TOKEN": Self.first], "bot-token-file: \(file.path)", 111_111),
            (["TGWORKER_BOT_TOKEN_FILE": file.path], "bot-token: \(Self.first)", 222_222),
        ]
        for (environment, text, botID) in cases {
            #expect(try BotOptions.token(settings(environment, file: text))?.botID == botID)
        }
    }

    @Test("refuses a token that is none, without showing it")
    func badToken() throws {
        let settings = try settings(["TGWORKER_BOT_TOKEN": "no-s3cret-token"])
        let error = try #require(throws: CommandError.self) { try BotOptions.token(settings) }
        #expect(error.description.hasPrefix("no bot token in TGWORKER_BOT_TOKEN: the bot token has no colon"))
        #expect(!error.description.contains("s3cret"))
    }

    @Test("refuses a token that is given twice in one place, and a token file that cannot be read")
    func tokenTwice() throws {
        let twice = try settings(["TGWORKER_BOT_TOKEN": Self.first, "TGWORKER_BOT_TOKEN_FILE": "/nowhere"])
        let error = try #require(throws: CommandError.self) { try BotOptions.token(twice) }
        #expect(
            error.description
                == "TGWORKER_BOT_TOKEN and TGWORKER_BOT_TOKEN_FILE are both given: give one of them")
        let missing = try settings(file: "bot-token-file: /nowhere")
        #expect(
            throws: CommandError(
                "cannot read the bot token file /nowhere (No such file or directory)", "check the path")
        ) {
            try BotOptions.token(missing)
        }
    }
}
