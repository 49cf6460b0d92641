import Telegram
import TestSupport

@testable import Worker

/// What one simulation is like; drawn from its seed.
struct SimulatedWorld: Sendable {
    struct Arrival: Sendable {
        let after: Duration
        let lane: SimulatedQueue.Lane
        let parts: Int
        /// How long its transaction stays open after it.
        let open: Duration
    }

    /// A time in which Telegram is not reached.
    struct Outage: Sendable {
        let from: Duration
        let to: Duration
        let answersMayGetLost: Bool
    }

    let limits: SenderStateMachine.Limits
    let arrivals: [Arrival]
    /// Whether urgent messages come faster than they may be sent, so that there are always some.
    let isFlood: Bool
    let outages: [Outage]
    /// Probability that an attempt goes wrong.
    let trouble: Double
    /// Probability that an exchange with the database goes wrong.
    let databaseTrouble: Double
    /// Moments at which the session breaks.
    let losses: [Duration]
    /// Moments at which the sender is drained and another one takes its place.
    let drains: [Duration]
    /// Whether another instance may send while this one has no session.
    let hasRival: Bool
    let hold: Bool
    let latency: ClosedRange<Double>
    /// From then on nothing goes wrong any more.
    let calm = Duration.seconds(60)

    init(using random: inout SeededGenerator) {
        isFlood = random.happens(0.01)
        limits = SenderStateMachine.Limits(
            messagesPerSecond: isFlood ? random.pick(5, 30) : random.pick(0, 2, 30, 1000),
            messagesPerChatPerSecond: isFlood ? random.pick(0, 1) : random.pick(0, 0.5, 1, 20),
            concurrency: isFlood ? random.pick(1, 2, 5) : random.pick(1, 2, 5, 64))
        let chats = isFlood ? 60 : Int64.random(in: 1...12, using: &random)
        let count = isFlood ? 250 : Int.random(in: 1...(random.pick(8, 30, 90)), using: &random)
        let span =
            isFlood ? Double(count) * 500 / limits.messagesPerSecond : random.pick(0.0, 100, 5000, 40_000)
        let isFlood = isFlood
        // What is committed late has waited longest, and goes before those that an observer of a flood counts.
        let late = isFlood ? 0 : random.pick(0.0, 0, 0.1, 0.5)
        arrivals = (0..<count).map { _ in
            Arrival(
                after: random.milliseconds(0...span),
                lane: SimulatedQueue.Lane(
                    chat: .random(in: 1...chats, using: &random),
                    priority: isFlood && !random.happens(0.02) ? random.pick(0, 1) : .random(in: 0...2, using: &random)),
                parts: random.happens(0.1) ? 3 : 1,
                open: random.happens(late) ? random.milliseconds(0...(random.pick(10, 1000, 20_000))) : .zero)
        }.sorted { $0.after < $1.after }
        outages = (0..<(random.happens(0.3) ? 2 : 0)).map { _ in
            let from = random.milliseconds(0...20_000)
            return Outage(
                from: from, to: from + random.milliseconds(0...20_000), answersMayGetLost: random.happens(0.5))
        }
        trouble = random.pick(0, 0, 0.05, 0.4)
        databaseTrouble = random.pick(0, 0, 0.05, 0.2)
        losses = (0..<(random.happens(0.3) ? 3 : 0)).map { _ in random.milliseconds(0...30_000) }
        drains = (0..<(random.happens(0.3) ? 2 : 0)).map { _ in random.milliseconds(0...30_000) }
        hasRival = random.happens(0.2)
        hold = random.happens(0.3)
        latency = random.happens(0.2) ? 5...5000 : 5...150
    }

    /// Whether Telegram takes everything.
    var isSmooth: Bool { trouble == 0 && outages.isEmpty }

    /// What becomes of an attempt, and whether the customer has the message then.
    func outcome(
        of chat: Int64, at time: Duration, using random: inout SeededGenerator
    ) -> (outcome: SendOutcome, isDelivered: Bool) {
        let sent = (SendOutcome.sent(messageID: .random(in: 1...1_000_000, using: &random), date: 0), true)
        guard time < calm else { return sent }
        if let outage = outages.first(where: { $0.from <= time && time < $0.to }) {
            guard outage.answersMayGetLost else { return (.unreachable(reason: "outage"), false) }
            return (.unknown(reason: "outage"), random.happens(0.5))
        }
        guard random.happens(trouble) else { return sent }
        switch Int.random(in: 0...6, using: &random) {
        case 0, 1:
            let pause = Duration.seconds(Int.random(in: 1...20, using: &random))
            return (.throttled(retryAfter: pause, description: "Too Many Requests"), false)
        case 2: return (.unknown(reason: "timeout"), random.happens(0.5))
        case 3: return (.unreachable(reason: "reset"), false)
        case 4: return (.refused(Refusal(errorCode: 403, description: "Forbidden: bot was blocked by the user")), false)
        case 5: return chat > 0 ? (.migrated(to: -chat), false) : sent
        default: return (.unauthorized(description: "Unauthorized"), false)
        }
    }
}
