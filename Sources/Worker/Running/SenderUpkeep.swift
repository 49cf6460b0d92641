import Postgres
import Reactor

/// What the sender does from time to time although nothing was heard.
struct SenderUpkeep: Sendable {
    let presence: Presence
    let sender: Sender
    let inbox: UpdateInbox
    let reactor: Reactor
    /// Called when customers must not be written to from this database any more.
    let refuse: @Sendable (StartupProblem) async -> Void

    /// Runs until the task is cancelled.
    func run(on connection: Connection) async {
        async let tidying: Void = tidy(on: connection)
        await look(on: connection)
        await tidying
    }

    /// Once a minute: looks whether this is still the database to send from, says that it is alive, looks at the queue,
    /// its lanes and the errands, and now and then reads Odoo's tables again.
    private func look(on connection: Connection) async {
        var minutes = 0
        while await reactor.sleep(for: .seconds(60) * Double.random(in: 0.8...1.2)) {
            minutes += 1
            do {
                try await DatabaseCheck.checkIdentity(on: connection)
                try await presence.record("sender", on: connection)
                try await connection.group([OutboxStatements.mendLanes])
                if minutes.isMultiple(of: 10) {
                    await sender.use(try await OdooCatalog.load(from: connection))
                }
            } catch let problem as StartupProblem {
                return await refuse(problem)
            } catch {
                // The sender meets the same trouble and ends the session.
            }
            await sender.wake()
            await inbox.settle()
        }
    }

    /// Removes what is old: soon after the start, once a minute, and without much of a pause while there is more.
    private func tidy(on connection: Connection) async {
        var isMore = true
        while await reactor.sleep(for: isMore ? .seconds(2) : .seconds(60)) {
            isMore = (try? await Housekeeping.run(on: connection)) ?? false
        }
    }
}
