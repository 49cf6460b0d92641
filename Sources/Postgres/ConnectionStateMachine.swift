import DequeModule

/// Decides what a connection does next: which exchange is on the wire, which wait, whom a transaction keeps waiting,
/// what to cancel. Knows no socket.
struct ConnectionStateMachine {
    enum Action: Equatable {
        case none
        /// Put these operations on the wire.
        case send(Exchange.ID, [Exchange.Operation])
        /// Ask the server to cancel what runs.
        case cancelOnServer
        /// Tell whoever waits for this exchange that it never ran.
        case fail(Exchange.ID, PostgresError)
    }

    /// What finishing an exchange leads to.
    struct Completion {
        let id: Exchange.ID
        let outcome: Result<[Rows], PostgresError>
    }

    private var current: ExchangeProgress?
    private var waiting: Deque<Exchange> = []
    private var transaction: Exchange.TransactionID?
    /// The end of `transaction` is on its way; nothing of it may come after.
    private var isTransactionEnding = false
    private var prepared: [String: String] = [:]
    private var preparedCount = 0
    /// The server is being asked to cancel: nothing new goes out until that has ended, lest it hit the wrong statement.
    private var isCancelling = false
    private(set) var failure: PostgresError?

    /// The exchange on the wire.
    var running: Exchange? { current?.exchange }

    /// Why the server has ended the connection, if the last thing it said was an error: libpq only says that it is gone.
    var farewell: PostgresError? {
        current?.failure.map {
            PostgresError(.connectionLost, sqlState: $0.sqlState, message: $0.message, detail: $0.detail, hint: $0.hint)
        }
    }

    mutating func enqueue(_ exchange: Exchange) -> Action {
        if let failure { return .fail(exchange.id, failure) }
        switch exchange.part {
        case .none, .opens: break
        case .belongs(let id), .closes(let id):
            guard id == transaction, !isTransactionEnding else {
                return .fail(exchange.id, PostgresError(.aborted, message: "the transaction has ended"))
            }
            isTransactionEnding = exchange.part.endsTransaction
        }
        waiting.append(exchange)
        return next()
    }

    /// Takes an answer for the running exchange; not nil when it was the last.
    mutating func receive(_ answer: Answer) -> Completion? {
        guard current?.take(answer) == true, let progress = current else { return nil }
        current = nil
        let outcome = progress.outcome
        for operation in progress.operations {
            if case .prepare(let name, let sql) = operation, progress.newlyPrepared.contains(name) {
                prepared[sql] = name
            }
        }
        switch (progress.exchange.part, outcome) {
        case (.opens(let id), .success): transaction = id
        case (.closes, _): (transaction, isTransactionEnding) = (nil, false)
        default: break
        }
        return Completion(id: progress.exchange.id, outcome: outcome)
    }

    /// The exchange that may go on the wire now, if any.
    mutating func next() -> Action {
        guard failure == nil, current == nil, !isCancelling else { return .none }
        let index: Int?
        if let transaction {
            index = waiting.firstIndex { $0.part.transaction == transaction }
        } else {
            index = waiting.isEmpty ? nil : 0
        }
        guard let index else { return .none }
        let exchange = waiting.remove(at: index)
        let operations = operations(for: exchange)
        current = ExchangeProgress(exchange, operations: operations)
        return .send(exchange.id, operations)
    }

    /// The time is over or the task was cancelled.
    mutating func interrupt(_ id: Exchange.ID, _ kind: PostgresError.Kind) -> Action {
        if let index = waiting.firstIndex(where: { $0.id == id }) {
            guard !waiting[index].part.endsTransaction else { return .none }
            waiting.remove(at: index)
            let message = kind == .timeout ? "the statement waited too long for its turn" : "cancelled"
            return .fail(id, PostgresError(kind, message: message))
        }
        guard let running = current, running.exchange.id == id, running.interruption == nil else { return .none }
        if running.exchange.part.endsTransaction, kind == .cancelled { return .none }
        current?.interruption = kind
        isCancelling = true
        return .cancelOnServer
    }

    /// The request to cancel has been delivered.
    mutating func cancelDelivered() -> Action {
        isCancelling = false
        return next()
    }

    /// The connection is gone: returns whoever waits.
    mutating func close(_ error: PostgresError) -> [Exchange.ID] {
        guard failure == nil else { return [] }
        failure = error
        let ids = (current.map { [$0.exchange.id] } ?? []) + waiting.map(\.id)
        current = nil
        waiting = []
        return ids
    }

    private mutating func operations(for exchange: Exchange) -> [Exchange.Operation] {
        guard case .group(let statements) = exchange.content else { return [] }
        var operations: [Exchange.Operation] = []
        var inThisGroup: [String: String] = [:]
        for (index, statement) in statements.enumerated() {
            guard statement.isPrepared else {
                operations.append(.execute(statement: index, name: nil))
                continue
            }
            let name: String
            if let known = prepared[statement.sql] ?? inThisGroup[statement.sql] {
                name = known
            } else {
                preparedCount += 1
                name = "s\(preparedCount)"
                inThisGroup[statement.sql] = name
                operations.append(.prepare(name: name, sql: statement.sql))
            }
            operations.append(.execute(statement: index, name: name))
        }
        return operations
    }
}
