import Telegram
import Testing

@testable import Worker

@Suite("A request for the webhook", .timeLimit(.minutes(5)))
struct WebhookRequestTests {
    @Test(
        "is tried for the bot that the worker serves, and answered with what to do for others",
        arguments: [(WebhookRequest.Subject.served, nil), (.other, "Tick Active"), (.gone, "was deleted")])
    func obstacle(subject: WebhookRequest.Subject, words: String?) {
        let request = WebhookRequest(id: 1, botConfigID: 2, action: .set, subject: subject)
        #expect((request.obstacle == nil) == (words == nil))
        if let words { #expect(request.obstacle?.contains(words) == true) }
    }

    @Test(
        "is answered in a sentence, on one line",
        arguments: [
            ("the webhook is set", "The webhook is set"), ("a\nb", "A b"), ("Bad", "Bad"), ("", ""), ("й", "Й"),
        ])
    func sentence(words: String, sentence: String) {
        #expect(WebhookRequest.sentence(words) == sentence)
    }

    @Test(
        "is tried again soon when that may help, and not for long",
        arguments: [
            (.unreachable("x"), 1, .seconds(1)), (.unreachable("x"), 2, .seconds(2)), (.unreachable("x"), 3, nil),
            (.unknown("x"), 1, .seconds(1)), (.throttled(retryAfter: .seconds(5), "x"), 1, .seconds(5)),
            (.throttled(retryAfter: .seconds(6), "x"), 1, nil), (.refused(code: 400, "x"), 1, nil),
            (.unauthorized("x"), 1, nil), (.conflict("x"), 1, nil), (.cancelled, 1, nil),
        ] as [(TelegramError, Int, Duration?)])
    func pause(error: TelegramError, failures: Int, pause: Duration?) {
        #expect(error.pause(after: failures) == pause)
    }
}
