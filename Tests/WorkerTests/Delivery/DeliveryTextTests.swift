import Telegram
import Testing

@testable import Worker

@Suite("What an attempt sends", .timeLimit(.minutes(5)))
struct DeliveryTextTests {
    private func prepare(_ message: OutboxMessage) -> DeliveryText.Preparation {
        DeliveryText.prepare(message, catalog: OdooCatalog())
    }

    @Test("is a notification in two forms, and its plain one is for the ledger and Odoo's history")
    func notification() throws {
        let event = OrderEvent(
            order: "S<1>", state: "sale", changedAt: try #require(LocalDateTime("2026-11-23 14:59:21")),
            language: "en_US")
        let rendered = OdooCatalog().notification(of: event)
        #expect(
            prepare(.sample(chat: 4_503_599_627_370_001, content: .orderState(event)))
                == .text(
                    DeliveryText(
                        message: SendMessage(chatID: 4_503_599_627_370_001, text: rendered.html, format: .html),
                        plainMessage: SendMessage(chatID: 4_503_599_627_370_001, text: rendered.plain),
                        parts: 1, text: rendered.plain)))
        #expect(rendered.html.contains("S&lt;1&gt;") && rendered.plain.contains("S<1>"))
    }

    @Test("is a reply as it was written")
    func reply() {
        #expect(
            prepare(.sample(content: .reply(text: "a <b> & *c* _d", replyTo: 5)))
                == .text(
                    DeliveryText(
                        message: SendMessage(chatID: 10, text: "a <b> & *c* _d", replyTo: 5), text: "a <b> & *c* _d")))
    }

    @Test("is the part of a long reply whose turn it is; only the first answers the customer's message")
    func parts() throws {
        let text = (1...2500).map { "w\($0)" }.joined(separator: " ")
        let parts = MessageText.split(text)
        #expect(parts.count == 4)
        for (index, part) in parts.enumerated() {
            #expect(
                prepare(
                    .sample(content: .reply(text: text, replyTo: 5), partsSent: index, first: index == 0 ? nil : 50))
                    == .text(
                        DeliveryText(
                            message: SendMessage(chatID: 10, text: part, replyTo: index == 0 ? 5 : nil), parts: 4,
                            text: text)))
        }
    }

    @Test("is the last part when the reply was shortened after some of it was sent", arguments: [2, 3, 100])
    func shortened(partsSent: Int) throws {
        let text = (1...1200).map { "w\($0)" }.joined(separator: " ")
        let parts = MessageText.split(text)
        #expect(parts.count == 2)
        let preparation = prepare(.sample(content: .reply(text: text, replyTo: 5), partsSent: partsSent, first: 50))
        #expect(
            preparation == .text(DeliveryText(message: SendMessage(chatID: 10, text: parts[1]), parts: 2, text: text)))
        // And then it is done, instead of waiting for parts that there are not.
        let (verdict, _) = Verdict.decide(
            .sent(messageID: 60, date: 0), of: .sample(partsSent: partsSent, first: 50), parts: 2, text: nil,
            hold: false)
        #expect(verdict == .finish(Finished(id: 7, outcome: .sent, messageID: 50, parts: partsSent + 1)))
    }

    @Test(
        "is a part of a text of any kind that is too long for one message, without markup, and the last has the keyboard",
        arguments: [("word ", 2000, 3), ("🧶", 5000, 3), ("👩‍👩‍👧‍👦", 1000, 3), ("a", 4096, 1), ("🧶", 2048, 1)])
    func tooLong(piece: String, count: Int, parts: Int) throws {
        let long = String(repeating: piece, count: count)
        let rendered = RenderedMessage(RichText(stringLiteral: long))
        var whole = ""
        for index in 0..<parts {
            let message = OutboxMessage.sample(partsSent: index, first: index == 0 ? nil : 50)
            guard case .text(let text) = DeliveryText.prepare(rendered, of: message, markup: "{}", text: long) else {
                Issue.record("nothing")
                return
            }
            #expect(text.parts == parts)
            #expect(text.text == long)
            #expect(text.message.text.utf16.count <= 4096)
            #expect((text.message.replyMarkup == "{}") == (index == parts - 1))
            #expect(text.message.format == (parts == 1 ? .html : .plain))
            #expect((text.plainMessage == nil) == (parts > 1))
            whole += text.message.text
        }
        #expect(whole.filter { !$0.isWhitespace } == long.filter { !$0.isWhitespace })
    }

    @Test("is nothing when the reply has no visible text", arguments: ["", " ", "\n\t \u{A0}"])
    func empty(text: String) {
        #expect(
            prepare(.sample(content: .reply(text: text, replyTo: nil)))
                == .nothing(.failed, reason: "the message has no text"))
    }

    @Test("is nothing when nothing reaches the chat, and that is a failure")
    func unreachable() {
        #expect(
            prepare(.sample(content: .unreachable(reason: "the customer has blocked the bot")))
                == .nothing(.failed, reason: "the customer has blocked the bot"))
    }

    @Test("is nothing when there is nothing to say any more")
    func void() {
        #expect(
            prepare(.sample(content: .void(reason: "the Telegram user was deleted in Odoo")))
                == .nothing(.discarded, reason: "the Telegram user was deleted in Odoo"))
    }
}
