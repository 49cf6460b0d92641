import Postgres
import Reactor

/// What the sender does from time to time although nothing was heard.
struct SenderUpkeep: Sendable {
    /// Why the sender's session has to be replaced although the server has not ended it.
    enum Trouble: Sendable {
        /// Notifications are not heard.
        case deaf
        /// What is between us and the server shares sessions.
        case shared(String)
        /// Customers must not be written to from this database any more.
        case refused(StartupProblem)
        /// Odoo has asked for something that is done between two sessions of sending, and that was not heard.
        case asked
    }

    let presence: Presence
    let check: DatabaseCheck
    let sender: Sender
    let inbox: UpdateInbox
    let wakePath: WakePath
    /// Where there is a pooler: its mode may be changed.
    let pooler: PoolerCheck?
    let reactor: Reactor

    /// Runs until the task is cancelled.
    ///
    /// - Returns: what is wrong with the session, if anything.
    func run(on connection: Connection) async -> Trouble? {
        await withTaskGroup(of: Trouble?.self) { group in
            group.addTask { await look(on: connection) }
            group.addTask {
                async let mending: Void = mend(on: connection)
                await tidy(on: connection)
                await mending
                return nil
            }
            var trouble: Trouble?
            for await found in group where trouble == nil {
                trouble = found
                if found != nil { group.cancelAll() }
            }
            return trouble
        }
    }

    /// Soon after the start and once a minute: says that it is alive, and whether it hears; looks whether this is still the
    /// database to send from, at the whole queue and the errands, and now and then reads Odoo's tables again.
    private func look(on connection: Connection) async -> Trouble? {
        var minutes = 0
        var pause = Duration.seconds(1)
        while await reactor.sleep(for: pause) {
            if let trouble = await listen(on: connection) { return trouble }
            if minutes > 0 {
                do {
                    if try await check.checkAgain(on: connection) { return .asked }
                    if minutes.isMultiple(of: 10) {
                        await sender.use(try await OdooCatalog.load(from: connection))
                    }
                } catch let problem as StartupProblem {
                    return .refused(problem)
                } catch {
                    // The sender meets the same trouble and ends the session.
                }
                await sender.lookAround()
                await inbox.settle()
            }
            minutes += 1
            pause = .seconds(60) * Double.random(in: 0.8...1.2)
        }
        return nil
    }

    private func listen(on connection: Connection) async -> Trouble? {
        do {
            _ = try await pooler?.run(on: connection)
        } catch let problem as StartupProblem {
            return .shared(problem.description)
        } catch {
            // The session's own trouble, which others meet as well.
        }
        return await wakePath.check(on: connection) ? nil : .deaf
    }

    /// Brings forward what the trigger missed: at the start and once a minute, however many lanes there are, so many at
    /// a time that nobody waits for it.
    private func mend(on connection: Connection) async {
        var walk = OutboxClaim.Walk(lanes: 2000)
        repeat {
            // An idle sender asks nothing that it knows.
            if walk.after == nil, await sender.foundNothing { continue }
            guard let row = try? await connection.group([OutboxStatements.mendLanes(walk)])[0].first else { break }
            walk.after = try? OutboxClaim.Lane(row)
            if let mended: Int = try? row.get("mended"), mended > 0 { await sender.wake() }
        } while await reactor.sleep(for: walk.after == nil ? .seconds(60) : .milliseconds(500))
    }

    /// Removes what is old: soon after the start, now and then, and without much of a pause while there is more.
    private func tidy(on connection: Connection) async {
        var isMore = true
        while await reactor.sleep(for: isMore ? .seconds(2) : .seconds(600)) {
            isMore = (try? await Housekeeping.run(on: connection)) ?? false
        }
    }
}
