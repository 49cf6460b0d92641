import Telegram
import Testing

@Suite("A keyboard", .timeLimit(.minutes(5)))
struct ReplyMarkupTests {
    @Test(
        "is one of the Bot API's objects",
        arguments: [
            (
                ReplyMarkup.button(text: "Ещё", data: "orders:1764000000000000:42"),
                #"{"inline_keyboard":[[{"text":"Ещё","callback_data":"orders:1764000000000000:42"}]]}"#
            ),
            (
                .contactRequest(text: "📱 Share"),
                #"{"keyboard":[[{"text":"📱 Share","request_contact":true}]],"resize_keyboard":true,"#
                    + #""one_time_keyboard":true}"#
            ),
            (.removeKeyboard, #"{"remove_keyboard":true}"#),
            // Whatever a text holds, it stays inside its quotation marks.
            (
                .button(text: "\"}]]}\\\n\u{0}", data: "\""),
                #"{"inline_keyboard":[[{"text":"\"}]]}\\\n","callback_data":"\""}]]}"#
            ),
        ])
    func json(markup: ReplyMarkup, json: String) {
        #expect(markup.json == json)
    }
}
