import Glibc
import Reactor
import TestSupport

@testable import Postgres

/// Connects to the shared cluster, or to another database, and closes the connection after `body`.
func withConnection<Result>(
    _ conninfo: String? = nil, handlers: Connection.Handlers = .init(), isolation: isolated (any Actor)? = #isolation,
    _ body: (Connection) async throws -> Result
) async throws -> Result {
    let reactor = Reactor()
    defer { reactor.shutdown() }
    let conninfo = if let conninfo { conninfo } else { try await Cluster.shared.conninfo() }
    let connection = try await Connection.connect(.init(conninfo: conninfo), on: reactor, handlers: handlers)
    do {
        let result = try await body(connection)
        await connection.close()
        return result
    } catch {
        await connection.close()
        throw error
    }
}

/// What the handlers of a connection were told, in that order.
final class Received: Sendable {
    private struct Record {
        var notifications: [Notification] = []
        var notices: [Notice] = []
        var losses: [PostgresError] = []
    }

    private let record = LockBox(Record())

    var handlers: Connection.Handlers {
        Connection.Handlers(
            notification: { [record] new in record.withLock { $0.notifications.append(new) } },
            notice: { [record] new in record.withLock { $0.notices.append(new) } },
            lost: { [record] new in record.withLock { $0.losses.append(new) } })
    }

    var notifications: [Notification] { record.withLock { $0.notifications } }
    var notices: [Notice] { record.withLock { $0.notices } }
    var losses: [PostgresError] { record.withLock { $0.losses } }
}

extension Connection {
    /// The one value of the one row, in text form.
    func value(_ sql: String, _ parameters: [Parameter] = [], prepared: Bool = false) async throws -> String? {
        let rows = try await query(sql, parameters, prepared: prepared)
        guard let row = rows.first, let column = rows.columns.first else { return nil }
        return try row.find(column)
    }
}

extension Cluster {
    /// Waits until the session is in this state (active, idle, idle in transaction …) with this wait event, if given.
    func until(_ processID: Int32, is state: String, waitingFor event: String? = nil) async throws {
        try await eventually("session \(processID) to be \(state)") {
            let found = try await psql(
                "select state || '|' || coalesce(wait_event, '') from pg_stat_activity where pid = \(processID)")
            return found.hasPrefix(state + "|") && event.map { found == "\(state)|\($0)" } ?? true
        }
    }
}

/// How many descriptors this process has open. Other tests open and close some meanwhile.
func openDescriptors() -> Int {
    (0..<4096).count { fcntl($0, F_GETFD) >= 0 }
}
