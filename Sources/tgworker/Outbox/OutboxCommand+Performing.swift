import Administration
import ArgumentParser
import Glibc
import Postgres
import Reactor

extension OutboxCommand {
    /// Counts, asks, and does it.
    static func perform(
        _ action: OutboxAdministration.Action, words: Wording, _ filter: FilterOptions, _ consent: ConsentOptions,
        _ database: DatabaseOptions, _ general: GeneralOptions
    ) async throws {
        let settings = try general.settings()
        let selection = filter.selection
        let isAgreed = consent.yes
        let style = TextStyle(of: .error, environment: settings.environment)
        let (count, done) = try await connected(settings, database, general) { outbox in
            let count = try await outbox.count(selection, for: action)
            guard count > 0 else { return (0, 0) }
            let number = Words.count(count, "message", "messages")
            if !isAgreed {
                guard isatty(STDIN_FILENO) == 1, style.isTerminal else {
                    throw CommandError(
                        "there is nobody to ask whether to \(words.verb) \(number)", "add --yes to do it")
                }
                guard await Question.isAnsweredYes("\(words.verb) \(number)?") else {
                    throw CommandError("nothing was done", "answer y to \(words.verb) them")
                }
            }
            let bar = ProgressBar(total: count, style: style)
            defer { bar.clear() }
            return (count, try await outbox.perform(action, on: selection) { bar.show($0) })
        }
        guard count > 0 else { return StandardStream.output.write(line: "no such messages") }
        let rest = count - done
        StandardStream.output.write(
            line: "\(Words.count(done, "message is", "messages are")) \(words.done)"
                + (rest > 0
                    ? "; \(Words.count(rest, "other was", "others were")) being sent, sent or gone already" : ""))
    }

    /// Does something on a connection of its own.
    static func connected<Result: Sendable>(
        _ settings: Settings, _ database: DatabaseOptions, _ general: GeneralOptions,
        _ work: @escaping @Sendable (OutboxAdministration) async throws -> Result
    ) async throws -> Result {
        try general.bootstrapLogging(settings)
        let target = try database.configuration(settings, applicationName: "tgworker outbox")
        return try await Interruption.ending {
            let connection = try await Connection.connect(target, on: Reactor())
            do {
                let result = try await work(OutboxAdministration(on: connection))
                await connection.close()
                return result
            } catch {
                await connection.close()
                throw error
            }
        }
    }
}
