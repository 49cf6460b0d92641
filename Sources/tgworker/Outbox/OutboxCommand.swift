import Administration
import ArgumentParser
import Postgres
import Reactor

/// `tgworker outbox`: what waits and what has failed.
struct OutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox",
        abstract: "Lists messages that wait or have failed, sends them again, or discards them.",
        discussion: """
            Run it as the owner of Odoo's database or as a superuser.

              tgworker outbox list --state failed --older-than 2h
              tgworker outbox retry --state failed --reason "not reached"
              tgworker outbox discard 1234 1235
            """,
        subcommands: [ListCommand.self, RetryCommand.self, DiscardCommand.self])

    /// `tgworker outbox list`.
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists messages: those that wait, or --state failed, discarded, unknown.")

        @OptionGroup(title: "Which messages") var filter: FilterOptions
        @Flag(help: "Print JSON for a machine.")
        var json = false
        @OptionGroup(title: "The database") var database: DatabaseOptions
        @OptionGroup(title: "General") var general: GeneralOptions

        /// Lines on a screen, unless --limit says otherwise.
        private static let limit = 50

        func run() async throws {
            let settings = try general.settings()
            let (selection, limit) = (filter.selection, filter.limit ?? Self.limit)
            // One more than is shown, to know whether there is.
            var wider = selection
            wider.limit = nil
            let wanted = wider
            let found = try await OutboxCommand.connected(settings, database, general) { outbox in
                try await outbox.list(wanted, limit: limit + 1)
            }
            let entries = Array(found.prefix(limit))
            if json { return StandardStream.output.write(line: try JSONText.of(entries)) }
            guard !entries.isEmpty else { return StandardStream.output.write(line: "no such messages") }
            let style = TextStyle(of: .output, environment: settings.environment)
            for line in Self.table(entries) { StandardStream.output.write(line: style.fitted(line)) }
            if found.count > limit { StandardStream.output.write(line: "… and more: --limit \(limit * 10)") }
        }

        static func table(_ entries: [OutboxEntry]) -> [String] {
            var table = Table(
                ["ID", "STATE", "KIND", "CHAT", "AGE", "ATTEMPTS", "IN DOUBT", "REASON"], rightAligned: [0, 3, 4, 5, 6])
            for entry in entries {
                table.add([
                    "\(entry.id)", entry.state, entry.kind, "\(entry.chat)", Words.time(entry.age),
                    "\(entry.attempts)", "\(entry.inDoubt)", entry.reason ?? "-",
                ])
            }
            return table.lines
        }
    }

    /// `tgworker outbox retry`.
    struct RetryCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract:
                "Sends again what has failed, and at once what waits (--state waiting). Never repeats what was sent.")

        @OptionGroup(title: "Which messages") var filter: FilterOptions
        @OptionGroup var consent: ConsentOptions
        @OptionGroup(title: "The database") var database: DatabaseOptions
        @OptionGroup(title: "General") var general: GeneralOptions

        func validate() throws { try consent.validate(filter) }

        func run() async throws {
            try await OutboxCommand.perform(
                .retry, words: Wording(verb: "send again", done: "to be sent again"), filter, consent, database, general
            )
        }
    }

    /// `tgworker outbox discard`.
    struct DiscardCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard",
            abstract: "Takes messages that wait out of the queue; the ledger says that they were discarded.")

        @OptionGroup(title: "Which messages") var filter: FilterOptions
        @OptionGroup var consent: ConsentOptions
        @OptionGroup(title: "The database") var database: DatabaseOptions
        @OptionGroup(title: "General") var general: GeneralOptions

        func validate() throws {
            try consent.validate(filter)
            guard filter.state ?? .waiting == .waiting else {
                throw ValidationError("only what waits can be discarded: leave out --state.")
            }
        }

        func run() async throws {
            var filter = filter
            filter.state = .waiting
            try await OutboxCommand.perform(
                .discard(reason: "discarded by an administrator"), words: Wording(verb: "discard", done: "discarded"),
                filter, consent, database, general)
        }
    }
}
