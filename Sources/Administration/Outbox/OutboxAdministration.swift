package import Postgres

/// Lists what waits or has failed, sends it again, or takes it out of the queue; a little at a time, so that no transaction
/// is long, and whatever interrupts it leaves each message either done or as it was.
package struct OutboxAdministration: Sendable {
    /// What is done to messages.
    package enum Action: Sendable, Equatable {
        /// `tgworker.retry`.
        case retry
        /// `tgworker.discard`, with the reason for the ledger.
        case discard(reason: String)

        /// Which messages are meant where nobody says.
        package var state: OutboxSelection.State {
            switch self {
            case .retry: .failed
            case .discard: .waiting
            }
        }
    }

    /// Messages that one transaction takes.
    static let batch = 200

    private let connection: Connection

    package init(on connection: Connection) { self.connection = connection }

    /// The oldest messages of a selection.
    package func list(_ selection: OutboxSelection, limit: Int) async throws -> [OutboxEntry] {
        let (sql, parameters) = selection.query(fallback: .waiting)
        return try await connection.query(
            """
            select l.*, extract(epoch from clock_timestamp() - l.since)::float8 as age
            from (\(sql)) l order by l.id limit \(min(limit, selection.limit ?? .max))
            """, parameters
        ).map { row in
            OutboxEntry(
                id: try row.get("id"), kind: try row.get("kind"), chat: try row.get("chat_id"),
                state: try row.get("state"), attempts: try row.get("attempts"), inDoubt: try row.get("in_doubt"),
                age: try row.get("age"), reason: try row.find("reason").map { Words.line($0) },
                sourceId: try row.find("source_id"))
        }
    }

    /// How many messages an action is about.
    package func count(_ selection: OutboxSelection, for action: Action) async throws -> Int {
        let (sql, parameters) = selection.query(fallback: action.state)
        let count: Int = try await connection.query("select count(*) from (\(sql)) m", parameters)[0].get("count")
        return min(count, selection.limit ?? .max)
    }

    /// Does it.
    ///
    /// - Parameter progress: called after each transaction with how many messages were looked at so far.
    /// - Returns: to how many it was done; the others were being sent, or gone already.
    package func perform(
        _ action: Action, on selection: OutboxSelection, progress: @Sendable (Int) -> Void
    ) async throws -> Int {
        let (sql, parameters) = selection.query(fallback: action.state)
        // What arrives meanwhile is not meant.
        guard
            let last: Int64 = try await connection.query("select max(m.id) as last from (\(sql)) m", parameters)[0]
                .find("last")
        else { return 0 }
        var (seen, done) = (0, 0)
        var after: Int64 = .min
        while true {
            let limit = min(Self.batch, (selection.limit ?? .max) - seen)
            guard limit > 0 else { break }
            let ids: [Int64] = try await connection.query(
                """
                select m.id from (\(sql)) m
                where m.id > $\(parameters.count + 1)::bigint and m.id <= $\(parameters.count + 2)::bigint
                order by m.id limit \(limit)
                """, parameters + [.integer(after), .integer(last)]
            ).map { try $0.get("id") }
            guard let newest = ids.last else { break }
            done += try await apply(action, to: ids)
            seen += ids.count
            after = newest
            progress(seen)
        }
        return done
    }

    private func apply(_ action: Action, to ids: [Int64]) async throws -> Int {
        switch action {
        case .retry:
            try await connection.query(
                "select count(tgworker.retry(m.id)) as done from unnest($1::bigint[]) m (id)", [.array(ids)]
            )[0].get("done")
        case .discard(let reason):
            try await connection.query(
                """
                select count(*) filter (where tgworker.discard(m.id, $2)) as done from unnest($1::bigint[]) m (id)
                """, [.array(ids), .text(reason)])[0].get("done")
        }
    }
}
