import Postgres
import Reactor
import Testing

@testable import Worker

/// A sender that a test takes step by step, over a real queue: it sends nothing, the clock of its machine is turned by hand,
/// and of what happens in the database it hears over LISTEN alone.
struct SteppedSender {
    typealias Exchange = SenderStateMachine.Exchange

    enum Step {
        case exchanged(Exchange, [OutboxMessage])
        case waits(until: ContinuousClock.Instant?)
    }

    let session: Connection
    private var machine: SenderStateMachine
    private let payloads = LockBox<[String]>([])
    private(set) var now = ContinuousClock.now
    /// Claimed and not finished.
    private(set) var underWay: [OutboxMessage] = []
    /// What it did, in order.
    private(set) var exchanges: [Exchange] = []
    /// How many statements each of them had.
    private(set) var statements: [Int] = []

    /// Listens on the session of a queue, which plans as a worker's does.
    init(_ queue: Queue, concurrency: Int) async throws {
        session = queue.session
        machine = SenderStateMachine(
            limits: SenderStateMachine.Limits(
                messagesPerSecond: 0, messagesPerChatPerSecond: 0, concurrency: concurrency), now: now)
        await session.setHandlers(
            Connection.Handlers(notification: { [payloads] heard in payloads.withLock { $0.append(heard.payload) } }))
        try await session.group(Statement.planning + [Statement("listen tgworker")])
    }

    /// Begins to send, and waits for something to happen.
    mutating func begin() async throws {
        try await session.group([OutboxStatements.park(true)])
        machine.begin()
        #expect(try await stepUntilItWaits() == nil)
    }

    /// Forgets what it did so far.
    mutating func startCounting() { (exchanges, statements) = ([], []) }

    // MARK: Hearing

    private struct Deaf: Error {}

    /// What has been announced until now, without waking the machine.
    func heard() async throws -> [String] {
        // Notifications come in the order of the commits, before the answer to a statement that is run after them; and they
        // are delivered before anybody else is served.
        try await session.query("select pg_notify('tgworker', 'marker')")
        _ = await session.isOpen
        let heard = payloads.withLock { payloads in
            defer { payloads = [] }
            return payloads
        }
        guard heard.last == "marker" else { throw Deaf() }
        return heard.dropLast()
    }

    /// Something has been heard.
    mutating func wake(byChange: Bool = false) { machine.wake(byChange: byChange) }

    /// Wakes the machine if something has been announced.
    ///
    /// - Returns: whether there was.
    @discardableResult
    mutating func listen() async throws -> Bool {
        let payloads = try await heard()
        for payload in payloads { wake(byChange: payload == "change") }
        return !payloads.isEmpty
    }

    // MARK: Doing

    /// Does what the machine wants now.
    @discardableResult
    mutating func step() async throws -> Step {
        try await step { [session] statements, _ in try await session.group(statements) }
    }

    /// Does what the machine wants now, and `beforeLook` when all of an exchange is done but its claim.
    mutating func step(beforeLook: () async throws -> Void) async throws -> Step {
        try await step { [session] statements, claim in
            guard claim != nil else { return try await session.group(statements) }
            try await session.group(Array(statements.dropLast()))
            try await beforeLook()
            return try await session.group(statements.suffix(1))
        }
    }

    private struct Endless: Error {}

    private mutating func step(
        perform: ([Statement], OutboxClaim?) async throws -> [Rows]
    ) async throws -> Step {
        // No test has so much to do.
        guard exchanges.count < 10_000 else { throw Endless() }
        let exchange: Exchange
        switch machine.next(now) {
        case .exchange(let wanted): exchange = wanted
        case .wait(let until): return .waits(until: until)
        case .finished: return .waits(until: nil)
        }
        let statements = exchange.statements(bot: 42, pause: nil, catalog: OdooCatalog())
        let rows = try await perform(statements, exchange.claim)
        var answer = OutboxClaim.Answer()
        if let claim = exchange.claim { answer = try OutboxClaim.Answer(try #require(rows.last), to: claim) }
        machine.exchanged(answer, now: now)
        exchanges.append(exchange)
        self.statements.append(statements.count)
        underWay += answer.messages
        return .exchanged(exchange, answer.messages)
    }

    /// Telegram has taken the oldest of what is under way.
    mutating func finish(_ count: Int = 1) {
        for message in underWay.prefix(count) {
            machine.attempted(
                message.id, chat: message.chatID,
                verdict: .finish(Finished(id: message.id, outcome: .sent, messageID: message.id, text: "text")),
                flow: .open, now: now, jitter: 0)
        }
        underWay.removeFirst(min(count, underWay.count))
    }

    /// Steps until the machine waits.
    ///
    /// - Returns: until when; nil is until something happens.
    @discardableResult
    mutating func stepUntilItWaits() async throws -> ContinuousClock.Instant? {
        while true { if case .waits(let until) = try await step() { return until } }
    }

    /// Steps, and Telegram takes everything at once, until the machine waits with nothing under way.
    @discardableResult
    mutating func drain() async throws -> ContinuousClock.Instant? {
        while true {
            let until = try await stepUntilItWaits()
            if underWay.isEmpty { return until }
            finish(underWay.count)
        }
    }

    /// The clock goes on to this moment.
    mutating func pass(to moment: ContinuousClock.Instant) { now = max(now, moment) }
}
