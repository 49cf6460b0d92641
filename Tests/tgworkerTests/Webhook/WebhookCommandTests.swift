import ArgumentParser
import Testing

@testable import tgworker

@Suite("The webhook's command line", .timeLimit(.minutes(5)))
struct WebhookCommandTests {
    private func settings(_ environment: [String: String] = [:], file: String = "") throws -> Settings {
        Settings(file: try ConfigurationFile(path: "worker.yaml", bytes: Array(file.utf8)), environment: environment)
    }

    @Test("has three commands, and none of them drops what waits unless it is told to")
    func commands() throws {
        for name in ["set", "delete", "info"] {
            let command = try TGWorker.parseAsRoot(["webhook", name])
            let common =
                switch command {
                case let command as WebhookCommand.SetCommand: command.common
                case let command as WebhookCommand.DeleteCommand: command.common
                case let command as WebhookCommand.InfoCommand: command.common
                default: try #require(nil as WebhookCommand.CommonOptions?, "\(name)")
                }
            #expect(try common.dropsPending(settings()) == false)
            #expect(try common.dropsPending(settings(["TGWORKER_DROP_PENDING_UPDATES": "true"])) == true)
        }
    }

    @Test(
        "takes a public address from a flag, a variable or a key, https only",
        arguments: [
            ("https://shop.example.com", true), ("HTTPS://shop.example.com/odoo", true),
            ("http://shop.example.com", false),
            ("https://", false), ("shop.example.com", false),
        ])
    func publicURL(text: String, isTaken: Bool) throws {
        let parse = { try WebhookCommand.SetCommand.parse(["--public-url", text]).publicURL }
        let sources = [try settings(["TGWORKER_PUBLIC_URL": text]), try settings(file: "public-url: \(text)")]
        guard isTaken else {
            #expect(throws: (any Error).self) { try parse() }
            for settings in sources {
                let error = try #require(throws: CommandError.self) { try settings.value(.publicURL) }
                #expect(error.description.contains("https://shop.example.com"))
            }
            return
        }
        #expect(try parse() == text)
        for settings in sources { #expect(try settings.value(.publicURL) == text) }
    }
}
