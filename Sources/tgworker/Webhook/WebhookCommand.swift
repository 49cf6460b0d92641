import ArgumentParser
import Installation
import Logging
import Postgres
import Reactor
import Worker

/// `tgworker webhook`: where Telegram delivers what customers write.
struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook",
        abstract: "Sets, removes or shows the webhook, by which Telegram delivers what customers write.",
        discussion: """
            Without a webhook the worker asks Telegram by itself (long polling), which needs no public address. With one, \
            Telegram posts to https://HOST/telegram/webhook/SECRET, and a reverse proxy there passes that path on to where \
            the worker listens. Both lose nothing, and switching loses nothing.

              tgworker webhook set --public-url https://shop.example.com
              tgworker webhook info
              tgworker webhook delete
            """,
        subcommands: [SetCommand.self, DeleteCommand.self, InfoCommand.self])

    /// `tgworker webhook set`.
    struct SetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Sets the webhook, and switches a running worker from polling to it.")

        @Option(
            help: ArgumentHelp(
                "The public https address up to /telegram/webhook; it is remembered. (default: Odoo's web.base.url)",
                valueName: "url"),
            transform: Setting.publicURL.parse)
        var publicURL: String?
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let settings = try common.general.settings()
            let url = try settings.value(.publicURL, flag: publicURL)
            let drop = try common.dropsPending(settings)
            try await common.perform(settings) { try await $0.set(publicURL: url, dropPending: drop) }
        }
    }

    /// `tgworker webhook delete`.
    struct DeleteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Removes the webhook, and switches a running worker to polling.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let settings = try common.general.settings()
            let drop = try common.dropsPending(settings)
            try await common.perform(settings) { try await $0.delete(dropPending: drop) }
        }
    }

    /// `tgworker webhook info`.
    struct InfoCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info", abstract: "Shows how updates come in, and what Telegram says of the webhook.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await common.perform(try common.general.settings()) { try await $0.info() }
        }
    }

    /// What all three take.
    struct CommonOptions: ParsableArguments {
        @Flag(help: "Let Telegram forget the updates that wait. They are lost.")
        var dropPendingUpdates = false
        @OptionGroup(title: "The bot") var bot: BotOptions
        @OptionGroup(title: "The database") var database: DatabaseOptions
        @OptionGroup(title: "General") var general: GeneralOptions

        func dropsPending(_ settings: Settings) throws -> Bool {
            try settings.value(.dropPendingUpdates, flag: dropPendingUpdates ? true : nil) ?? false
        }

        /// Does something with the webhook of Odoo's bot, and prints what there is to say.
        func perform(
            _ settings: Settings, _ work: @escaping @Sendable (WebhookAdministration) async throws -> [String]
        ) async throws {
            try general.bootstrapLogging(settings)
            let target = try database.configuration(settings, applicationName: "tgworker webhook")
            let token = try BotOptions.token(settings)
            let server = try bot.server(settings)
            try await Interruption.ending {
                let reactor = Reactor()
                let connection = try await Connection.connect(target, on: reactor)
                do {
                    let administration = try await WebhookAdministration(
                        token: token, server: server, schemaVersion: Migration.latest, on: connection,
                        reactor: reactor)
                    for line in try await work(administration) { StandardStream.output.write(line: line) }
                } catch {
                    await connection.close()
                    throw error
                }
                await connection.close()
            }
        }
    }
}

extension Setting where Value == String {
    static var publicURL: Self {
        Self(name: "public-url", expected: "an address such as https://shop.example.com") { text in
            text.lowercased().hasPrefix("https://") && text.count > "https://".count ? text : nil
        }
    }
}

extension Setting where Value == Bool {
    static var dropPendingUpdates: Self { Self("drop-pending-updates") }
}
