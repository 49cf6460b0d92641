import Postgres
import Reactor

/// What the sender does from time to time although nothing was heard.
struct SenderUpkeep: Sendable {
    let presence: Presence
    let sender: Sender
    let inbox: UpdateInbox
    let reactor: Reactor

    /// Runs until the task is cancelled.
    func run(on connection: Connection) async {
        async let tidying: Void = tidy(on: connection)
        async let mending: Void = mend(on: connection)
        await look(on: connection)
        await tidying
        await mending
    }

    /// Once a minute: says that it is alive, looks at the whole queue and the errands, and now and then reads Odoo's tables
    /// again.
    private func look(on connection: Connection) async {
        var minutes = 0
        while await reactor.sleep(for: .seconds(60) * Double.random(in: 0.8...1.2)) {
            minutes += 1
            do {
                try await presence.record("sender", on: connection)
                if minutes.isMultiple(of: 10) {
                    await sender.use(try await OdooCatalog.load(from: connection))
                }
            } catch {
                // The sender meets the same trouble and ends the session.
            }
            await sender.lookAround()
            await inbox.settle()
        }
    }

    /// Brings forward what the trigger missed: at the start and once a minute, however many lanes there are, so many at
    /// a time that nobody waits for it.
    private func mend(on connection: Connection) async {
        var walk = OutboxClaim.Walk(lanes: 2000)
        repeat {
            guard let row = try? await connection.group([OutboxStatements.mendLanes(walk)])[0].first else { break }
            walk.after = try? OutboxClaim.Lane(row)
            if let mended: Int = try? row.get("mended"), mended > 0 { await sender.wake() }
        } while await reactor.sleep(for: walk.after == nil ? .seconds(60) : .milliseconds(500))
    }

    /// Removes what is old: soon after the start, once a minute, and without much of a pause while there is more.
    private func tidy(on connection: Connection) async {
        var isMore = true
        while await reactor.sleep(for: isMore ? .seconds(2) : .seconds(60)) {
            isMore = (try? await Housekeeping.run(on: connection)) ?? false
        }
    }
}
