import Postgres

/// Which messages an administrator means: by their ids, or by what they have in common.
package struct OutboxSelection: Sendable, Equatable {
    /// Where a message is: in the queue, or in the ledger with this outcome and not sent again since.
    package enum State: String, Sendable, CaseIterable {
        case waiting, failed, discarded, unknown
    }

    /// `outbox.id`; empty is any.
    package var ids: [Int64] = []
    /// nil is any, and with ``ids`` only.
    package var state: State?
    package var kind: String?
    package var chat: Int64?
    /// Written, or given up, at least so long ago.
    package var olderThan: Duration?
    /// A part of the reason or the last error, in any case of letters.
    package var reason: String?
    /// The oldest so many.
    package var limit: Int?

    package init() {}

    /// Whether it leaves anything out.
    package var isEverything: Bool {
        ids.isEmpty && state == nil && kind == nil && chat == nil && olderThan == nil && reason == nil && limit == nil
    }

    /// Rows with the columns of ``OutboxEntry``, one for each message, in no order.
    ///
    /// - Parameter fallback: the state where none is asked for, nor ids.
    func query(fallback: State) -> (sql: String, parameters: [Parameter]) {
        var parameters: [Parameter] = []
        func parameter(_ value: Parameter) -> String {
            parameters.append(value)
            return "$\(parameters.count)"
        }
        var common: [String] = []
        if !ids.isEmpty { common.append("m.id = any (\(parameter(.array(ids)))::bigint[])") }
        if let kind { common.append("m.kind = \(parameter(.text(kind)))") }
        if let chat { common.append("m.chat_id = \(parameter(.integer(chat)))::bigint") }
        if let olderThan { common.append("m.since <= now() - \(parameter(.interval(olderThan)))::interval") }
        if let reason {
            common.append("position(lower(\(parameter(.text(reason)))) in lower(coalesce(m.reason, ''))) > 0")
        }
        let state = state ?? (ids.isEmpty ? fallback : nil)
        var sources: [String] = []
        if state == nil || state == .waiting { sources.append(Self.waitingSQL) }
        if state != .waiting {
            let outcomes = state.map { [$0.rawValue] } ?? ["failed", "discarded", "unknown"]
            sources.append(Self.ledgerSQL(parameter(.array(outcomes.map(Parameter.text)))))
        }
        let condition = common.isEmpty ? "" : "where \(common.joined(separator: " and "))"
        return ("select m.* from (\(sources.joined(separator: " union all "))) m \(condition)", parameters)
    }

    private static let waitingSQL = """
        select o.id, o.kind, o.chat_id, case when o.sending_since is null then 'waiting' else 'sending' end as state,
            o.attempt as attempts, o.in_doubt, o.enqueued_at as since, o.last_error as reason, o.source_id
        from tgworker.outbox o
        """

    private static func ledgerSQL(_ outcomes: String) -> String {
        """
        select d.outbox_id as id, d.kind, d.chat_id, d.outcome as state,
            d.attempts, d.in_doubt, d.finished_at as since, d.reason, d.source_id
        from tgworker.delivery d
        where d.outcome = any (\(outcomes)::text[]) and d.retried_as is null
        """
    }
}

/// A message in the queue, or in the ledger without having been sent.
package struct OutboxEntry: Sendable, Equatable, Encodable {
    package var id: Int64
    package var kind: String
    package var chat: Int64
    /// waiting, sending, failed, discarded or unknown.
    package var state: String
    package var attempts: Int
    /// Attempts whose outcome nobody knows.
    package var inDoubt: Int
    /// Seconds since it was written, or given up.
    package var age: Double
    package var reason: String?
    /// The order or the message that it is about, after its kind.
    package var sourceId: Int?
}
