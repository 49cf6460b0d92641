import Postgres
import Testing

@testable import Worker

@Suite("The sender's lease")
struct SenderLeaseTests {
    @Test("ends here before it ends on the server, with room for a late timer")
    func order() {
        #expect(SenderLease.worker + .milliseconds(500) <= SenderLease.server)
        #expect(SenderLease.worker - SenderLease.heartbeat >= .seconds(5), "time for an answer")
        #expect(SenderLease.statement <= SenderLease.worker - SenderLease.heartbeat, "a statement is answered in time")
        #expect(SenderLease.clientHeartbeat == Heartbeat(every: .seconds(3), limit: .seconds(8)))
    }

    @Test("is over within 12 seconds of the cut, and the lock somebody else's")
    func takeover() {
        #expect(SenderLease.takeover <= .seconds(12))
    }

    @Test("is known to TCP as well, which is all that PostgreSQL 12 and 13 have")
    func tcp() {
        let probes = SenderLease.keepaliveInterval * SenderLease.keepaliveCount
        #expect(SenderLease.keepaliveIdle + probes == SenderLease.server)
        let old = SenderLease.settings(serverVersion: 130_020).map(\.sql)
        let new = SenderLease.settings(serverVersion: 140_000).map(\.sql)
        #expect(new == old + ["set idle_session_timeout = 9000"])
        #expect(
            old == [
                "set statement_timeout = 5000", "set tcp_keepalives_idle = 3", "set tcp_keepalives_interval = 2",
                "set tcp_keepalives_count = 3", "set tcp_user_timeout = 9000",
            ])
    }
}
