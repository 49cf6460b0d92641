import Reactor
import TestSupport
import Testing

@testable import Postgres

@Suite("A notification", .timeLimit(.minutes(5)))
struct NotificationTests {
    /// Channels are shared by all who use the database.
    private let channel = "channel_\(UInt32.random(in: 0 ... .max))"

    @Test("arrives while the connection is idle")
    func idle() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Notification.self)
        let handlers = Connection.Handlers(notification: { arrived.yield($0) })
        try await withConnection(handlers: handlers) { connection async throws in
            try await connection.query("listen \(channel)")
            var notifications = arrivals.makeAsyncIterator()
            for payload in ["", "one", "zwei 😀"] {
                try await Cluster.shared.psql("select pg_notify('\(channel)', '\(payload)')")
                let notification = await notifications.next()
                #expect(notification?.channel == channel)
                #expect(notification?.payload == payload)
                #expect(notification?.processID != connection.processID)
            }
        }
    }

    @Test("that arrives while a query runs is there when the query ends")
    func busy() async throws {
        let received = Received()
        let cluster = try await Cluster.shared
        try await withConnection(handlers: received.handlers) { connection async throws in
            try await withConnection { blocker async throws in
                try await connection.query("listen \(channel)")
                let key = Int.random(in: 0...Int.max)
                try await blocker.query("select pg_advisory_lock($1)", [.integer(key)])
                async let blocked = connection.query("select pg_advisory_lock($1)", [.integer(key)])
                try await cluster.until(connection.processID, is: "active", waitingFor: "advisory")
                try await cluster.psql("notify \(channel), 'while busy'")
                try await blocker.query("select pg_advisory_unlock($1)", [.integer(key)])
                _ = try await blocked
                // The server sends it before it says that it is ready for the next statement.
                #expect(received.notifications.map(\.payload) == ["while busy"])
            }
        }
    }

    @Test("of one's own in the middle of a group is there when the group ends")
    func withinGroup() async throws {
        let received = Received()
        try await withConnection(handlers: received.handlers) { connection async throws in
            let statements = [
                Statement("listen \(channel)"), Statement("select pg_notify('\(channel)', 'own')"),
                Statement("select 1"), Statement("select 2"),
            ]
            try await connection.group(statements)
            #expect(
                received.notifications
                    == [Notification(channel: channel, payload: "own", processID: connection.processID)])
        }
    }

    @Test("is one of thousands, in their order, none lost and none doubled")
    func many() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: String.self)
        let handlers = Connection.Handlers(notification: { arrived.yield($0.payload) })
        try await withConnection(handlers: handlers) { connection async throws in
            try await connection.query("listen \(channel)")
            async let notifying = Cluster.shared.psql(
                """
                select count(pg_notify('\(channel)', n::text)) from generate_series(1, 2500) n;
                select count(pg_notify('\(channel)', n::text)) from generate_series(2501, 5000) n;
                """)
            // Busy now and then, while they come.
            async let working: Void = {
                for _ in 0..<50 { try await connection.query("select 1") }
            }()
            var payloads: [String] = []
            for await payload in arrivals {
                payloads.append(payload)
                if payloads.count == 5000 { break }
            }
            _ = try await (notifying, working)
            #expect(payloads == (1...5000).map(String.init))
        }
    }
}

@Suite("A notice", .timeLimit(.minutes(5)))
struct NoticeTests {
    @Test("comes with severity, SQLSTATE and message", arguments: ["notice", "warning", "info"])
    func fields(level: String) async throws {
        let received = Received()
        try await withConnection(handlers: received.handlers) { connection async throws in
            let code = level == "warning" ? "01000" : "00000"
            try await connection.script("do $$ begin raise \(level) 'a % b', E'ü\\n'; end $$")
            #expect(
                received.notices
                    == [Notice(severity: level.uppercased(), sqlState: SQLState(rawValue: code), message: "a ü\n b")])
        }
    }

    @Test("is one of many, and comes while the statement still runs")
    func many() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: String.self)
        let handlers = Connection.Handlers(notice: { arrived.yield($0.message) })
        try await withConnection(handlers: handlers) { connection async throws in
            let running = Task {
                try await connection.query(
                    "do $$ begin for i in 1..3000 loop raise notice '%', i; end loop; perform pg_sleep(3600); end $$")
            }
            var messages: [String] = []
            for await message in arrivals {
                messages.append(message)
                if messages.count == 3000 { break }
            }
            #expect(messages == (1...3000).map(String.init))
            running.cancel()
            await #expect(throws: PostgresError.self) { try await running.value }
        }
    }

    @Test("goes to the handlers that are set when it comes")
    func setHandlers() async throws {
        let (first, second) = (Received(), Received())
        try await withConnection(handlers: first.handlers) { connection async throws in
            try await connection.query("do $$ begin raise notice '1'; end $$")
            await connection.setHandlers(second.handlers)
            try await connection.query("do $$ begin raise notice '2'; end $$")
            #expect(first.notices.map(\.message) == ["1"])
            #expect(second.notices.map(\.message) == ["2"])
        }
    }

    @Test("of the server while it lets somebody in is not lost")
    func whileConnecting() async throws {
        let received = Received()
        let conninfo = try await Cluster.shared.conninfo() + " options='-c client_min_messages=debug5'"
        try await withConnection(conninfo, handlers: received.handlers) { connection async throws in
            #expect(received.notices.contains { $0.severity.hasPrefix("DEBUG") })
            #expect(try await connection.value("select 1") == "1")
        }
    }
}
