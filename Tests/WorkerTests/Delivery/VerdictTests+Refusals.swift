import Telegram
import Testing

@testable import Worker

/// What Telegram refuses, and what that says of the chat.
extension VerdictTests {
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
