import Reactor
import Testing

@testable import Telegram

@Suite("A call of the Bot API", .timeLimit(.minutes(5)))
struct BotAPITests {
    private let yes = #"{"ok":true,"result":true}"#

    @Test("tells who the bot is")
    func getMe() async throws {
        let exchange = Exchange(
            #"{"ok":true,"result":{"id":123456,"is_bot":true,"first_name":"Shop","username":"shop_bot"}}"#)
        let bot = try await exchange.api().getMe()
        #expect(bot.id == 123_456)
        #expect(bot.firstName == "Shop")
        #expect(bot.username == "shop_bot")
        #expect(exchange.body == "{}")
    }

    @Test("tells the server's time with it, where the answer says it", arguments: [1_795_445_961, nil])
    func getMeWithTime(date: Int64?) async throws {
        let exchange = Exchange(#"{"ok":true,"result":{"id":123456,"first_name":"Shop"}}"#, date: date)
        let (bot, time) = try await exchange.api().getMeWithTime()
        #expect(bot.id == 123_456)
        #expect(time == date)
        #expect(exchange.requests.last?.url.hasSuffix("/getMe") == true)
    }

    @Test("sets, removes and shows a webhook")
    func webhook() async throws {
        let exchange = Exchange(yes)
        try await exchange.api().setWebhook(
            Webhook(
                url: "https://shop.example/telegram/webhook/x", secretToken: "s-1", maxConnections: 10,
                allowedUpdates: ["message", "my_chat_member"]))
        #expect(
            exchange.body == #"{"url":"https://shop.example/telegram/webhook/x","secret_token":"s-1","#
                + #""max_connections":10,"allowed_updates":["message","my_chat_member"]}"#)
        try await exchange.api().deleteWebhook()
        #expect(exchange.requests.last?.url.hasSuffix("/deleteWebhook") == true)
        #expect(exchange.body == "{}")

        let info = try await Exchange(
            #"{"ok":true,"result":{"url":"https://x","has_custom_certificate":false,"pending_update_count":3,"#
                + #""last_error_date":1795445961,"last_error_message":"Connection timed out","max_connections":40}}"#
        ).api().getWebhookInfo()
        #expect(info.url == "https://x")
        #expect(info.pendingUpdateCount == 3)
        #expect(info.lastErrorDate == 1_795_445_961)
        #expect(info.lastErrorMessage == "Connection timed out")
        #expect(info.maxConnections == 40)
        #expect(info.allowedUpdates == nil)
    }

    @Test("lets Telegram forget the updates that wait, only when it is told to")
    func dropPending() async throws {
        let exchange = Exchange(yes)
        try await exchange.api().setWebhook(Webhook(url: "https://shop.example/x"), dropPending: true)
        #expect(exchange.body == #"{"url":"https://shop.example/x","drop_pending_updates":true}"#)
        try await exchange.api().setWebhook(Webhook(url: "https://shop.example/x"))
        #expect(exchange.body == #"{"url":"https://shop.example/x"}"#)
        try await exchange.api().deleteWebhook(dropPending: true)
        #expect(exchange.body == #"{"drop_pending_updates":true}"#)
    }

    @Test(
        "sets the menu for those who shall see it",
        arguments: [
            (BotCommand.Scope.everywhere, #"{"type":"default"}"#),
            (.privateChats, #"{"type":"all_private_chats"}"#),
            (.chat(-5), #"{"type":"chat","chat_id":-5}"#),
        ])
    func setMyCommands(scope: BotCommand.Scope, json: String) async throws {
        let exchange = Exchange(yes)
        try await exchange.api().setMyCommands(
            [.init(command: "orders", description: "Мои заказы"), .init(command: "help", description: "Помощь")],
            scope: scope, languageCode: "ru")
        #expect(
            exchange.body == #"{"commands":[{"command":"orders","description":"Мои заказы"},"#
                + #"{"command":"help","description":"Помощь"}],"scope":\#(json),"language_code":"ru"}"#)
    }

    @Test("answers a pressed button")
    func answerCallbackQuery() async throws {
        let exchange = Exchange(yes)
        try await exchange.api().answerCallbackQuery("77", text: "Готово", showsAlert: true)
        #expect(exchange.body == #"{"callback_query_id":"77","text":"Готово","show_alert":true}"#)
        try await exchange.api().answerCallbackQuery("78")
        #expect(exchange.body == #"{"callback_query_id":"78"}"#)
    }

    @Test(
        "throws what came instead of a result",
        arguments: [
            (401, "Unauthorized", TelegramError.unauthorized("Unauthorized")),
            (404, "Not Found", .unauthorized("Not Found")),
            (
                409, "Conflict: terminated by other getUpdates request",
                .conflict("Conflict: terminated by other getUpdates request")
            ),
            (400, "Bad Request: bad webhook", .refused(code: 400, "Bad Request: bad webhook")),
            (429, "Too Many Requests", .throttled(retryAfter: .seconds(5), "Too Many Requests")),
            (500, "Internal Server Error: restart", .unknown("Internal Server Error: restart")),
        ])
    func errors(code: Int, description: String, expected: TelegramError) async throws {
        let api = try Exchange(code, #"{"ok":false,"error_code":\#(code),"description":"\#(description)"}"#).api()
        await #expect(throws: expected) { try await api.getMe() }
        await #expect(throws: expected) { try await api.getMeWithTime() }
        await #expect(throws: expected) { try await api.getUpdates(offset: nil) }
        #expect(expected.description.contains(description))
    }

    @Test(
        "throws how a transfer broke",
        arguments: [
            (HTTPFailure.Reason.connection, false, TelegramError.unreachable("no connection (why)")),
            (.timeout, true, .unknown("no answer in time (why)")),
            (.cancelled, false, .cancelled),
            (.cancelled, true, .cancelled),
        ])
    func failures(reason: HTTPFailure.Reason, mayHaveBeenSent: Bool, expected: TelegramError) async throws {
        let api = try Exchange(
            HTTPFailure(reason: reason, requestMayHaveBeenSent: mayHaveBeenSent, message: "why")
        ).api()
        await #expect(throws: expected) { try await api.getMe() }
        await #expect(throws: expected) { try await api.getUpdates(offset: nil) }
    }
}
