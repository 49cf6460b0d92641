public import Reactor

/// A few connections for work that comes in by itself and at the same time: made when needed, kept, and lent to one piece
/// of work after the other in the order of asking.
public actor ConnectionPool {
    private let configuration: ConnectionConfiguration
    private let opening: [Statement]
    private let limit: Int
    private let reactor: Reactor
    private var idle: [Connection] = []
    private var lent: [ObjectIdentifier: Connection] = [:]
    /// Connections, and those that are being made.
    private var count = 0
    /// They get a connection, or nil with the right to make one.
    private var waiting: [CheckedContinuation<Connection?, Never>] = []
    private var isClosed = false

    /// The reactor's executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    /// - Parameters:
    ///   - limit: connections at once.
    ///   - opening: run on each new connection.
    public init(
        _ configuration: ConnectionConfiguration, limit: Int, opening: [Statement] = [], on reactor: Reactor
    ) {
        self.configuration = configuration
        self.limit = limit
        self.opening = opening
        self.reactor = reactor
    }

    /// Connections that are open or being made.
    public var connections: Int { count }

    /// Lends a connection to `body`.
    ///
    /// - Throws: what `body` throws, or ``PostgresError`` when no connection can be had.
    public func withConnection<Result: Sendable>(
        _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        let connection = try await take()
        do {
            let result = try await body(connection)
            await giveBack(connection)
            return result
        } catch {
            await giveBack(connection)
            throw error
        }
    }

    /// Ends all connections. Whoever works with one gets `connectionLost`; nobody gets a new one.
    public func close() async {
        isClosed = true
        let ended = idle + lent.values
        (idle, lent) = ([], [:])
        for waiter in waiting { waiter.resume(returning: nil) }
        waiting = []
        for connection in ended { await connection.close() }
    }

    private func take() async throws -> Connection {
        let connection = try await obtain()
        guard !isClosed else {
            await connection.close()
            throw Self.closed
        }
        lent[ObjectIdentifier(connection)] = connection
        return connection
    }

    private func obtain() async throws -> Connection {
        guard !isClosed else { throw Self.closed }
        while let connection = idle.popLast() {
            if await connection.isOpen { return connection }
            count -= 1
        }
        guard count >= limit else {
            count += 1
            return try await open()
        }
        if let connection = await reactor.executor.suspend({ waiting.append($0) }) { return connection }
        guard !isClosed else { throw Self.closed }
        return try await open()
    }

    private func open() async throws -> Connection {
        do {
            let connection = try await Connection.connect(configuration, on: reactor)
            if !opening.isEmpty { try await connection.group(opening) }
            return connection
        } catch {
            pass(nil)
            throw error
        }
    }

    private func giveBack(_ connection: Connection) async {
        lent[ObjectIdentifier(connection)] = nil
        pass(await connection.isOpen ? connection : nil)
    }

    /// Hands a connection, or the place of one that is gone, to whoever has waited longest: were it laid down, somebody
    /// who asks at this moment would be quicker.
    private func pass(_ connection: Connection?) {
        if !waiting.isEmpty {
            waiting.removeFirst().resume(returning: connection)
        } else if let connection {
            idle.append(connection)
        } else {
            count -= 1
        }
    }

    private static let closed = PostgresError(.connectionLost, message: "the connections are closed")
}
