import Reactor
import Testing

@testable import Telegram

@Suite("A message to send", .timeLimit(.minutes(5)))
struct SendMessageTests {
    private let accepted = #"{"ok":true,"result":{"message_id":7,"date":1795445961,"chat":{"id":42},"text":"x"}}"#

    @Test("goes to the method's address as JSON")
    func request() async throws {
        let exchange = Exchange(accepted)
        let outcome = try await exchange.api(server: "http://localhost:8081/").sendMessage(
            .init(chatID: 42, text: "Hi"))
        #expect(outcome == .sent(messageID: 7, date: 1_795_445_961))
        let request = try #require(exchange.requests.first)
        #expect(request.url == "http://localhost:8081/bot123456:\(Exchange.secret)/sendMessage")
        #expect(request.method == .post)
        #expect(request.headers == ["Content-Type: application/json"])
        #expect(exchange.body == #"{"chat_id":42,"text":"Hi","link_preview_options":{"is_disabled":true}}"#)
    }

    @Test("carries every parameter that is set")
    func everyParameter() async throws {
        let exchange = Exchange(accepted)
        let message = SendMessage(
            chatID: -1_001_234_567_890, text: "<b>x</b>", format: .html, replyTo: 5_000_000_000, showsLinkPreview: true,
            replyMarkup: #"{"remove_keyboard":true}"#)
        _ = try await exchange.api().sendMessage(message)
        #expect(
            exchange.body == #"{"chat_id":-1001234567890,"text":"<b>x</b>","parse_mode":"HTML","#
                + #""reply_parameters":{"message_id":5000000000,"allow_sending_without_reply":true},"#
                + #""reply_markup":{"remove_keyboard":true}}"#)
    }

    @Test(
        "has its text written as a JSON string",
        arguments: [
            ("", ""),
            ("Здравствуйте 👋🏽", "Здравствуйте 👋🏽"),
            (#"C:\"x""#, #"C:\\\"x\""#),
            ("a\nb\r\nc\td", #"a\nb\r\nc\td"#),
            ("\u{1}\u{1F}\u{7F}\u{2028}", "\\u0001\\u001f\u{7F}\u{2028}"),
            ("\u{0}a\u{0}\u{0}b\u{0}", "ab"),
        ])
    func escaping(text: String, json: String) async throws {
        let exchange = Exchange(accepted)
        _ = try await exchange.api().sendMessage(.init(chatID: 1, text: text, showsLinkPreview: true))
        #expect(exchange.body == #"{"chat_id":1,"text":""# + json + #""}"#)
    }

    @Test(
        "is not sent to an address that is none",
        arguments: ["", "api.telegram.org", "ftp://x", "https://", "http://a b", "https://x?y", "https://x#y", "/"])
    func address(server: String) {
        #expect(throws: TelegramError.invalidServerAddress) { try Exchange("").api(server: server) }
    }
}
