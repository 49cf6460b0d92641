/// A NOTIFY that arrived on this connection (PostgreSQL: NOTIFY).
public struct Notification: Sendable, Equatable {
    /// What was LISTENed to.
    public var channel: String
    /// Up to 8000 bytes of text.
    public var payload: String
    /// The session that sent it.
    public var processID: Int32
}

/// A notice or warning of the server, such as `raise notice` makes.
public struct Notice: Sendable, Equatable {
    /// NOTICE, WARNING, INFO, LOG or DEBUG.
    public var severity: String
    /// Its SQLSTATE.
    public var sqlState: SQLState
    /// One line in words; may hold data.
    public var message: String
}
