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

    @Test("returns updates byte for byte")
    func getUpdates() async throws {
        let first = #"{ "update_id" : 9007199254740993, "message":{"text":"]},{\"update_id\":5,\\","n":[[],{}]} }"#
        let second = #"{"x":"\u043f","update_id":8,"new_kind":1.50}"#
        let exchange = Exchange(#"{"result":[ \#(first) ,\#n\#(second)],"ok":true}"#)
        var api = try exchange.api()
        api.timeout = .seconds(20)
        let updates = try await api.getUpdates(offset: 5_000_000_000, wait: .seconds(50), allowedUpdates: ["message"])
        #expect(updates.map(\.id) == [9_007_199_254_740_993, 8])
        #expect(updates.map(\.json) == [first, second])
        #expect(
            exchange.body
                == #"{"offset":5000000000,"limit":100,"timeout":50,"allowed_updates":["message"]}"#)
        #expect(exchange.requests.first?.timeout == .seconds(70))
    }

    @Test("returns no updates when there are none")
    func noUpdates() async throws {
        #expect(try await Exchange(#"{"ok":true,"result":[ ]}"#).api().getUpdates(offset: nil).isEmpty)
    }

    @Test(
        "does not confirm updates that it could not read",
        arguments: [
            #"{"ok":true,"result":[{"update_id":1},{"id":2}]}"#,
            #"{"ok":true,"result":[{"update_id":"1"}]}"#,
            #"{"ok":true,"result":[{"update_id":1},{"update_id":2"#,
            #"{"ok":true,"result":{}}"#,
        ])
    func unreadableUpdates(body: String) async throws {
        let api = try Exchange(body).api()
        let error = await #expect(throws: TelegramError.self) { try await api.getUpdates(offset: 1) }
        guard case .unknown = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "reads a webhook's request only when it is an update",
        arguments: [
            (#"{"message":{"update_id":3},"update_id":12}"#, Int64?.some(12)),
            (#"  {"update_id":12}"# + "\n", 12),
            (#"{"update_id":12"#, nil),
            (#"{"update_id":12,}{"#, nil),
            (#"{"message":{"update_id":3}}"#, nil),
            (#"{"update_id":12.5}"#, nil),
            (#"[{"update_id":12}]"#, nil),
            ("", nil),
            ("null", nil),
            (#"{"a":"\"#, nil),
        ])
    func rawUpdate(json: String, id: Int64?) {
        let update = RawUpdate(json: Array(json.utf8))
        #expect(update?.id == id)
        if id != nil { #expect(update?.json == json) }
    }

    @Test("refuses an update that is not UTF-8")
    func rawUpdateNotUTF8() {
        #expect(RawUpdate(json: Array(#"{"update_id":1,"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)) == nil)
    }

    @Test("reads a deeply nested update without exhausting the stack")
    func deeplyNested() async throws {
        let depth = 200_000
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(RawUpdate(json: Array(#"{"a":\#(nested),"update_id":1}"#.utf8)) == nil)
        let value = try #require(JSONBounds.member("b", of: Array(#"{"a":\#(nested),"b":7}"#.utf8)[...]))
        #expect(value.elementsEqual("7".utf8))
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
        await #expect(throws: expected) { try await api.getUpdates(offset: nil) }
        #expect(expected.description.contains(description))
    }

    @Test(
        "throws how a transfer broke",
        arguments: [
            (HTTPFailure.Reason.connection, false, TelegramError.unreachable("why")),
            (.timeout, true, .unknown("why")),
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
