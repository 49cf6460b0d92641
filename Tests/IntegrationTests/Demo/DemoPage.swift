import Foundation
import Testing
import TestSupport

/// The demo's page in a browser, with all that is behind it, used as a person does: by what things are called.
struct DemoPage {
    /// The page in one of its languages.
    struct Wording: Sendable, CustomTestStringConvertible {
        let language: String
        let message: String
        let link: String
        let confirm: String
        let cancel: String
        let reply: String
        let sendReply: String
        let goDown: String
        let limit: String
        let kill: String
        let block: String
        let unblock: String
        let again: String
        let failed: String
        let delivered: String
        let down: String

        var testDescription: String { language }

        static let english = Wording(
            language: "en", message: "Message", link: "Link to Мария Петрова", confirm: "Sales Order",
            cancel: "Cancelled", reply: "Reply", sendReply: "Send the reply", goDown: "Telegram is down for 10 s",
            limit: "Telegram answers 429 to the next message", kill: "Kill the worker",
            block: "The customer blocks the bot", unblock: "The customer unblocks the bot", again: "Send again",
            failed: "failed · the customer has blocked the bot", delivered: "delivered", down: "is down")
        static let russian = Wording(
            language: "ru", message: "Сообщение", link: "Связать с покупателем: Мария Петрова",
            confirm: "Заказ на продажу", cancel: "Отменен", reply: "Ответ", sendReply: "Отправить ответ",
            goDown: "Telegram лежит 10 с", limit: "Telegram ответит 429 на следующее сообщение", kill: "Убить воркер",
            block: "Покупатель блокирует бота", unblock: "Покупатель разблокирует бота", again: "Отправить ещё раз",
            failed: "не доставлено · покупатель заблокировал бота", delivered: "доставлено", down: "лежит")
    }

    /// The first order of the list, S00001.
    static let order = "#orders > li:first-child"
    static let tab = "\u{E004}"
    static let enter = "\u{E007}"
    private static let patience = Duration.seconds(120)

    let shop: Shop
    let browser: Browser
    let words: Wording

    /// Opens the page for a person who reads this language. In the end nothing may have been complained about in the
    /// browser's console.
    static func run(_ words: Wording, _ body: (DemoPage) async throws -> Void) async throws {
        let shop = try await Shop.open(.fixture)
        let demo = try await ChildProcess.start(
            product: "Demo",
            [
                "--database-url", shop.database.url, "--simulator-url", shop.telegram.url,
                "--worker", Checkout.product("tgworker"),
            ])
        let announcement = "listening on "
        let line = try await demo.line { $0.hasPrefix(announcement) }
        try await Browser.run(languages: words.language == "ru" ? "ru,en" : "en,ru") { browser in
            let page = DemoPage(shop: shop, browser: browser, words: words)
            try await browser.open(String(line.dropFirst(announcement.count)))
            try await page.sees("tgworker", in: "#road-worker")
            try await body(page)
            #expect(try await browser.console() == [])
        }
        await demo.terminate()
        #expect(try await demo.exit() == .exited(0))
    }

    /// What is written somewhere.
    func text(of selector: String) async throws -> String {
        try await browser.run("return document.querySelector(arguments[0])?.innerText ?? ''", .string(selector)).text
            ?? ""
    }

    /// Waits until a text is to be read.
    func sees(_ text: String, in selector: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var last = ""
        do {
            try await eventually(text, timeout: Self.patience) {
                last = try await self.text(of: selector)
                return last.contains(text)
            }
        } catch {
            Issue.record("\(error); in \(selector) there is:\n\(last)", sourceLocation: sourceLocation)
            throw error
        }
    }

    /// Waits until a control of this name can be used. A screen reader calls it so as well.
    func control(_ name: String, in selector: String = "body") async throws -> Browser.Element {
        let found = try await eventually("the control \(name)", timeout: Self.patience) {
            try await browser.run(
                """
                return [...document.querySelectorAll(arguments[0])].find(e => e.checkVisibility()
                    && (e.ariaLabel ?? e.labels?.[0]?.textContent ?? e.textContent).trim() === arguments[1]) ?? null
                """, .string("\(selector) :is(button, input, textarea):not(:disabled)"), .string(name)
            ).element
        }
        #expect(try await browser.name(of: found) == name)
        return found
    }

    /// Clicks on what has this name.
    func click(_ name: String, in selector: String = "body") async throws {
        try await browser.click(try await control(name, in: selector))
    }

    /// Goes to what has this name with the Tab key; wherever it comes by, the focus can be seen.
    func tab(to name: String) async throws {
        for _ in 1...200 {
            try await browser.type(Self.tab)
            let outline = try await browser.run("return getComputedStyle(document.activeElement).outlineStyle")
            if try await browser.run("return document.activeElement === document.body") == true { continue }
            let focused = try await browser.name(of: browser.focused)
            #expect(outline == "solid", "\(focused) does not show that it has the focus")
            if focused == name { return }
        }
        Issue.record("the Tab key does not come to \(name)")
    }

    /// The customer Мария begins, types the code, and the manager links her.
    func identify() async throws {
        try await click("/start", in: "#chips")
        try await click(try await code(), in: "#chips")
        try await click(words.link)
        try await sees("Готово", in: "#chat")
    }

    /// The code that the phone offers to type.
    func code() async throws -> String {
        try await eventually("the code", timeout: Self.patience) {
            let text = try await text(of: "#chips .strong")
            return text.count == 6 && Int(text) != nil ? text : nil
        }
    }
}
