/// Everything that can go wrong between this process and a PostgreSQL server.
public struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where the error arose.
    public enum Kind: Sendable, Equatable {
        /// The server refused a statement; `sqlState` says why.
        case server
        /// The database's address cannot be understood.
        case configuration
        /// No connection could be made, or it was refused.
        case connect
        /// The connection broke; whether the statement had effect is unknown.
        case connectionLost
        /// The time limit was reached; the statement was cancelled on the server.
        case timeout
        /// The task was cancelled; so was the statement on the server.
        case cancelled
        /// The answer does not have the shape that the caller expects.
        case unexpectedResult
        /// A statement before this one in the same group failed.
        case aborted
    }

    /// Where the error arose.
    public var kind: Kind
    /// The five characters of the standard, when the server sent them (PostgreSQL, Appendix A).
    public var sqlState: SQLState?
    /// One line in words.
    public var message: String
    /// The server's DETAIL, which may hold data: do not log it.
    public var detail: String?
    /// The server's HINT.
    public var hint: String?

    /// An error as described.
    public init(
        _ kind: Kind, sqlState: SQLState? = nil, message: String, detail: String? = nil, hint: String? = nil
    ) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
    }

    /// The message, with the SQLSTATE.
    public var description: String {
        sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message
    }

    /// Whether the same work may succeed on this or a new connection later, without anybody mending anything.
    public var isTransient: Bool {
        switch kind {
        case .connectionLost, .timeout: true
        case .connect: sqlState?.isTransient ?? true
        case .server: sqlState?.isTransient ?? false
        case .configuration, .cancelled, .unexpectedResult, .aborted: false
        }
    }
}

/// An SQLSTATE (PostgreSQL, Appendix A: Error Codes).
public struct SQLState: RawRepresentable, Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The five characters.
    public let rawValue: String

    /// The five characters.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The five characters.
    public init(stringLiteral value: String) { rawValue = value }

    /// The message, with the SQLSTATE.
    public var description: String { rawValue }

    /// Connection trouble (08), a transaction to be repeated (40), resources (53), lock not available (55P03), the server
    /// starting or stopping (57P), or a statement cancelled by an administrator or a time limit (57014).
    public var isTransient: Bool {
        ["08", "40", "53"].contains { rawValue.hasPrefix($0) } || rawValue.hasPrefix("57P")
            || self == .lockNotAvailable || self == .queryCanceled
    }

    /// lock_not_available.
    public static let lockNotAvailable: SQLState = "55P03"
    /// query_canceled.
    public static let queryCanceled: SQLState = "57014"
    /// cannot_connect_now: the server is starting or stopping.
    public static let cannotConnectNow: SQLState = "57P03"
    /// undefined_table.
    public static let undefinedTable: SQLState = "42P01"
    /// undefined_function.
    public static let undefinedFunction: SQLState = "42883"
    /// undefined_column.
    public static let undefinedColumn: SQLState = "42703"
    /// invalid_schema_name.
    public static let invalidSchemaName: SQLState = "3F000"
    /// invalid_catalog_name: no such database.
    public static let invalidCatalogName: SQLState = "3D000"
    /// insufficient_privilege.
    public static let insufficientPrivilege: SQLState = "42501"
    /// invalid_password.
    public static let invalidPassword: SQLState = "28P01"
    /// invalid_authorization_specification: no such role, or pg_hba.conf says no.
    public static let invalidAuthorization: SQLState = "28000"
    /// deadlock_detected.
    public static let deadlockDetected: SQLState = "40P01"
    /// unique_violation.
    public static let uniqueViolation: SQLState = "23505"
}
