/// One conversation with the server, from sending to the last answer: a group of statements in pipeline mode, ended by
/// one Sync (so it has effect as a whole or not at all), or a script in the simple protocol.
struct Exchange: Sendable {
    typealias ID = Int

    enum Content: Sendable {
        case group([Statement])
        case script(String)

        /// Why this cannot be sent: libpq takes values as C strings and would cut them off, or would refuse in the middle
        /// of the group.
        var problem: PostgresError? {
            guard case .group(let statements) = self else { return nil }
            if statements.contains(where: { $0.parameters.count > Int(UInt16.max) }) {
                return PostgresError(.server, sqlState: "54000", message: "a statement takes 65535 values at most")
            }
            if statements.contains(where: { $0.parameters.contains(where: \.holdsNUL) }) {
                return PostgresError(.server, sqlState: "22021", message: "PostgreSQL takes no NUL in a value")
            }
            return nil
        }
    }

    /// Part in a transaction that spans several exchanges.
    enum Part: Sendable, Equatable {
        case none
        case opens(TransactionID)
        case belongs(TransactionID)
        case closes(TransactionID)

        var transaction: TransactionID? {
            switch self {
            case .none: nil
            case .opens(let id), .belongs(let id), .closes(let id): id
            }
        }

        /// Whether the server must see this whatever becomes of its task: until then all others wait.
        var endsTransaction: Bool {
            if case .closes = self { true } else { false }
        }
    }

    typealias TransactionID = Int

    /// What is sent, in this order; the server answers each.
    enum Operation: Sendable, Equatable {
        case prepare(name: String, sql: String)
        case execute(statement: Int, name: String?)
    }

    let id: ID
    let content: Content
    var part: Part = .none
}

/// What libpq hands out of the server's answer, without its memory.
enum Answer: Sendable {
    case rows(Rows)
    case failed(PostgresError)
    /// A statement after a failed one, which the server did not run.
    case skipped
    /// The end of the answer to one statement (PQgetResult returned NULL).
    case endOfStatement
    /// The end of a group.
    case sync
    /// The server waits for, or sends, COPY data, and libpq says so again and again: there is no way on from here.
    case copy
}

/// Keeps account of the answers to one exchange.
struct ExchangeProgress: Sendable {
    let exchange: Exchange
    let operations: [Exchange.Operation]
    private var position = 0
    private var rows: [Rows] = []
    /// The first error among the answers.
    private(set) var failure: PostgresError?
    /// Why the statement is being cancelled, if it is.
    var interruption: PostgresError.Kind?
    private(set) var newlyPrepared: [String] = []

    init(_ exchange: Exchange, operations: [Exchange.Operation]) {
        self.exchange = exchange
        self.operations = operations
    }

    /// Takes one answer; true when it was the last.
    mutating func take(_ answer: Answer) -> Bool {
        switch answer {
        case .rows(let new):
            if position < operations.count, case .prepare(let name, _) = operations[position] {
                newlyPrepared.append(name)
            } else {
                rows.append(new)
            }
        case .failed(let error):
            if failure == nil { failure = error }
        case .skipped, .copy:
            break
        case .endOfStatement:
            position += 1
            if case .script = exchange.content { return true }
        case .sync:
            return true
        }
        return false
    }

    /// The outcome after the last answer.
    var outcome: Result<[Rows], PostgresError> {
        guard let failure else { return .success(rows) }
        guard failure.sqlState == .queryCanceled, let interruption else { return .failure(failure) }
        let message = interruption == .timeout ? "the statement took too long" : "cancelled"
        return .failure(PostgresError(interruption, sqlState: failure.sqlState, message: message))
    }
}
