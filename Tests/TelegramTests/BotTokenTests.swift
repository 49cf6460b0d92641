import Reactor
import Testing

@testable import Telegram

@Suite("A bot token", .timeLimit(.minutes(5)))
struct BotTokenTests {
    private let text = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
    private let secret = "AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"

    @Test("is read with the white space of a file around it")
    func surroundedByWhitespace() throws {
        let token = try BotToken("  \(text)\r\n")
        #expect(token.botID == 123_456_789)
        #expect(try token == BotToken(text))
    }

    @Test("never shows its secret")
    func redacted() throws {
        let token = try BotToken(text)
        var dumped = ""
        dump(token, to: &dumped)
        dump(["token": Optional(token)], to: &dumped)
        let api = try BotAPI(token: token, server: "http://user:password@localhost") { _ in .init(status: 200, body: [])
        }
        dump(api, to: &dumped)
        for shown in ["\(token)", token.debugDescription, String(reflecting: token), "\([token])", "\(api)", dumped] {
            #expect(!shown.contains(secret))
            #expect(!shown.contains("password"))
            #expect(shown.contains("123456789:…"))
        }
    }

    @Test(
        "of another shape is refused with a sentence that does not repeat it",
        arguments: [
            ("", TelegramError.TokenProblem.empty),
            (" \n", .empty),
            ("123456789", .noColon),
            (":AAEhBOweik6ad9r", .noBotID),
            ("bot123456:AAEhBOweik6ad9r", .noBotID),
            ("0123456:AAEhBOweik6ad9r", .noBotID),
            ("-5:AAEhBOweik6ad9r", .noBotID),
            ("+5:AAEhBOweik6ad9r", .noBotID),
            ("١٢٣:AAEhBOweik6ad9r", .noBotID),
            ("99999999999999999999:AAEhBOweik6ad9r", .noBotID),
            ("18014398509481984:AAEhBOweik6ad9r", .noBotID),
            ("123456:AAEh/../getMe", .strangeCharacter),
            ("123456:AAEhBO weik6ad9r", .strangeCharacter),
            ("123456:AAEhBO\nweik6ad9r", .strangeCharacter),
            ("123456:ААЕhBOweik6ad9r", .strangeCharacter),
            ("123456:AAEhB", .wrongLength),
            ("123456:" + String(repeating: "A", count: 74), .wrongLength),
        ])
    func malformed(text: String, problem: TelegramError.TokenProblem) {
        let error = #expect(throws: TelegramError.self) { try BotToken(text) }
        #expect(error == .invalidToken(problem))
        let sentence = error?.description ?? ""
        #expect(sentence.contains("@BotFather"))
        #expect(!sentence.contains("AAEh"))
        #expect(!sentence.contains("\n"))
    }

    @Test("takes its secret, line breaks and excess out of a text from outside")
    func cleaned() throws {
        let token = try BotToken(text)
        #expect(token.cleaned("no /bot\(text)/getMe\r\nhere\u{0}") == "no /bot123456789:…/getMe here ")
        #expect(token.cleaned("/bot123456789%3A\(secret)/") == "/bot123456789%3A…/")
        let long = token.cleaned(String(repeating: "я", count: 5000))
        #expect(long.count == 300)
        #expect(long.hasSuffix("…"))
    }
}
