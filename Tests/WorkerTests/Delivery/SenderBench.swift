import Testing

@testable import Worker

/// A ``SenderStateMachine`` and a clock that a scenario turns by hand.
struct SenderBench {
    var machine: SenderStateMachine
    var now = ContinuousClock.now

    init(_ limits: SenderStateMachine.Limits = SenderStateMachine.Limits()) {
        machine = SenderStateMachine(limits: limits, now: now)
    }

    /// No rates: what a scenario about something else wants.
    static var unlimited: SenderBench {
        SenderBench(SenderStateMachine.Limits(messagesPerSecond: 0, messagesPerChatPerSecond: 0))
    }

    mutating func pass(_ duration: Duration) { now += duration }

    mutating func next() -> SenderStateMachine.Action { machine.next(now) }

    /// The exchange that must come next.
    mutating func exchange() throws -> SenderStateMachine.Exchange {
        let action = next()
        guard case .exchange(let exchange) = action else { throw Unexpected(action: action) }
        return exchange
    }

    /// The claim that must come next.
    mutating func claim() throws -> OutboxClaim {
        try #require(try exchange().claim)
    }

    /// How long the machine waits; nil is for ever.
    mutating func wait() throws -> Duration? {
        let action = next()
        guard case .wait(let until) = action else { throw Unexpected(action: action) }
        return until.map { $0 - now }
    }

    mutating func answer(_ claimed: [OutboxMessage] = [], marked: Int = 0, due: Duration? = nil) {
        answer(OutboxClaim.Answer(messages: claimed, dueIn: due, marked: marked))
    }

    /// A glance that took all it saw, unless the answer says otherwise.
    mutating func answer(_ answer: OutboxClaim.Answer) {
        var answer = answer
        answer.seen = max(answer.seen, answer.messages.count)
        machine.exchanged(answer, now: now)
    }

    /// Claims these messages, whatever the machine asks for first.
    mutating func begin(_ claimed: [OutboxMessage]) throws {
        _ = try claim()
        answer(claimed)
    }

    mutating func end(_ message: OutboxMessage, flow: Verdict.Flow = .open) {
        let verdict: Verdict =
            switch flow {
            case .open, .untried: .finish(Finished(id: message.id, outcome: .sent, messageID: 1))
            case .throttled(let pause): .requeue(Self.requeued(message, after: pause))
            case .disturbed, .unauthorized: .requeue(Self.requeued(message, after: .seconds(300)))
            }
        machine.attempted(message.id, chat: message.chatID, verdict: verdict, flow: flow, now: now, jitter: 1)
    }

    static func requeued(_ message: OutboxMessage, after delay: Duration) -> Requeued {
        Requeued(
            id: message.id, attempt: message.attempt, delay: delay, partsSent: message.partsSent,
            messageID: message.firstMessageID)
    }

    static func messages(_ ids: ClosedRange<Int64>, priority: Int = 2) -> [OutboxMessage] {
        ids.map { .sample($0, priority: priority, chat: $0) }
    }

    struct Unexpected: Error {
        let action: SenderStateMachine.Action
    }
}
