import Reactor
import TestSupport
import Testing

@testable import Postgres

@Suite("A pool of connections", .timeLimit(.minutes(5)))
struct ConnectionPoolTests {
    private struct Failure: Error {}

    /// Makes a pool and closes it after `body`.
    private func withPool<Result>(
        _ conninfo: String? = nil, limit: Int, opening: [Statement] = [],
        isolation: isolated (any Actor)? = #isolation, _ body: (ConnectionPool, Reactor) async throws -> Result
    ) async throws -> Result {
        let reactor = Reactor()
        defer { reactor.shutdown() }
        let conninfo = if let conninfo { conninfo } else { try await Cluster.shared.conninfo() }
        let pool = ConnectionPool(.init(conninfo: conninfo), limit: limit, opening: opening, on: reactor)
        do {
            let result = try await body(pool, reactor)
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }

    private func processID(_ pool: ConnectionPool) async throws -> Int32 {
        try await pool.withConnection { $0.processID }
    }

    // MARK: Lending

    @Test("lends the same connection again when it is free", arguments: [1, 4])
    func reuse(limit: Int) async throws {
        try await withPool(limit: limit) { pool, _ in
            let first = try await processID(pool)
            for _ in 0..<20 { #expect(try await processID(pool) == first) }
            // While it is lent there is another, where there may be.
            guard limit > 1 else { return }
            let second = try await pool.withConnection { [self] connection in
                #expect(connection.processID == first)
                return try await processID(pool)
            }
            #expect(second != first)
        }
    }

    @Test("has as many connections as it may, and no more, however many ask", arguments: [1, 2, 4])
    func limit(limit: Int) async throws {
        try await withPool(limit: limit) { pool, reactor in
            let asker = Asker(pool, on: reactor)
            var processIDs: Set<Int32> = []
            try await withGate(limit) { gate, open in
                let tasks = await asker.ask(0..<20, gate)
                try await eventually("\(limit) to be at work") {
                    try await open.value(Self.atGate(limit)) == "\(limit)"
                }
                #expect(await asker.order.sorted() == Array(0..<limit))
                try await open.query("select pg_advisory_unlock_all()")
                for task in tasks { processIDs.insert(try await task.value) }
            }
            #expect(processIDs.count == limit)
            #expect(await asker.most == limit)
            #expect(await asker.order.sorted() == Array(0..<20))
        }
    }

    @Test("lets those who wait have a connection in the order of asking, and nobody overtake them")
    func order() async throws {
        try await withPool(limit: 1) { pool, reactor in
            let asker = Asker(pool, on: reactor)
            try await withGate(5) { gate, open in
                let first = await asker.askTwice(0, gate, 20)
                try await eventually("the first to be at work") { try await open.value(Self.atGate(5)) == "1" }
                let others = await asker.ask(1..<20)
                #expect(await asker.order == [0])
                try await open.query("select pg_advisory_unlock_all()")
                for task in [first] + others { _ = try await task.value }
            }
            #expect(await asker.order == Array(0...20))
        }
    }

    /// Calls `body` with a statement that ends when the connection beside it has given its locks up.
    private func withGate(_ key: Int, _ body: (String, Connection) async throws -> Void) async throws {
        try await withConnection { holder async throws in
            try await holder.query("select pg_advisory_lock(4711, \(key))")
            try await body(
                "select pg_advisory_lock_shared(4711, \(key)), pg_advisory_unlock_shared(4711, \(key))", holder)
        }
    }

    private static func atGate(_ key: Int) -> String {
        """
        select count(*) from pg_locks
        where locktype = 'advisory' and classid = 4711 and objid = \(key) and objsubid = 2 and not granted
        """
    }

    @Test("takes a connection back from work that fails")
    func failure() async throws {
        try await withPool(limit: 1) { pool, _ in
            let first = try await processID(pool)
            for _ in 0..<3 {
                await #expect(throws: Failure.self) { try await pool.withConnection { _ in throw Failure() } }
                let error = await #expect(throws: PostgresError.self) {
                    try await pool.withConnection { try await $0.query("select 1 / 0") }
                }
                #expect(error?.sqlState == "22012")
                #expect(try await processID(pool) == first)
            }
        }
    }

    // MARK: Making and losing

    @Test("runs its opening statements on each new connection, and not again")
    func opening() async throws {
        let opening = [
            Statement("set lock_timeout = '4711ms'"), Statement("create temporary table opened as select 1 as n"),
        ]
        try await withPool(limit: 2, opening: opening) { pool, _ in
            func state(_ connection: Connection) async throws -> [String?] {
                [
                    try await connection.value("show lock_timeout"),
                    try await connection.value("select count(*) from opened"),
                ]
            }
            try await pool.withConnection { first async throws in
                #expect(try await state(first) == ["4711ms", "1"])
                try await pool.withConnection { second async throws in
                    #expect(second.processID != first.processID)
                    #expect(try await state(second) == ["4711ms", "1"])
                }
            }
            let again = try await pool.withConnection { try await state($0) }
            #expect(again == ["4711ms", "1"])
        }
    }

    @Test("lends no connection whose opening statements failed, and has its place free again")
    func failedOpening() async throws {
        try await withPool(limit: 1, opening: [Statement("set lock_timeout = 'x'")]) { pool, _ in
            for _ in 0..<3 {
                let error = await #expect(throws: PostgresError.self) { try await processID(pool) }
                #expect(error?.sqlState == "22023")
            }
        }
    }

    @Test("replaces a connection that broke while nobody had it")
    func brokenIdle() async throws {
        try await withPool(limit: 1) { pool, _ in
            let connection = try await pool.withConnection { $0 }
            try await Cluster.shared.psql("select pg_terminate_backend(\(connection.processID))")
            try await eventually("the loss") { await !connection.isOpen }
            let second = try await processID(pool)
            #expect(second != connection.processID)
            #expect(try await processID(pool) == second)
        }
    }

    @Test("replaces a connection that broke at work, for those who wait as well")
    func brokenAtWork() async throws {
        try await withPool(limit: 1) { pool, reactor in
            let asker = Asker(pool, on: reactor)
            let first = try await processID(pool)
            let work = await asker.ask(0..<1, "select pg_sleep(3600)")[0]
            try await Cluster.shared.until(first, is: "active", waitingFor: "PgSleep")
            let others = await asker.ask(1..<4)
            try await Cluster.shared.psql("select pg_terminate_backend(\(first))")
            let error = await #expect(throws: PostgresError.self) { try await work.value }
            #expect(error?.isTransient == true)
            var processIDs: Set<Int32> = []
            for task in others { processIDs.insert(try await task.value) }
            #expect(processIDs.count == 1)
            #expect(!processIDs.contains(first))
            #expect(await asker.order == [0, 1, 2, 3])
        }
    }

    @Test("says so when no connection can be made, to all who wait, and has the place free again", arguments: [1, 3])
    func refused(limit: Int) async throws {
        let nowhere = try await Cluster.shared.conninfo(database: "nowhere")
        try await withPool(nowhere, limit: limit) { pool, reactor in
            let asker = Asker(pool, on: reactor)
            for _ in 0..<3 {
                for task in await asker.ask(0..<5) {
                    let error = await #expect(throws: PostgresError.self) { try await task.value }
                    #expect(error?.kind == .connect)
                    #expect(error?.sqlState == .invalidCatalogName)
                }
            }
            #expect(await asker.order == [])
        }
    }

    @Test("goes on when the database is there again")
    func recovery() async throws {
        let cluster = try await Cluster.shared
        let name = "pool_recovery"
        try await withPool(cluster.conninfo(database: name), limit: 1) { pool, _ in
            await #expect(throws: PostgresError.self) { try await processID(pool) }
            try await cluster.psql("create database \(name)")
            let first = try await processID(pool)
            #expect(try await processID(pool) == first)
        }
    }

    // MARK: Closing

    @Test("ends all its connections when it is closed, and refuses whoever waits and whoever comes")
    func close() async throws {
        try await withPool(limit: 2) { pool, reactor in
            let asker = Asker(pool, on: reactor)
            let (idle, atWork) = try await pool.withConnection { idle in
                (idle, try await pool.withConnection { $0 })
            }
            let work = await asker.ask(0..<2, "select pg_sleep(3600)")
            for connection in [idle, atWork] {
                try await Cluster.shared.until(connection.processID, is: "active", waitingFor: "PgSleep")
            }
            let waiting = await asker.ask(2..<5)
            await pool.close()
            for task in work + waiting {
                let error = await #expect(throws: PostgresError.self) { try await task.value }
                #expect(error?.kind == .connectionLost)
            }
            #expect(await asker.order == [0, 1])
            for connection in [idle, atWork] { #expect(await !connection.isOpen) }
            for _ in 0..<2 {
                let error = await #expect(throws: PostgresError.self) { try await processID(pool) }
                #expect(error?.kind == .connectionLost)
                await pool.close()
            }
        }
    }

    @Test("ends a connection that nobody has when it is closed")
    func closeIdle() async throws {
        try await withPool(limit: 2) { pool, _ in
            let connection = try await pool.withConnection { $0 }
            #expect(await connection.isOpen)
            await pool.close()
            #expect(await !connection.isOpen)
        }
    }

    @Test("lends no connection that was being made when it was closed")
    func closeWhileConnecting() async throws {
        try await withGate(6) { gate, open in
            try await withPool(limit: 1, opening: [Statement(gate)]) { pool, reactor in
                let asker = Asker(pool, on: reactor)
                let tasks = await asker.ask(0..<3)
                try await eventually("the opening statement") { try await open.value(Self.atGate(6)) == "1" }
                await pool.close()
                try await open.query("select pg_advisory_unlock_all()")
                for task in tasks {
                    let error = await #expect(throws: PostgresError.self) { try await task.value }
                    #expect(error?.kind == .connectionLost)
                }
                #expect(await asker.order == [])
            }
        }
    }
}
