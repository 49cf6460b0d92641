import Postgres

/// Who gives up when, once nothing passes any more between the worker and the server: the worker before the server, so
/// that a sender has stopped before the next one begins, and both soon, so that the next one does begin soon.
///
/// The server's clock starts when it has answered (PostgreSQL: idle_session_timeout), the worker's when it began the
/// exchange that was answered, which is never later. So the two need no common clock: `worker < server` is all.
enum SenderLease {
    /// A bare Sync is sent when the last exchange began so long ago.
    static let heartbeat = Duration.seconds(3)
    /// The worker gives its session up when the last exchange that was answered began so long ago. A Sync has five
    /// seconds for its answer.
    static let worker = Duration.seconds(8)
    /// The server ends a session, and with it the lock, that it has not heard from for so long.
    static let server = Duration.seconds(9)
    /// The server cancels a statement of the session after this time. A statement whose worker has gone must not keep the
    /// lock, and one that takes longer than `worker` would look like silence. They take milliseconds.
    static let statement = Duration.seconds(5)
    /// Another instance looks whether the lock is free after this pause, a quarter more or less.
    static let look = Duration.seconds(2)
    static let lookJitter = 0.75...1.25

    /// TCP's own limits, for a server before PostgreSQL 14, which knows no limit for idle sessions: probes after 3 s, then
    /// every 2 s, and the end after 9 s without an answer, like `server` (tcp(7): TCP_USER_TIMEOUT).
    static let keepaliveIdle = Duration.seconds(3)
    static let keepaliveInterval = Duration.seconds(2)
    static let keepaliveCount = 3

    /// From the moment when the wire goes dead to the one when another instance has the lock, at most; without the time
    /// that a statement takes which runs at that moment.
    static var takeover: Duration { server + look * lookJitter.upperBound }

    /// For the worker's side of a session.
    static let clientHeartbeat = Heartbeat(every: heartbeat, limit: worker)

    /// For the server's side of a session.
    static func settings(serverVersion: Int32) -> [Statement] {
        var settings = [
            ("statement_timeout", statement.milliseconds),
            ("tcp_keepalives_idle", keepaliveIdle.components.seconds),
            ("tcp_keepalives_interval", keepaliveInterval.components.seconds),
            ("tcp_keepalives_count", Int64(keepaliveCount)),
            ("tcp_user_timeout", server.milliseconds),
        ]
        if serverVersion >= 140_000 { settings.append(("idle_session_timeout", server.milliseconds)) }
        return settings.map { Statement("set \($0) = \($1)") }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
