import Telegram
import Testing

@testable import Worker

@Suite("The verdict on an attempt", .timeLimit(.minutes(5)))
struct VerdictTests {
    private static let text = "the text for Odoo"

    func decide(
        _ outcome: SendOutcome, of message: OutboxMessage = .sample(), parts: Int = 1, hold: Bool = false,
        limits: RetryLimits = RetryLimits()
    ) -> (verdict: Verdict, flow: Verdict.Flow) {
        Verdict.decide(
            outcome, of: message, parts: parts, text: Self.text, hold: hold, limits: limits, jitter: 1)
    }

    @Test(
        "on a message that was sent ends it, with Telegram's id and the text for Odoo's history",
        arguments: [false, true])
    func sent(hold: Bool) {
        let (verdict, flow) = decide(.sent(messageID: 99, date: 1), hold: hold)
        #expect(verdict == .finish(Finished(id: 7, outcome: .sent, messageID: 99, parts: 1, text: Self.text)))
        #expect(flow == .open)
    }

    @Test(
        "on a part that was sent brings the next one, and ends with the last",
        arguments: [(0, nil, false), (1, Int64(50), false), (2, 50, true), (3, 50, true)])
    func parts(partsSent: Int, first: Int64?, isLast: Bool) {
        let (verdict, flow) = decide(
            .sent(messageID: 99, date: 1), of: .sample(attempt: 4, partsSent: partsSent, first: first), parts: 3)
        let id = first ?? 99
        #expect(
            verdict
                == (isLast
                    ? .finish(
                        Finished(id: 7, outcome: .sent, messageID: id, parts: partsSent + 1, text: Self.text))
                    : .requeue(
                        Requeued(
                            id: 7, attempt: 4, delay: .zero, partsSent: partsSent + 1, messageID: id, failures: .reset)))
        )
        #expect(flow == .open)
    }

    struct Delay: Sendable, CustomTestStringConvertible {
        var outcome: SendOutcome
        var before: Int
        var seconds: Int
        var reason: String
        var inDoubt = false
        var failures = Requeued.Failures.unchanged
        var chat: Requeued.ChatChange?
        var flow: Verdict.Flow

        var testDescription: String { "\(outcome) after \(before) failures" }
    }

    private static let delays = [
        Delay(
            outcome: .throttled(retryAfter: .seconds(17), description: "Too Many Requests: retry after 17"), before: 9,
            seconds: 17, reason: "Telegram asks to wait: Too Many Requests: retry after 17",
            chat: .pauses(10, .seconds(17)), flow: .throttled(.seconds(17))),
        Delay(
            outcome: .unauthorized(description: "Unauthorized"), before: 9, seconds: 0,
            reason: "Telegram does not accept the bot token: Unauthorized", flow: .unauthorized("Unauthorized")),
        Delay(
            outcome: .unreachable(reason: "no route"), before: 0, seconds: 1,
            reason: "Telegram was not reached: no route", failures: .another, flow: .disturbed("no route")),
        Delay(
            outcome: .unreachable(reason: "no route"), before: 3, seconds: 8,
            reason: "Telegram was not reached: no route", failures: .another, flow: .disturbed("no route")),
        Delay(
            outcome: .unknown(reason: "HTTP 502"), before: 2, seconds: 4,
            reason: "no proper answer from Telegram: HTTP 502", inDoubt: true, failures: .another,
            flow: .disturbed("HTTP 502")),
        Delay(
            outcome: .unknown(reason: "HTTP 502"), before: 39, seconds: 300,
            reason: "no proper answer from Telegram: HTTP 502", inDoubt: true, failures: .another,
            flow: .disturbed("HTTP 502")),
        Delay(
            outcome: .migrated(to: -1_001_234), before: 3, seconds: 0,
            reason: "the group has become a supergroup with the id -1001234", failures: .another,
            chat: .moves(10, to: -1_001_234), flow: .open),
        Delay(
            outcome: .cancelled(mayHaveBeenSent: false), before: 99, seconds: 0,
            reason: "the worker stopped before it was sent", flow: .untried),
        Delay(
            outcome: .cancelled(mayHaveBeenSent: true), before: 99, seconds: 0,
            reason: "the worker stopped while it waited for Telegram's answer", inDoubt: true, flow: .untried),
    ]

    @Test(
        "on a message that may be sent yet puts it back, forgets nothing of it, and backs off by failures, not attempts",
        arguments: delays)
    func delayed(delay: Delay) {
        for (partsSent, first) in [(0, nil), (2, Int64(50))] {
            let (verdict, flow) = decide(
                delay.outcome,
                of: .sample(attempt: 1000, partsSent: partsSent, first: first, failures: delay.before), parts: 3)
            #expect(
                verdict
                    == .requeue(
                        Requeued(
                            id: 7, attempt: 1000, delay: .seconds(delay.seconds), reason: delay.reason,
                            isInDoubt: delay.inDoubt, partsSent: partsSent, messageID: first,
                            failures: delay.failures, chat: delay.chat)))
            #expect(flow == delay.flow)
        }
    }

    @Test("does not depend on hold where nothing was sent for sure", arguments: delays.filter { !$0.inDoubt })
    func holdOfTheSure(delay: Delay) {
        let message = OutboxMessage.sample(failures: delay.before)
        #expect(decide(delay.outcome, of: message, hold: true) == decide(delay.outcome, of: message, hold: false))
    }

    @Test(
        "on an unknown outcome that is to be held leaves it to the operator, and counts it as a doubt",
        arguments: [(0, nil, 1), (2, Int64(50), 2)])
    func held(partsSent: Int, first: Int64?, parts: Int) {
        let question = "look whether the customer has the message"
        for (outcome, reason, expected) in [
            (
                SendOutcome.unknown(reason: "HTTP 502"), "no proper answer from Telegram: HTTP 502: \(question)",
                Verdict.Flow.disturbed("HTTP 502")
            ),
            (
                .cancelled(mayHaveBeenSent: true),
                "the worker stopped while it waited for Telegram's answer: \(question)", .untried
            ),
        ] {
            let (verdict, flow) = decide(
                outcome, of: .sample(partsSent: partsSent, first: first, failures: 99), parts: 3, hold: true)
            #expect(
                verdict
                    == .finish(
                        Finished(
                            id: 7, outcome: .unknown, reason: reason, messageID: first, parts: parts, isInDoubt: true)))
            #expect(flow == expected)
        }
    }
}

/// The two halves of a verdict compare as one.
func == (
    left: (verdict: Verdict, flow: Verdict.Flow), right: (verdict: Verdict, flow: Verdict.Flow)
) -> Bool {
    left.verdict == right.verdict && left.flow == right.flow
}
