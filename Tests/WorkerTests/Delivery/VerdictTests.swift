import Telegram
import Testing

@testable import Worker

@Suite("The verdict on an attempt", .timeLimit(.minutes(5)))
struct VerdictTests {
    private static let text = "the text for Odoo"

    private func decide(
        _ outcome: SendOutcome, of message: OutboxMessage = .sample(), parts: Int = 1, hold: Bool = false
    ) -> (verdict: Verdict, flow: Verdict.Flow) {
        Verdict.decide(outcome, of: message, parts: parts, text: Self.text, hold: hold, jitter: 1)
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
                    : .requeue(Requeued(id: 7, attempt: 4, delay: .zero, partsSent: partsSent + 1, messageID: id))))
        #expect(flow == .open)
    }

    struct Delay: Sendable, CustomTestStringConvertible {
        var outcome: SendOutcome
        var attempt: Int
        var seconds: Int
        var reason: String
        var inDoubt = false
        var flow: Verdict.Flow

        var testDescription: String { "\(outcome), attempt \(attempt)" }
    }

    private static let delays = [
        Delay(
            outcome: .throttled(retryAfter: .seconds(17), description: "Too Many Requests: retry after 17"), attempt: 9,
            seconds: 17, reason: "Too Many Requests: retry after 17", flow: .throttled(.seconds(17))),
        Delay(
            outcome: .unauthorized(description: "Unauthorized"), attempt: 9, seconds: 0, reason: "Unauthorized",
            flow: .unauthorized("Unauthorized")),
        Delay(
            outcome: .unreachable(reason: "no route"), attempt: 1, seconds: 1, reason: "no route",
            flow: .disturbed("no route")),
        Delay(
            outcome: .unreachable(reason: "no route"), attempt: 4, seconds: 8, reason: "no route",
            flow: .disturbed("no route")),
        Delay(
            outcome: .unknown(reason: "HTTP 502"), attempt: 3, seconds: 4, reason: "HTTP 502", inDoubt: true,
            flow: .disturbed("HTTP 502")),
        Delay(
            outcome: .unknown(reason: "HTTP 502"), attempt: 40, seconds: 300, reason: "HTTP 502", inDoubt: true,
            flow: .disturbed("HTTP 502")),
    ]

    @Test("on a message that may be sent yet puts it back, and forgets nothing of it", arguments: delays)
    func delayed(delay: Delay) {
        for (partsSent, first) in [(0, nil), (2, Int64(50))] {
            let (verdict, flow) = decide(
                delay.outcome, of: .sample(attempt: delay.attempt, partsSent: partsSent, first: first), parts: 3)
            #expect(
                verdict
                    == .requeue(
                        Requeued(
                            id: 7, attempt: delay.attempt, delay: .seconds(delay.seconds), reason: delay.reason,
                            isInDoubt: delay.inDoubt, partsSent: partsSent, messageID: first)))
            #expect(flow == delay.flow)
        }
    }

    @Test("does not depend on hold where nothing was sent for sure", arguments: delays.filter { !$0.inDoubt })
    func holdOfTheSure(delay: Delay) {
        let message = OutboxMessage.sample(attempt: delay.attempt)
        #expect(decide(delay.outcome, of: message, hold: true) == decide(delay.outcome, of: message, hold: false))
    }

    @Test(
        "on an unknown outcome that is to be held leaves it to the operator",
        arguments: [(0, nil, 1), (2, Int64(50), 2)])
    func held(partsSent: Int, first: Int64?, parts: Int) {
        let (verdict, flow) = decide(
            .unknown(reason: "HTTP 502"), of: .sample(partsSent: partsSent, first: first), parts: 3, hold: true)
        #expect(
            verdict
                == .finish(Finished(id: 7, outcome: .unknown, reason: "HTTP 502", messageID: first, parts: parts)))
        #expect(flow == .disturbed("HTTP 502"))
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
        for outcome in [SendOutcome.refused(refusal), .unknown(reason: "HTTP 502"), .migrated(to: -5)] {
            #expect(chat(outcome, wasBlocked: true) == nil)
        }
    }

    @Test("on a group that moved ends the message: its old id never works again")
    func migrated() {
        let (verdict, flow) = decide(.migrated(to: -1_001_234))
        #expect(
            verdict
                == .finish(
                    Finished(
                        id: 7, outcome: .failed,
                        reason: "the group has become a supergroup with the id -1001234: enter that id in Odoo")))
        #expect(flow == .open)
    }
}

/// The two halves of a verdict compare as one.
private func == (
    left: (verdict: Verdict, flow: Verdict.Flow), right: (verdict: Verdict, flow: Verdict.Flow)
) -> Bool {
    left.verdict == right.verdict && left.flow == right.flow
}
