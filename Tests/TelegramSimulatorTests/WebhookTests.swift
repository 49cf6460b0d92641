import Testing

@testable import TelegramSimulator

@Suite(.timeLimit(.minutes(5)))
struct WebhookTests {
    @Test(
        "a webhook's address and secret are checked as Telegram checks them",
        arguments: [
            (#"{"url":"http://example.com/"}"#, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"),
            (
                #"{"url":"https://example.com:8080/"}"#,
                "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
            ),
            (#"{"url":"ftp://example.com/"}"#, "Bad Request: invalid webhook URL specified"),
            (
                #"{"url":"https://example.com/","secret_token":"a b"}"#,
                "Bad Request: secret token contains unallowed characters"
            ),
            (
                #"{"url":"https://example.com/","secret_token":"\#(String(repeating: "x", count: 257))"}"#,
                "Bad Request: secret token is too long"
            ),
        ])
    func checks(parameters: String, description: String) throws {
        var bot = try PureBot()
        #expect(try JSON(try bot.call("setWebhook", parameters))["description"] == .string(description))
        #expect(try JSON(try bot.call("getWebhookInfo"))["result"]?["url"] == "")
    }

    @Test("setting it twice and deleting it twice are told")
    func repetition() throws {
        var bot = try PureBot()
        let set = #"{"url":"https://example.com/","max_connections":7,"allowed_updates":["message"]}"#
        #expect(try bot.call("setWebhook", set) == #"{"ok":true,"result":true,"description":"Webhook was set"}"#)
        #expect(try bot.call("setWebhook", set) == #"{"ok":true,"result":true,"description":"Webhook is already set"}"#)
        #expect(
            try bot.call("getWebhookInfo") == #"{"ok":true,"result":{"url":"https://example.com/","#
                + #""has_custom_certificate":false,"pending_update_count":0,"max_connections":7,"#
                + #""ip_address":"<unknown>","allowed_updates":["message"]}}"#)
        _ = try bot.call("deleteWebhook")
        #expect(
            try bot.call("setWebhook", "{}") == #"{"ok":true,"result":true,"description":"Webhook is already deleted"}"#
        )
    }

    @Test("drop_pending_updates destroys the backlog")
    func dropping() throws {
        var bot = try PureBot()
        try bot.write(#"{"chat_id":5,"text":"x"}"#)
        _ = try bot.call("setWebhook", #"{"url":"https://example.com/"}"#)
        #expect(try JSON(try bot.call("getWebhookInfo"))["result"]?["pending_update_count"] == 1)
        _ = try bot.call("deleteWebhook", #"{"drop_pending_updates":true}"#)
        #expect(try bot.updateIDs() == [])
    }

    @Test("updates of different chats go out at the same time, those of one chat one after the other")
    func lanes() throws {
        var bot = try PureBot()
        _ = try bot.call("setWebhook", #"{"url":"https://example.com/","max_connections":2}"#)
        for chat in [1, 1, 2, 3] { try bot.write(#"{"chat_id":\#(chat),"text":"x"}"#) }
        let now = bot.now
        let deliveries = try bot.bot { state in
            var started: [WebhookDelivery] = []
            while let delivery = state.startDelivery(at: now) { started.append(delivery) }
            return started
        }
        #expect(deliveries.map(\.lane.chatID) == [1, 2])
        let first = try #require(deliveries.first)
        let next = try bot.bot { state in
            state.finish(first, .accepted, at: now)
            return [state.startDelivery(at: now), state.startDelivery(at: now)]
        }
        #expect(next.map { $0?.lane.chatID } == [3, nil])
    }

    @Test("a failed update is posted again after a growing pause, and the failure is shown")
    func retries() throws {
        var bot = try PureBot()
        _ = try bot.call("setWebhook", #"{"url":"https://example.com/"}"#)
        try bot.write(#"{"chat_id":5,"text":"x"}"#)
        var now = bot.now
        for pause in [100, 200, 400] as [Int64] {
            let delivery = try #require(try bot.bot { $0.startDelivery(at: now) })
            try bot.bot { state in
                state.finish(delivery, .failed("Wrong response from the webhook: 500 x", retryAfter: nil), at: now)
                #expect(state.startDelivery(at: now.adding(milliseconds: pause - 1)) == nil)
            }
            now = now.adding(milliseconds: pause)
        }
        let info = try JSON(try bot.call("getWebhookInfo"))["result"]
        #expect(info?["last_error_message"] == "Wrong response from the webhook: 500 x")
        #expect(info?["pending_update_count"] == 1)
        let delivery = try #require(try bot.bot { $0.startDelivery(at: now) })
        try bot.bot { $0.finish(delivery, .accepted, at: now) }
        #expect(try JSON(try bot.call("getWebhookInfo"))["result"]?["pending_update_count"] == 0)
    }

    @Test("the result of a delivery to an earlier webhook does not count")
    func generations() throws {
        var bot = try PureBot()
        _ = try bot.call("setWebhook", #"{"url":"https://example.com/"}"#)
        try bot.write(#"{"chat_id":5,"text":"x"}"#)
        let now = bot.now
        let delivery = try #require(try bot.bot { $0.startDelivery(at: now) })
        _ = try bot.call("deleteWebhook")
        try bot.bot { $0.finish(delivery, .accepted, at: now) }
        #expect(try bot.updateIDs().count == 1)
    }
}
