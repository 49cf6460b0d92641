import Installation
import Postgres
import Reactor
import TestSupport

@testable import Worker

/// The queue of a fresh database, and a sender of it that sends nothing: what it claims stays under way.
struct Queue {
    let database: TestDatabase
    /// The sender's session.
    let session: Connection
    var machine: SenderStateMachine

    private static let reactor = Reactor()

    /// - Parameters:
    ///   - concurrency: how many may be under way.
    ///   - cluster: where; without it in ``Cluster/shared``.
    static func open(concurrency: Int = 1000, in cluster: Cluster? = nil) async throws -> Queue {
        let database = try await DemoDatabase.create(.fixture, in: cluster)
        let session = try await connect(database)
        try await Installer(connection: session, patience: .seconds(30)) { _ in }.run(.install())
        try await session.script("set jit = off")
        return Queue(
            database: database, session: session,
            machine: SenderStateMachine(
                limits: SenderStateMachine.Limits(
                    messagesPerSecond: 0, messagesPerChatPerSecond: 0, concurrency: concurrency),
                now: .now))
    }

    private static func connect(_ database: TestDatabase) async throws -> Connection {
        try await Connection.connect(ConnectionConfiguration(conninfo: database.conninfo), on: reactor)
    }

    /// Somebody else's session.
    func connect() async throws -> Connection { try await Self.connect(database) }

    func close() async throws {
        await session.close()
        try await database.drop()
    }

    /// So many messages in each of these chats, the first of every chat before the second of any.
    func fill(chats: ClosedRange<Int>, each count: Int = 1, priority: Int = 2) async throws {
        try await session.query(
            """
            insert into tgworker.outbox (kind, priority, chat_id)
            select 'reply', \(priority), c from generate_series(1, \(count)) n,
                generate_series(\(chats.lowerBound), \(chats.upperBound)) c
            """)
    }

    /// What the sender claims when it is told that there may be something: the claim and the chats it gets.
    mutating func claim() async throws -> (claim: OutboxClaim, chats: [Int64]) {
        machine.wake()
        return try await next()
    }

    /// The sender wants nothing of the queue.
    struct Idle: Error {}

    /// The sender's next claim, as the machine wants it.
    mutating func next() async throws -> (claim: OutboxClaim, chats: [Int64]) {
        guard case .exchange(let exchange) = machine.next(.now), let claim = exchange.claim else {
            throw Idle()
        }
        let answer = try await run(claim)
        machine.exchanged(answer, now: .now)
        return (claim, answer.messages.map(\.chatID))
    }

    @discardableResult
    func run(_ claim: OutboxClaim) async throws -> OutboxClaim.Answer {
        try OutboxClaim.Answer(try await session.group([Self.statement(claim)])[0], to: claim)
    }

    static func statement(_ claim: OutboxClaim) -> Statement {
        OutboxStatements.claim(claim, defaultTimeZone: "UTC", bot: 42)
    }
}
