import Telegram
import Testing

@testable import Worker

/// When a message is given up.
extension VerdictTests {
    struct Limit: Sendable {
        var failures: Int
        var hours: Double
        var limits = RetryLimits()
        /// nil: it is tried again.
        var words: String?
    }

    @Test(
        "gives a message up after so many failures in so many hours",
        arguments: [
            Limit(failures: 98, hours: 23.9),
            Limit(failures: 99, hours: 0.01, words: "100 attempts in 36 s"),
            Limit(failures: 99, hours: 9.6, words: "100 attempts in 9 h"),
            Limit(failures: 1, hours: 24, words: "2 attempts in 24 h"),
            Limit(failures: 0, hours: 0, limits: RetryLimits(attempts: 1), words: "1 attempt in 0 s"),
            Limit(failures: 2, hours: 0.5, limits: RetryLimits(attempts: 3, hours: 1), words: "3 attempts in 30 min"),
            Limit(failures: 100_000, hours: 23, limits: RetryLimits(attempts: 0)),
            Limit(failures: 100_000, hours: 24, limits: RetryLimits(attempts: 0), words: "100001 attempts in 24 h"),
            Limit(failures: 98, hours: 1000, limits: RetryLimits(hours: 0)),
            Limit(failures: 99, hours: 1000, limits: RetryLimits(hours: 0), words: "100 attempts in 1000 h"),
            Limit(failures: 100_000, hours: 1000, limits: RetryLimits(attempts: 0, hours: 0)),
        ])
    func limits(limit: Limit) {
        func decide(_ outcome: SendOutcome, inDoubt: Int) -> (verdict: Verdict, flow: Verdict.Flow) {
            self.decide(
                outcome,
                of: .sample(
                    partsSent: 2, first: 50, failures: limit.failures, failingFor: .seconds(limit.hours * 3600),
                    inDoubt: inDoubt),
                parts: 3, limits: limit.limits)
        }
        for (outcome, inDoubt, cause, mayHaveIt) in [
            (SendOutcome.unreachable(reason: "no route"), 0, "Telegram was not reached: no route", false),
            (.unreachable(reason: "no route"), 1, "Telegram was not reached: no route", true),
            (.unknown(reason: "HTTP 502"), 0, "no proper answer from Telegram: HTTP 502", true),
        ] {
            let (verdict, flow) = decide(outcome, inDoubt: inDoubt)
            guard case .disturbed = flow else {
                Issue.record("\(flow)")
                continue
            }
            guard let words = limit.words else {
                guard case .requeue(let requeued) = verdict else {
                    Issue.record("\(verdict)")
                    continue
                }
                #expect(requeued.failures == .another)
                continue
            }
            let reason = "gave up after \(words): \(cause)\(mayHaveIt ? "; the customer may have the message" : "")"
            let isInDoubt = outcome == .unknown(reason: "HTTP 502")
            #expect(
                verdict
                    == .finish(
                        Finished(
                            id: 7, outcome: .failed, reason: reason, messageID: 50, parts: 2, isInDoubt: isInDoubt)))
        }
    }

    @Test(
        "is never that a message is given up because of a pause, the token, or the worker's own end",
        arguments: [
            SendOutcome.throttled(retryAfter: .seconds(5), description: "429"), .unauthorized(description: "401"),
            .cancelled(mayHaveBeenSent: false), .cancelled(mayHaveBeenSent: true),
        ])
    func unlimited(outcome: SendOutcome) {
        let message = OutboxMessage.sample(failures: 1_000_000, failingFor: .seconds(1_000_000))
        guard case .requeue(let requeued) = decide(outcome, of: message).verdict else {
            Issue.record("given up")
            return
        }
        #expect(requeued.failures == .unchanged)
    }

    @Test("on a message that has failed too often is not to try it again: it may be what ends its senders")
    func spent() {
        let limits = RetryLimits(attempts: 5)
        #expect(Verdict.spent(.sample(failures: 4, failingFor: .seconds(1_000_000)), limits: limits) == nil)
        #expect(Verdict.spent(.sample(failures: 1000), limits: RetryLimits(attempts: 0)) == nil)
        let message = OutboxMessage.sample(
            failures: 5, failingFor: .seconds(65), inDoubt: 5, lastError: "the worker stopped while it was sending")
        #expect(
            Verdict.spent(message, limits: limits)
                == .finish(
                    Finished(
                        id: 7, outcome: .failed,
                        reason:
                            "gave up after 5 attempts in 65 s: the worker stopped while it was sending; the customer may have the message"
                    )))
    }
}
