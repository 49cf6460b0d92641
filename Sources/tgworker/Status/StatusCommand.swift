import Administration
import ArgumentParser
import Installation
import Postgres
import Reactor

/// `tgworker status`: who sends, what waits, how fast it goes, and what is wrong.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows who sends, what waits, how fast it goes, and what went wrong last.",
        discussion: """
            It costs the database a few index look-ups, also when a million messages wait: counts end at 10000 and are \
            shown as 10000+ then.

              tgworker status
              tgworker status --watch     repaints every two seconds, until Ctrl-C
              tgworker status --json
            """)

    @Flag(help: "Show it anew every two seconds.")
    var watch = false
    @Flag(help: "Print JSON for a machine; with --watch one document after the other.")
    var json = false
    @OptionGroup(title: "The database") var database: DatabaseOptions
    @OptionGroup(title: "General") var general: GeneralOptions

    private static let interval = Duration.seconds(2)

    func run() async throws {
        let settings = try general.settings()
        try general.bootstrapLogging(settings)
        let target = try database.configuration(settings, applicationName: "tgworker status")
        let environment = settings.environment
        let (watches, json) = (watch, json)
        let reactor = Reactor()
        var connection: Connection? = try await Connection.connect(target, on: reactor)
        while true {
            // The terminal may have been resized.
            let style = TextStyle(of: .output, environment: environment)
            do {
                let session =
                    if let connection { connection } else { try await Connection.connect(target, on: reactor) }
                connection = session
                let status = try await QueueStatus.read(on: session)
                let text = json ? [try JSONText.of(status)] : StatusScreen(status).lines(style)
                let isScreen = watches && style.isTerminal && !json
                // More than fits would scroll with each repaint.
                let shown = isScreen ? Array(text.prefix((style.height ?? .max) - 1)) : text
                Self.show(shown, repaints: isScreen, isLast: !watches)
            } catch let error as PostgresError where watches && error.isTransient {
                await connection?.close()
                connection = nil
                Self.show(["\(Advice(error))"], repaints: style.isTerminal && !json, isLast: false)
            } catch {
                await connection?.close()
                throw error
            }
            guard watches else { break }
            await reactor.sleep(for: Self.interval)
        }
        await connection?.close()
    }

    private static func show(_ lines: [String], repaints: Bool, isLast: Bool) {
        guard repaints else {
            return StandardStream.output.write(lines.map { $0 + "\n" }.joined() + (isLast ? "" : "\n"))
        }
        // Home, each line up to its end, then what is below (ECMA-48): nothing flickers.
        let screen = lines.map { "\($0)\u{1b}[K\n" }.joined()
        StandardStream.output.write("\u{1b}[H\(screen)\u{1b}[J")
    }
}
