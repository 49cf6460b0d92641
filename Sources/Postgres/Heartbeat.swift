/// How a connection makes sure that its server is there.
///
/// TCP keepalive does not see a peer behind something that keeps the connection open and forwards nothing: a proxy, a
/// frozen server. And a session may be worth something to others, such as a lock that the server is to give up some time
/// after it has heard from us for the last time: then we must have stopped before. So the time that counts is that of
/// the *beginning* of the last exchange that was answered: at that moment or later the server has heard from us.
public struct Heartbeat: Sendable, Equatable {
    /// So long after that beginning a bare Sync is sent, if nothing else was: no query, no transaction, no snapshot. Nil:
    /// none is sent, and an idle connection may be dead without being noticed.
    public var interval: Duration?
    /// So long after that beginning the connection is given up. Without an interval: so long after an exchange was sent
    /// that is not answered.
    public var limit: Duration

    /// A heartbeat as described.
    public init(every interval: Duration?, limit: Duration) {
        self.interval = interval
        self.limit = limit
    }
}

/// Decides when to send a Sync and when to give a connection up. Knows no socket.
struct HeartbeatStateMachine {
    typealias Instant = ContinuousClock.Instant

    enum Action: Equatable {
        /// Look again then; nil: when the next exchange is sent.
        case wait(until: Instant?)
        case ping
        case giveUp
    }

    private let heartbeat: Heartbeat
    /// When the last exchange began that was answered.
    private var proven: Instant
    /// When the exchange began that is on the wire.
    private var begun: Instant?

    init(_ heartbeat: Heartbeat, now: Instant) {
        self.heartbeat = heartbeat
        proven = now
    }

    /// An exchange goes on the wire.
    mutating func sent(_ now: Instant) {
        begun = now
        if heartbeat.interval == nil { proven = now }
    }

    /// Its last answer is there.
    mutating func answered() {
        if let begun { proven = begun }
        begun = nil
    }

    func next(_ now: Instant) -> Action {
        let end = proven + heartbeat.limit
        guard let interval = heartbeat.interval else {
            guard begun != nil else { return .wait(until: nil) }
            return now < end ? .wait(until: end) : .giveUp
        }
        guard now < end else { return .giveUp }
        guard begun == nil else { return .wait(until: end) }
        return now < proven + interval ? .wait(until: proven + interval) : .ping
    }
}
