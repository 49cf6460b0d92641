import Reactor
import TestSupport
import Testing

@testable import Postgres

@Suite("Connecting", .timeLimit(.minutes(5)))
struct ConnectTests {
    private func refusal(_ conninfo: String, timeout: Duration = .seconds(30)) async throws -> PostgresError {
        let reactor = Reactor()
        defer { reactor.shutdown() }
        let error = await #expect(throws: PostgresError.self) {
            try await Connection.connect(.init(conninfo: conninfo, timeout: timeout), on: reactor)
        }
        return try #require(error)
    }

    @Test("tells the server who it is, and knows whom it has reached")
    func identity() async throws {
        let cluster = try await Cluster.shared
        try await withConnection { connection async throws in
            let rows = try await connection.query(
                """
                select pg_backend_pid() as pid, current_setting('server_version_num')::int as version,
                    current_setting('application_name') as name, current_setting('client_encoding') as encoding
                """)
            #expect(try rows[0].get("pid") == connection.processID)
            #expect(try rows[0].get("version") == connection.serverVersion)
            #expect(Int(connection.serverVersion) / 10_000 == cluster.version)
            #expect(try rows[0].get("name") == "tgworker")
            #expect(try rows[0].get("encoding") == "UTF8")
            #expect(await connection.isOpen)
        }
    }

    @Test("works over TCP with a password")
    func tcp() async throws {
        let url = try await Cluster.shared.tcpURL()
        #expect(try await withConnection(url) { try await $0.value("select 1") } == "1")
    }

    @Test("fails with the server's SQLSTATE and words when it refuses")
    func refused() async throws {
        let cluster = try await Cluster.shared
        let role = "role_\(UInt32.random(in: 0 ... .max))"
        try await cluster.psql("create role \(role) login connection limit 0")
        let cases: [(conninfo: String, sqlState: SQLState, words: String, isTransient: Bool)] = [
            (cluster.url(database: "nowhere"), .invalidCatalogName, #"database "nowhere" does not exist"#, false),
            (
                cluster.tcpURL(password: "wrong"), .invalidPassword,
                #"password authentication failed for user "odoo""#, false
            ),
            (cluster.url(user: "nobody"), .invalidAuthorization, #"role "nobody" does not exist"#, false),
            (cluster.url(user: role), "53300", #"too many connections for role "\#(role)""#, true),
            (
                cluster.url(database: "template0"), "55000",
                #"database "template0" is not currently accepting connections"#, false
            ),
        ]
        for (conninfo, sqlState, words, isTransient) in cases {
            let error = try await refusal(conninfo)
            #expect(error == PostgresError(.connect, sqlState: sqlState, message: words))
            #expect(error.isTransient == isTransient)
        }
    }

    @Test("can be tried again when the server is not ready yet")
    func notReady() async throws {
        let cluster = try await Cluster.start()
        try await cluster.shutDown()
        try await Command.run("sh", ["-c", "echo hot_standby=off >> \(cluster.directory)/data/postgresql.conf"])
        try await Command.run("touch", ["\(cluster.directory)/data/standby.signal"])
        try await cluster.startAgain()
        let error = try await refusal(cluster.conninfo())
        #expect(error.kind == .connect)
        #expect(error.sqlState == .cannotConnectNow)
        #expect(error.isTransient)
        try await cluster.stop()
    }

    @Test("fails in words when nobody is there")
    func unreachable() async throws {
        let nobody = try RefusingPort()
        defer { withExtendedLifetime(nobody) {} }
        let cases = [
            ("host=127.0.0.1 port=\(nobody.port)", "Connection refused"),
            ("host=/nonexistent", "No such file or directory"),
            // A label may have 63 bytes: this name is refused without asking anybody.
            ("host=\(String(repeating: "a", count: 64)).invalid", "could not translate host name"),
        ]
        for (conninfo, words) in cases {
            // A busy machine may take longer than the time limit first.
            let error = try await eventually("\(words)", timeout: .seconds(240)) {
                let error = try await refusal(conninfo)
                return error.message.contains(words) ? error : nil
            }
            #expect(error.kind == .connect)
            #expect(error.sqlState == nil)
            #expect(error.isTransient)
        }
    }

    @Test("gives up when the server does not answer in time")
    func timeout() async throws {
        let server = try SilentServer()
        let error = try await refusal("host=127.0.0.1 port=\(server.port)", timeout: .milliseconds(200))
        #expect(error == PostgresError(.connect, message: "the server did not answer in time"))
    }

    @Test("ends when the task is cancelled", arguments: [true, false])
    func cancelled(before: Bool) async throws {
        let reactor = Reactor()
        defer { reactor.shutdown() }
        let server = try SilentServer()
        let conninfo = "host=127.0.0.1 port=\(server.port)"
        let connecting = Task {
            if before { withUnsafeCurrentTask { $0?.cancel() } }
            _ = try await Connection.connect(.init(conninfo: conninfo, timeout: .seconds(3600)), on: reactor)
        }
        if !before {
            var arrivals = server.arrivals.makeAsyncIterator()
            await arrivals.next()
        }
        connecting.cancel()
        let error = await #expect(throws: PostgresError.self) { try await connecting.value }
        #expect(error?.kind == .cancelled)
    }

    @Test("goes on to the next host when one is not there")
    func severalHosts() async throws {
        let cluster = try await Cluster.shared
        let nobody = try RefusingPort()
        defer { withExtendedLifetime(nobody) {} }
        let conninfo =
            "host=/nonexistent,127.0.0.1,\(cluster.directory) port=1,\(nobody.port),\(cluster.port) user=odoo dbname=postgres"
        #expect(try await withConnection(conninfo) { try await $0.value("select 1") } == "1")
    }

    @Test("gives its descriptors back, those of refused attempts too")
    func descriptors() async throws {
        let cluster = try await Cluster.shared
        let reactor = Reactor()
        defer { reactor.shutdown() }
        let before = openDescriptors()
        for number in 0..<300 {
            if number % 3 == 0 {
                await #expect(throws: PostgresError.self) {
                    try await Connection.connect(.init(conninfo: cluster.url(database: "nowhere")), on: reactor)
                }
            } else {
                let connection = try await Connection.connect(.init(conninfo: cluster.conninfo()), on: reactor)
                if number % 3 == 1 { await connection.close() }
            }
        }
        // Other tests open some meanwhile; a leak would be at least a hundred.
        try await eventually("the descriptors") { openDescriptors() < before + 90 }
    }
}

@Suite("The address of a database")
struct ConnectionConfigurationTests {
    @Test(
        "may be a URI or keywords, and wins over the defaults for a dead peer",
        arguments: [
            "postgresql://u@h:1/d?keepalives_idle=60", "host=h port=1 user=u dbname=d keepalives_idle=60",
        ])
    func settings(conninfo: String) throws {
        let settings = try ConnectionConfiguration(
            conninfo: conninfo, overrides: ["dbname": "other"], applicationName: "tgworker run"
        ).settings()
        #expect(settings["host"] == "h")
        #expect(settings["port"] == "1")
        #expect(settings["user"] == "u")
        #expect(settings["dbname"] == "other")
        #expect(settings["keepalives_idle"] == "60")
        #expect(settings["keepalives_interval"] == "2")
        #expect(settings["client_encoding"] == "UTF8")
        #expect(settings["fallback_application_name"] == "tgworker run")
        #expect(settings["application_name"] == nil)
        #expect(settings["password"] == nil)
    }

    @Test(
        "is refused in words, without the password in it, when it cannot be understood",
        arguments: [
            ("nonsense", #"missing "=" after "nonsense""#),
            ("host=h colour=red", #"invalid connection option "colour""#),
            ("postgresql://u:secret@[::1/d", #"looking for matching "]" in IPv6 host address in URI"#),
            ("postgresql://u:secret@[::1]x/d", "unexpected character"),
            ("postgresql://u:secret@h/d?colour=red", #"invalid URI query parameter: "colour""#),
        ])
    func unreadable(conninfo: String, words: String) {
        let error = #expect(throws: PostgresError.self) { try ConnectionConfiguration(conninfo: conninfo).settings() }
        #expect(error?.kind == .configuration)
        #expect(error?.isTransient == false)
        #expect(error?.message.hasPrefix("the database URL cannot be read: ") == true)
        #expect(error?.message.contains(words) == true)
        #expect(error?.message.contains("secret") == false)
    }
}
