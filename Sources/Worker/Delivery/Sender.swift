import Postgres
import Reactor
import Telegram

/// Performs what ``SenderStateMachine`` decides: claims messages, sends them, records what became of them.
///
/// Outlives a broken session: what was under way then is recorded on the next one.
actor Sender {
    /// How ``run(on:catalog:)`` ended.
    enum End: Sendable, Equatable {
        case drained
        /// Drained because Telegram does not accept the token; the reason.
        case rejected(String)
        case disconnected(PostgresError)
    }

    private let reactor: Reactor
    private let api: BotAPI
    private let events: @Sendable (WorkerEvent) -> Void
    private var machine: SenderStateMachine
    private var catalog = OdooCatalog()
    private var connection: Connection?
    private var ended: CheckedContinuation<End, Never>?
    private var timer: Reactor.Token?
    private var attempts: [Int64: Task<Void, Never>] = [:]
    private var announcedPause: ContinuousClock.Instant?
    private var rejection: String?

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    init(
        reactor: Reactor, api: BotAPI, limits: SenderStateMachine.Limits,
        events: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.reactor = reactor
        self.api = api
        self.events = events
        machine = SenderStateMachine(limits: limits, now: .now)
    }

    // MARK: Life

    /// Sends until it is drained or the session breaks. The session must hold the sender's lock and LISTEN.
    ///
    /// - Throws: when the attempts of an earlier sender cannot be judged.
    func run(on connection: Connection, catalog: OdooCatalog) async throws -> End {
        self.catalog = catalog
        let recovered = try await connection.group([
            OutboxStatements.recover(mine: machine.known, hold: catalog.holdsUnknown),
            ChatStatements.pauses(bot: api.token.botID),
            OutboxStatements.noticeCrash(hold: catalog.holdsUnknown),
            OutboxStatements.park(true),
        ])
        if recovered[0].affected > 0 {
            events(.recovered(count: recovered[0].affected, held: catalog.holdsUnknown))
        }
        for pause in recovered[1] {
            let microseconds: Int64 = try pause.get("microseconds")
            machine.pause(try pause.find("chat_id"), until: .now + .microseconds(microseconds))
        }
        machine.begin()
        return await withCheckedContinuation { continuation in
            self.connection = connection
            ended = continuation
            step()
        }
    }

    /// The queue may hold something new.
    func wake(byChange: Bool = false) {
        machine.wake(byChange: byChange)
        step()
    }

    /// The whole queue is to be looked at, what was taken for done with as well.
    func lookAround() {
        machine.lookAround()
        step()
    }

    /// Currencies, languages or settings have changed.
    func use(_ catalog: OdooCatalog) {
        self.catalog = catalog
    }

    /// Claims nothing more; ``run(on:catalog:)`` returns when what is under way is recorded.
    func drain() {
        machine.drain()
        step()
    }

    /// Telegram does not accept the token, whoever has learned it: claims nothing more, and ``run(on:catalog:)`` says so.
    func reject(_ reason: String) {
        guard rejection == nil else { return }
        rejection = reason
        events(.tokenRejected(reason: reason))
        drain()
    }

    /// Ends the requests under way; they are recorded for what they are then.
    func abandon() {
        for attempt in attempts.values { attempt.cancel() }
    }

    /// The session is gone: nothing new is sent.
    func disconnected(_ error: PostgresError) {
        end(.disconnected(error))
    }

    /// Whether the last survey found the queue empty, and nothing has been claimed since.
    var foundNothing: Bool { machine.foundNothing }

    /// How many requests are under way.
    var inFlight: Int { attempts.count }

    private func end(_ end: End) {
        connection = nil
        stopTimer()
        ended?.resume(returning: end)
        ended = nil
    }

    // MARK: Steps

    private func step() {
        guard let connection else { return }
        stopTimer()
        switch machine.next(.now) {
        case .exchange(let exchange):
            Task { await perform(exchange, on: connection) }
        case .wait(let until):
            announcePause()
            guard let until else { break }
            timer = reactor.assumeIsolated { reactor in
                reactor.schedule(after: until - .now) { [weak self] in
                    self?.assumeIsolated { $0.step() }
                }
            }
        case .finished:
            end(rejection.map { .rejected($0) } ?? .drained)
        }
    }

    private func stopTimer() {
        guard let timer else { return }
        reactor.assumeIsolated { $0.cancelTimer(timer) }
        self.timer = nil
    }

    private func announcePause() {
        guard let until = machine.pausedUntil else {
            if announcedPause != nil { events(.resumed) }
            announcedPause = nil
            return
        }
        // What was under way together is answered together: that is one pause.
        if let announced = announcedPause, until - announced < .seconds(1) { return }
        let reason = until == machine.throttledUntil ? "Telegram asks to wait" : "Telegram cannot be used now"
        events(.paused(reason: reason, until: until - .now))
        announcedPause = until
    }

    // MARK: The database

    private func perform(_ exchange: SenderStateMachine.Exchange, on connection: Connection) async {
        do {
            let claimed = try await converse(exchange, on: connection)
            for message in claimed { begin(message) }
        } catch {
            machine.exchangeFailed()
            if await connection.isOpen {
                // The server refuses the statement, so trying again at once is of no use: start over.
                await connection.close()
            }
            let reason = error as? PostgresError ?? PostgresError(.unexpectedResult, message: "\(error)")
            if self.connection === connection { end(.disconnected(reason)) }
        }
        step()
    }

    private func converse(
        _ exchange: SenderStateMachine.Exchange, on connection: Connection
    ) async throws -> [OutboxMessage] {
        let statements = exchange.statements(
            bot: api.token.botID, pause: machine.throttledUntil.map { $0 - .now }, catalog: catalog)
        let answers = try await connection.group(statements)
        var answer = OutboxClaim.Answer()
        if let claim = exchange.claim, let rows = answers.last {
            answer = try OutboxClaim.Answer(rows, to: claim)
        }
        machine.exchanged(answer, now: .now)
        return answer.messages
    }

    // MARK: Telegram

    private func begin(_ message: OutboxMessage) {
        attempts[message.id] = Task { await attempt(message) }
    }

    private func attempt(_ message: OutboxMessage) async {
        guard await mayBegin() else { return conclude(message, .requeue(Requeued(unsent: message)), flow: .untried) }
        let text: DeliveryText
        switch DeliveryText.prepare(message, catalog: catalog) {
        case .text(let prepared):
            if let spent = Verdict.spent(message, limits: catalog.retryLimits) {
                return conclude(message, spent, flow: .untried)
            }
            text = prepared
        case .nothing(let outcome, let reason):
            let finished = Finished(
                id: message.id, outcome: outcome, reason: reason, messageID: message.firstMessageID,
                parts: max(1, message.partsSent))
            return conclude(message, .finish(finished), flow: .untried)
        }
        let waited = WallClock.since(message.enqueuedAt)
        let began = ContinuousClock.now
        var outcome = await api.sendMessage(text.message)
        if case .refused(let refusal) = outcome, refusal.reason == .badEntities, let plain = text.plainMessage {
            guard await mayBegin() else {
                return conclude(message, .requeue(Requeued(unsent: message)), flow: .untried)
            }
            events(.sentPlain(outboxID: message.id, reason: refusal.description))
            outcome = await api.sendMessage(plain)
        }
        let (verdict, flow) = Verdict.decide(
            outcome, of: message, parts: text.parts, text: text.text, hold: catalog.holdsUnknown,
            limits: catalog.retryLimits)
        if case .sent = outcome {
            events(
                .sent(
                    outboxID: message.id, kind: message.kind, attempt: message.attempt, waited: waited,
                    took: .now - began))
        }
        conclude(message, verdict, flow: flow)
    }

    /// Whether the session is there, by which this instance is the sender: without it, another may be by now.
    private func mayBegin() async -> Bool {
        await connection?.isOpen ?? false
    }

    private func conclude(_ message: OutboxMessage, _ verdict: Verdict, flow: Verdict.Flow) {
        attempts[message.id] = nil
        switch verdict {
        case .finish(let finished) where finished.outcome != .sent:
            events(

                .gaveUp(
                    outboxID: message.id, kind: message.kind, outcome: finished.outcome.rawValue,
                    reason: finished.reason ?? ""))
        case .requeue(let requeued):
            if case .moves(let chat, let newChat) = requeued.chat {
                events(.chatMoved(from: chat, to: newChat))
            } else if let reason = requeued.reason {
                events(
                    .postponed(
                        outboxID: message.id, kind: message.kind, attempt: message.attempt, reason: reason,
                        retryAfter: requeued.delay,
                        inDoubt: requeued.isInDoubt))
            }
        case .finish: break
        }
        machine.attempted(
            message.id, chat: message.chatID, verdict: verdict, flow: flow, now: .now,
            jitter: .random(in: 0...1))
        if case .unauthorized(let reason) = flow { reject(reason) }
        step()
    }
}
