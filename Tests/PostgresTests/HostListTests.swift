import Reactor
import TestSupport
import Testing

@testable import Postgres

@Suite("Several hosts", .timeLimit(.minutes(5)))
struct HostListTests {
    @Test("are tried for the one that can be written, unless something else is said")
    func sessions() throws {
        let resolved = ["host": "a,b", "port": "1,2", "target_session_attrs": "any"]
        func attempts(_ explicit: String?) -> [HostList.Host]? {
            HostList(resolved, explicitSession: explicit)?.attempts
        }
        func both(_ session: String) -> [HostList.Host] {
            [
                ["host": "a", "port": "1", "target_session_attrs": session],
                ["host": "b", "port": "2", "target_session_attrs": session],
            ]
        }
        #expect(attempts(nil) == both("read-write"))
        #expect(attempts("any") == both("any"))
        #expect(attempts("primary") == both("primary"))
        #expect(attempts("prefer-standby") == both("standby") + both("any"))
        #expect(
            HostList(["host": "a,b", "port": "5", "target_session_attrs": "primary"], explicitSession: nil)?.attempts
                .map(\.["target_session_attrs"]) == ["primary", "primary"], "the service file says so")
    }

    @Test("are left to libpq when there is one, or when the lists do not fit together")
    func single() {
        #expect(HostList(["host": "a", "port": "1"], explicitSession: nil) == nil)
        #expect(HostList([:], explicitSession: nil) == nil)
        #expect(HostList(["host": "a,b", "port": "1,2,3"], explicitSession: nil) == nil)
        #expect(HostList(["host": "a,b", "hostaddr": "1"], explicitSession: nil) == nil)
    }

    @Test("may come from a service file, which is looked up without connecting")
    func serviceFile() async throws {
        let file = try await Command.run("mktemp", ["/tmp/tgworker-service.XXXXXX"])
        try await Command.run("tee", [file], input: "[shop]\nhost=a,b\nport=1,2\ntarget_session_attrs=primary\n")
        let options = resolvedOptions(["service": "shop", "servicefile": file])
        // libpq before 19 takes the file's name from the environment only.
        if options["host"] != nil { #expect(options["port"] == "1,2") }
        let plain = resolvedOptions(["host": "a,b", "dbname": "d"])
        #expect(plain["host"] == "a,b")
        #expect(plain["target_session_attrs"] == "any")
        try await Command.run("rm", [file])
    }

    @Test("have failed for a reason that may pass, if one of them has, and for all the reasons there are")
    func failures() {
        let down = PostgresError(.connect, message: "connection to server at \"a\" failed: Connection refused")
        let refused = PostgresError(.connect, sqlState: .invalidPassword, message: "wrong password")
        let error = HostList.failure([(["host": "a"], down), (["host": "b"], refused)])
        #expect(error.isTransient)
        #expect(error.message == "connection to server at \"a\" failed: Connection refused; b: wrong password")
        #expect(!HostList.failure([(["host": "a"], refused), (["host": "b"], refused)]).isTransient)
    }

    @Test("share the time: one that swallows packets, or accepts and says nothing, leaves some for the next")
    func shares() async throws {
        let cluster = try await Cluster.shared
        let reactor = Reactor()
        defer { reactor.shutdown() }
        let silent = try SilentServer()
        let conninfo =
            "host=127.0.0.1,127.0.0.1 port=\(silent.port),\(cluster.port) user=odoo password=odoo dbname=postgres"
        // A busy machine may be slower than an attempt's share first.
        let connection = try await eventually("a connection", timeout: .seconds(240)) {
            try? await Connection.connect(.init(conninfo: conninfo, timeout: .seconds(10)), on: reactor)
        }
        #expect(try await connection.value("select 1") == "1")
        await connection.close()
        silent.end()
    }
}
