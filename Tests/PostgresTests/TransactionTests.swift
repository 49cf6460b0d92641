import TestSupport
import Testing

@testable import Postgres

@Suite("A transaction", .timeLimit(.minutes(5)))
struct TransactionTests {
    private struct Unwanted: Error {}

    private func withTable<Result>(
        handlers: Connection.Handlers = .init(), _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        try await withConnection(handlers: handlers) { connection async throws in
            try await connection.script(
                "create temporary table t (n int, constraint once unique (n) deferrable initially deferred)")
            return try await body(connection)
        }
    }

    private func content(_ connection: Connection) async throws -> [Int] {
        try await connection.query("select n from t order by n").map { try $0.get("n") }
    }

    @Test("has effect when its body returns, and returns what it does")
    func commit() async throws {
        try await withTable { connection async throws in
            let count = try await connection.transaction { transaction in
                try await transaction.query("insert into t values ($1)", [.integer(1)], prepared: true)
                try await transaction.group([Statement("insert into t values (2)"), Statement("select 1")])
                try await transaction.script("insert into t values (3); insert into t values (4)")
                return try await transaction.query("select 1 from t").count
            }
            #expect(count == 4)
            #expect(try await content(connection) == [1, 2, 3, 4])
        }
    }

    @Test("has no effect when its body throws, and throws the same")
    func rollback() async throws {
        let received = Received()
        try await withTable(handlers: received.handlers) { connection async throws in
            await #expect(throws: Unwanted.self) {
                try await connection.transaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    throw Unwanted()
                }
            }
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { try await $0.query("select 1/0") }
            }
            #expect(error?.sqlState == "22012")
            #expect(try await content(connection) == [])
            #expect(received.notices.isEmpty)
        }
    }

    @Test("throws when its body swallowed an error that had undone it")
    func swallowed() async throws {
        try await withTable { connection async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    _ = try? await transaction.query("select 1/0")
                }
            }
            #expect(error?.kind == .aborted)
            #expect(try await content(connection) == [])
        }
    }

    @Test("throws the server's error when the commit fails, and has ended with that")
    func failedCommit() async throws {
        let received = Received()
        try await withTable(handlers: received.handlers) { connection async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { transaction in
                    try await transaction.query("insert into t values (1), (1)")
                }
            }
            #expect(error?.kind == .server)
            #expect(error?.sqlState == .uniqueViolation)
            // A second end would bring the warning that there is no transaction in progress.
            #expect(received.notices.isEmpty)
            #expect(try await content(connection) == [])
        }
    }

    @Test("whose commit fails does not wait for the transactions of others")
    func failedCommitAmongOthers() async throws {
        try await withTable { connection async throws in
            let (beginning, begun) = AsyncStream.makeStream(of: Void.self)
            let failing = Task {
                try await connection.transaction { transaction in
                    begun.yield()
                    try await transaction.query("insert into t values (1), (1)")
                }
            }
            for await _ in beginning { break }
            let (failed, reported) = AsyncStream.makeStream(of: Void.self)
            let other = Task {
                try await connection.transaction { transaction in
                    try await transaction.query("insert into t values (2)")
                    // Ends only when the first has reported its failure.
                    for await _ in failed { break }
                }
            }
            await #expect(throws: PostgresError.self) { try await failing.value }
            reported.yield()
            try await other.value
            #expect(try await content(connection) == [2])
        }
    }

    @Test("keeps what others do on the connection out of it")
    func isolation() async throws {
        try await withTable { connection async throws in
            var others: [Task<Void, any Error>] = []
            await #expect(throws: Unwanted.self) {
                try await connection.transaction { transaction in
                    for number in 1...20 {
                        others.append(
                            Task {
                                if number % 2 == 0 {
                                    try await connection.query("insert into t values ($1)", [.integer(number)])
                                } else {
                                    try await connection.transaction {
                                        _ = try await $0.query("insert into t values ($1)", [.integer(number)])
                                    }
                                }
                            })
                        try await transaction.query("insert into t values ($1)", [.integer(-number)])
                    }
                    #expect(try await transaction.query("select 1 from t where n > 0").isEmpty)
                    throw Unwanted()
                }
            }
            for other in others { try await other.value }
            #expect(try await content(connection) == Array(1...20))
        }
    }

    @Test("cannot be used after its end")
    func escaped() async throws {
        try await withTable { connection async throws in
            let transaction = try await connection.transaction { $0 }
            let error = await #expect(throws: PostgresError.self) {
                try await transaction.query("insert into t values (1)")
            }
            #expect(error?.kind == .aborted)
            #expect(try await content(connection) == [])
        }
    }

    @Test("is rolled back when its task is cancelled, and the connection goes on")
    func cancelled() async throws {
        let cluster = try await Cluster.shared
        try await withTable { connection async throws in
            let task = Task {
                try await connection.transaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    try await transaction.query("select pg_sleep(3600)")
                }
            }
            try await cluster.until(connection.processID, is: "active", waitingFor: "PgSleep")
            task.cancel()
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
            #expect(try await content(connection) == [])
        }
    }

    @Test("is committed although its task is cancelled when the body has returned")
    func cancelledLate() async throws {
        try await withTable { connection async throws in
            let task = Task {
                try await connection.transaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            try await task.value
            #expect(try await content(connection) == [1])
        }
    }

    @Test("fails with the connection, and does not hang", arguments: [true, false])
    func lost(inBody: Bool) async throws {
        let cluster = try await Cluster.shared
        try await withTable { connection async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { transaction in
                    try await cluster.psql("select pg_terminate_backend(\(connection.processID))")
                    if inBody { try await transaction.query("select 1") }
                }
            }
            #expect(error?.isTransient == true)
            await #expect(throws: PostgresError.self) { try await connection.transaction { _ in } }
        }
    }
}
