import ArgumentParser
import Worker

/// The program `tgworker`: reads the command line, runs a command, and says in one line what went wrong.
@main
struct TGWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tgworker",
        abstract: "Connects Odoo's orders and operators with the customers' Telegram.",
        discussion: """
            Begin with these two, on any machine that reaches Odoo's database:

              tgworker install-sql --odoo-conf /etc/odoo/odoo.conf
              tgworker run --odoo-conf /etc/odoo/odoo.conf

            To see what is wrong, and how it goes:

              tgworker check --odoo-conf /etc/odoo/odoo.conf
              tgworker status --odoo-conf /etc/odoo/odoo.conf

            Every flag that configures something can also be given as an environment variable and as a key of a configuration file in YAML. A flag \
            wins over the variable, the variable over the key, the key over the default:

              --max-messages-per-second 25
              TGWORKER_MAX_MESSAGES_PER_SECOND=25
              max-messages-per-second: 25         (in the file of --config)

            Exit codes: 0 done, 1 failed, 64 the command line is wrong; those of check are 0 all is well, 1 warnings, \
            2 errors.
            """,
        version: tgworkerVersion,
        subcommands: [
            InstallSQLCommand.self, RunCommand.self, CheckCommand.self, StatusCommand.self, OutboxCommand.self,
            WebhookCommand.self,
        ])

    static func main() async {
        do {
            let parsed = try parseAsRoot()
            if var command = parsed as? any AsyncParsableCommand {
                try await run(&command)
            } else {
                // The parser's own: help.
                var command = parsed
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }

    private static func run(_ command: inout any AsyncParsableCommand) async throws {
        do {
            try await command.run()
        } catch let error where Advice.covers(error) {
            StandardStream.error.write(line: "tgworker: \(Advice(error))")
            throw ExitCode.failure
        }
    }
}
