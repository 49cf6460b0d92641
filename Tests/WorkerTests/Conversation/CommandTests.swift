import Telegram
import Testing

@testable import Worker

@Suite("A command", .timeLimit(.minutes(5)))
struct CommandTests {
    @Test(
        "is read however it is written",
        arguments: [
            ("/start", Command.start, ""),
            ("/orders", .orders, ""),
            ("/help", .help, ""),
            (" \n/Orders ", .orders, ""),
            ("/HELP@Shop_Bot", .help, ""),
            ("/start abc", .start, "abc"),
            ("/start@shop_bot  0123456789abcdef0123456789abcdef more", .start, "0123456789abcdef0123456789abcdef"),
            ("/start\nabc", .start, "abc"),
        ])
    func known(text: String, command: Command, argument: String) {
        #expect(Command.read(text, bot: "shop_bot") == .known(command, argument: argument))
        // Before the bot's name is known every command is this bot's.
        #expect(Command.read(text, bot: nil) == .known(command, argument: argument))
    }

    @Test(
        "that the bot does not have, or that is another bot's, is known for that",
        arguments: [
            "/order", "/start1", "/startabc", "/старт", "/start@other_bot", "/start@", "/start@shop_bot@x", "//",
        ])
    func unknown(text: String) {
        #expect(Command.read(text, bot: "shop_bot") == .unknown)
    }

    @Test(
        "is not every text", arguments: ["", " ", "start", "1/2", "/", "/ start", "/@shop_bot", "a /start", "\\start"])
    func none(text: String) {
        #expect(Command.read(text, bot: "shop_bot") == nil)
    }

    @Test("has a description in the menu of every language", arguments: MessageLanguage.allCases)
    func menu(language: MessageLanguage) {
        let menu = Command.menu(in: language)
        #expect(Set(menu.map(\.command)) == Set(Command.allCases.map(\.rawValue)))
        #expect(menu.first?.command == "orders")
        // 3 to 256 characters (Bot API, "BotCommand").
        #expect(menu.allSatisfy { (3...256).contains($0.description.count) })
        #expect(Set(menu.map(\.description)).count == menu.count)
    }

    @Test("is described in the language that it is asked for")
    func languages() {
        let both = MessageLanguage.allCases.map { Command.menu(in: $0).map(\.description) }
        #expect(Set(both.flatMap(\.self)).count == both.flatMap(\.self).count)
    }
}
