import Postgres
import Reactor

/// What the sender does about once a minute although nothing was heard.
struct SenderUpkeep: Sendable {
    let presence: Presence
    let sender: Sender
    let inbox: UpdateInbox
    let reactor: Reactor

    /// Says that it is alive, looks at the queue, its lanes and the errands, tidies up, and now and then reads Odoo's
    /// tables again, until the task is cancelled.
    func run(on connection: Connection) async {
        var minutes = 0
        var isUntidy = true
        while await reactor.sleep(for: isUntidy ? .seconds(2) : .seconds(60) * Double.random(in: 0.8...1.2)) {
            minutes += 1
            do {
                isUntidy = try await Housekeeping.run(on: connection)
                try await presence.record("sender", on: connection)
                try await connection.group([OutboxStatements.mendLanes])
                if minutes.isMultiple(of: 10) {
                    await sender.use(try await OdooCatalog.load(from: connection))
                }
            } catch {
                // The sender meets the same trouble and ends the session.
                isUntidy = false
            }
            await sender.wake()
            await inbox.settle()
        }
    }
}
