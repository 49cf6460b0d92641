import Reactor

@testable import Postgres

/// Asks a pool in a certain order: on the reactor's thread one call after the other gets there.
actor Asker {
    let reactor: Reactor
    let pool: ConnectionPool
    private(set) var order: [Int] = []
    private(set) var most = 0
    private var atOnce = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    init(_ pool: ConnectionPool, on reactor: Reactor) { (self.pool, self.reactor) = (pool, reactor) }

    /// Calls that have asked, in the order of their numbers, when the next job on this thread runs.
    func ask(_ numbers: Range<Int>, _ sql: String = "select 1") -> [Task<Int32, any Error>] {
        numbers.map { number in Task { try await self.ask(number, sql) } }
    }

    /// Asks, and once more as soon as the connection is given back.
    func askTwice(_ first: Int, _ sql: String, _ second: Int) -> Task<Int32, any Error> {
        Task {
            _ = try await ask(first, sql)
            return try await ask(second, "select 1")
        }
    }

    private func ask(_ number: Int, _ sql: String) async throws -> Int32 {
        try await pool.withConnection { @Sendable connection in
            await self.begin(number)
            do {
                try await connection.query(sql)
            } catch {
                await self.end()
                throw error
            }
            await self.end()
            return connection.processID
        }
    }

    private func begin(_ number: Int) {
        order.append(number)
        atOnce += 1
        most = max(most, atOnce)
    }

    private func end() { atOnce -= 1 }
}
