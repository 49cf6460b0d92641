import Telegram
import Testing

@testable import Worker

@Suite("The verdict on an attempt", .timeLimit(.minutes(5)))
struct VerdictTests {
    private static let text = "the text for Odoo"

    private func decide(
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

    // MARK: Limits

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

    @Test(
        "on a refusal says why in an operator's words",
        arguments: [
            (403, "Forbidden: bot was blocked by the user", "the customer has blocked the bot"),
            (403, "Forbidden: user is deactivated", "the customer's Telegram account is deleted"),
            (
                400, "Bad Request: chat not found",
                "Telegram knows no such chat: the customer has never written to the bot, or the id is wrong"
            ),
            (
                403, "Forbidden: bot can't initiate conversation with a user",
                "the customer has never written to the bot, and a bot may not write first"
            ),
            (403, "Forbidden: bot was kicked from the group chat", "the bot is no longer in this chat"),
            (
                400, "Bad Request: can't parse entities: unexpected end tag at byte offset 5",
                "Telegram refuses the message: Bad Request: can't parse entities: unexpected end tag at byte offset 5"
            ),
            (400, "Bad Request: message text is empty", "the message has no text"),
            (400, "Bad Request: message to be replied not found", "the message that this one answers is gone"),
            (400, "Bad Request: message is too long", "Telegram refuses the message: Bad Request: message is too long"),
            (418, "I'm a teapot", "Telegram refuses the message: I'm a teapot"),
        ])
    func refused(code: Int, description: String, reason: String) {
        let refusal = Refusal(errorCode: code, description: description)
        for hold in [false, true] {
            let (verdict, flow) = decide(
                .refused(refusal), of: .sample(partsSent: 2, first: 50), parts: 3, hold: hold)
            #expect(
                verdict
                    == .finish(
                        Finished(
                            id: 7, outcome: .failed, reason: reason, messageID: 50, parts: 2,
                            chat: refusal.closesChat ? ChatState(chatID: 10, reason: reason) : nil)))
            #expect(flow == .open)
        }
    }

    private func chat(_ outcome: SendOutcome, wasBlocked: Bool, partsSent: Int = 0, parts: Int = 1) -> ChatState? {
        let message = OutboxMessage.sample(
            partsSent: partsSent, first: partsSent == 0 ? nil : 50, isChatBlocked: wasBlocked)
        guard case .finish(let finished) = decide(outcome, of: message, parts: parts, hold: true).verdict else {
            return nil
        }
        return finished.chat
    }

    @Test(
        "on a refusal that holds for the chat closes it, whether or not it was known",
        arguments: [
            (403, "Forbidden: bot was blocked by the user", "the customer has blocked the bot"),
            (403, "Forbidden: user is deactivated", "the customer's Telegram account is deleted"),
        ])
    func closes(code: Int, description: String, reason: String) {
        let refusal = SendOutcome.refused(Refusal(errorCode: code, description: description))
        for wasBlocked in [false, true] {
            #expect(chat(refusal, wasBlocked: wasBlocked) == ChatState(chatID: 10, reason: reason))
        }
    }

    @Test("on a success opens a chat that was closed, and has no news of one that was open")
    func reopens() {
        let sent = SendOutcome.sent(messageID: 99, date: 1)
        #expect(chat(sent, wasBlocked: true) == ChatState(chatID: 10, reason: nil))
        #expect(chat(sent, wasBlocked: false) == nil)
        #expect(chat(sent, wasBlocked: true, partsSent: 1, parts: 2) == ChatState(chatID: 10, reason: nil))
    }

    @Test("on anything else has no news of the chat")
    func noNews() {
        let refusal = Refusal(errorCode: 400, description: "Bad Request: message is too long")
        for outcome in [SendOutcome.refused(refusal), .unknown(reason: "HTTP 502"), .migrated(to: 0)] {
            #expect(chat(outcome, wasBlocked: true) == nil)
        }
    }

    @Test("on a move that leads nowhere, or round in circles, ends the message", arguments: [0, Int64(10)])
    func migratedNowhere(chat: Int64) {
        let (verdict, flow) = decide(.migrated(to: chat))
        let reason = "the group has become a supergroup, and Telegram does not say which"
        #expect(verdict == .finish(Finished(id: 7, outcome: .failed, reason: reason)))
        #expect(flow == .open)
        guard case .finish(let finished) = decide(.migrated(to: 11), of: .sample(failures: 99)).verdict else {
            Issue.record("goes round for ever")
            return
        }
        #expect(finished.outcome == .failed)
        #expect(finished.reason?.hasPrefix("gave up after 100 attempts") == true)
    }
}

/// The two halves of a verdict compare as one.
private func == (
    left: (verdict: Verdict, flow: Verdict.Flow), right: (verdict: Verdict, flow: Verdict.Flow)
) -> Bool {
    left.verdict == right.verdict && left.flow == right.flow
}
