@testable import Administration
import Installation
import Postgres
import Reactor
import TestSupport
import Testing

@Suite("Over a database", .timeLimit(.minutes(5)))
struct PlanTests {
    @Test("status costs the same however much waits and however long the ledger is: its plans end at limits")
    func plans() async throws {
        let (database, connection) = try await install()
        try await database.psql(
            """
            insert into tgworker.outbox (kind, priority, chat_id, source_id, enqueued_at)
            select 'reply', 1, n % 1000, n, now() from generate_series(1, 60000) n;
            insert into tgworker.delivery (outbox_id, kind, priority, chat_id, event, outcome, attempts, in_doubt, enqueued_at,
                finished_at)
            select n, 'reply', 1, n % 1000, '{}', 'sent', 1, 0, now(), now() - n * interval '1 second'
            from generate_series(1, 60000) n;
            analyze tgworker.outbox; analyze tgworker.delivery
            """)
        for statement in QueueStatus.statements {
            let plan = try await connection.query(
                "explain (analyze, timing off) \(statement.sql)", statement.parameters
            ).map { try $0.get("QUERY PLAN", as: String.self) }
            for line in plan where line.contains("rows=") {
                guard let actual = line.split(separator: "actual rows=").last?.prefix(while: \.isNumber),
                    line.contains("actual rows=")
                else { continue }
                #expect(Int(actual) ?? .max <= 10_001, "\(plan.joined(separator: "\n"))")
            }
        }
        let status = try await QueueStatus.read(on: connection)
        #expect(status.queue.first { $0.kind == "reply" }?.waiting == QueueStatus.limit + 1)
        #expect((3000...3600).contains(status.rates.sentLastHour))
        await connection.close()
        try await database.drop()
    }

    @Test("who holds the oldest snapshot is found, with pid, user and application")
    func horizon() async throws {
        let (database, connection) = try await install()
        let holder = try await ChildProcess.start(
            "psql", ["--no-psqlrc", "--quiet", "--tuples-only", "--dbname", database.url],
            environment: ["PGAPPNAME": "a report"],
            input: "begin isolation level repeatable read; select 'pid=' || pg_backend_pid(); select pg_sleep(600);")
        let pid = try await holder.line(containing: "pid=").split(separator: "=").last.map(String.init)
        let finder = FactFinder(
            .init(token: .success(nil), server: "http://127.0.0.1:1", schemaVersion: Migration.latest),
            database: ConnectionConfiguration(conninfo: database.url), reactor: Reactor())
        let found = try await finder.horizon(connection).first { $0.id == pid }
        #expect(found?.kind == .session && found?.user == "odoo" && found?.application == "a report")
        #expect((found?.age ?? -1) >= 0)
        await holder.kill(9)
        await connection.close()
        try await database.drop()
    }

    private func install() async throws -> (TestDatabase, Connection) {
        let database = try await DemoDatabase.create(.fixture)
        let connection = try await Connection.connect(
            ConnectionConfiguration(conninfo: database.url), on: Reactor())
        try await Installer(connection: connection, patience: .seconds(10)) { _ in }.run(.install())
        return (database, connection)
    }
}
