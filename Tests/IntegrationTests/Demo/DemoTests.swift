import Testing
import TestSupport

@Suite(
    "The demo's page, in a real browser",
    // A browser is a dozen processes; one at a time is enough for a small machine.
    .serialized, .enabled(if: Browser.isAvailable, "there is no chromedriver: run scripts/bootstrap"),
    .timeLimit(.minutes(15)))
struct DemoTests {
    @Test(
        "an order is confirmed, the customer reads it, asks and is answered",
        arguments: [DemoPage.Wording.english, .russian])
    func conversation(words: DemoPage.Wording) async throws {
        try await DemoPage.run(words) { page in
            #expect(try await page.browser.run("return document.documentElement.lang") == .string(words.language))
            try await page.identify()
            try await page.click(words.confirm, in: DemoPage.order)
            try await page.sees("подтверждён", in: "#chat")
            try await page.sees("COMMIT", in: "#chat li:last-child .meta")
            try await page.sees("COMMIT", in: "\(DemoPage.order) .delivery")
            #expect(try await page.shop.database.psql("select state from sale_order where id = 1") == "sale")

            try await page.browser.click(try await page.control(words.message))
            try await page.browser.type("Когда привезёте <мой> заказ?" + DemoPage.enter)
            try await page.sees("Когда привезёте <мой> заказ?", in: "#inbox")
            try await page.sees("1", in: "#customers")
            try await page.browser.click(try await page.control(words.reply))
            try await page.browser.type("Завтра, с 10 до 12 & с чаем")
            try await page.click(words.sendReply)
            try await page.sees("Завтра, с 10 до 12 & с чаем", in: "#chat")
            try await page.sees(words.delivered, in: "#inbox li:last-child .delivery")
            #expect(
                try await page.shop.database.psql(
                    "select s.state, m.user_id from telegram_message m join tgworker.message_status s on s.telegram_message_id = m.id"
                )
                    == "sent|6")
        }
    }

    @Test("the keyboard is enough", arguments: [DemoPage.Wording.english, .russian])
    func keyboard(words: DemoPage.Wording) async throws {
        try await DemoPage.run(words) { page in
            try await page.tab(to: words.message)
            try await page.browser.type("/start" + DemoPage.enter)
            let code = try await page.code()
            try await page.browser.type(code + DemoPage.enter)
            _ = try await page.control(words.link)
            try await page.tab(to: words.link)
            try await page.browser.type(DemoPage.enter)
            try await page.sees("Готово", in: "#chat")
            try await page.tab(to: words.confirm)
            try await page.browser.type(" ")
            try await page.sees("S00001", in: "#chat")
            // What was pressed is still where one is.
            #expect(try await page.browser.name(of: page.browser.focused) == words.confirm)
            #expect(try await page.browser.run("return document.activeElement.ariaPressed") == "true")
            try await page.tab(to: words.reply)
            try await page.browser.type("Спасибо за заказ, Мария" + DemoPage.tab + DemoPage.enter)
            try await page.sees("Спасибо за заказ, Мария", in: "#chat")
        }
    }

    @Test("nothing is lost when the worker is killed, Telegram is down, or asks to wait")
    func troubles() async throws {
        let words = DemoPage.Wording.english
        try await DemoPage.run(words) { page in
            try await page.identify()
            try await page.click(words.kill)
            try await page.click(words.confirm, in: DemoPage.order)
            try await page.sees("подтверждён", in: "#chat")
            try await page.click(words.goDown)
            try await page.sees(words.down, in: "#road-telegram")
            try await page.click(words.cancel, in: DemoPage.order)
            try await page.sees("waits", in: "\(DemoPage.order) .delivery")
            try await page.sees("отменён", in: "#chat")
            try await page.sees(words.delivered, in: "\(DemoPage.order) .delivery")
            try await page.click(words.limit)
            try await page.click("Packed & ready", in: DemoPage.order)
            try await page.sees("Собран и готов", in: "#chat")
            try await page.sees("attempt 2", in: "\(DemoPage.order) .delivery")
            #expect(try await page.shop.telegram.statistics()["duplicates"] == 0)
        }
    }

    @Test("a customer who blocks the bot misses nothing", arguments: [DemoPage.Wording.english, .russian])
    func blocked(words: DemoPage.Wording) async throws {
        try await DemoPage.run(words) { page in
            try await page.identify()
            try await page.click(words.block)
            _ = try await page.control(words.unblock)
            try await page.click(words.confirm, in: DemoPage.order)
            try await page.sees(words.failed, in: "\(DemoPage.order) .delivery")
            try await page.click(words.unblock)
            _ = try await page.control(words.block)
            try await page.click(words.again, in: DemoPage.order)
            try await page.sees("подтверждён", in: "#chat")
            try await page.sees(words.delivered, in: "\(DemoPage.order) .delivery")
        }
    }

    @Test("starting over makes everything as it was at first")
    func reset() async throws {
        let words = DemoPage.Wording.english
        try await DemoPage.run(words) { page in
            try await page.identify()
            try await page.click(words.confirm, in: DemoPage.order)
            try await page.sees("подтверждён", in: "#chat")
            try await page.click("Start over")
            try await page.sees("has not written to the bot", in: "#person")
            try await page.sees("Nothing here yet", in: "#scroll")
            #expect(try await page.shop.database.psql("select state from sale_order where id = 1") == "draft")
            try await page.identify()
            try await page.click(words.confirm, in: DemoPage.order)
            try await page.sees("подтверждён", in: "#chat")
        }
    }
}
