import Testing

@testable import TelegramSimulator

@Suite(.timeLimit(.minutes(5)))
struct BotMethodTests {
    static let refusals: [(parameters: String, answer: String)] = [
        (#"{"chat_id":5}"#, #"{"ok":false,"error_code":400,"description":"Bad Request: message text is empty"}"#),
        (
            #"{"chat_id":5,"text":" \n "}"#,
            #"{"ok":false,"error_code":400,"description":"Bad Request: text must be non-empty"}"#
        ),
        (
            #"{"chat_id":5,"text":"<b></b>","parse_mode":"HTML"}"#,
            #"{"ok":false,"error_code":400,"description":"Bad Request: text must be non-empty"}"#
        ),
        (#"{"text":"x"}"#, #"{"ok":false,"error_code":400,"description":"Bad Request: chat_id is empty"}"#),
        (
            #"{"chat_id":99,"text":"x"}"#,
            #"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#
        ),
        (
            #"{"chat_id":6,"text":"x"}"#,
            #"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#
        ),
        (
            #"{"chat_id":7,"text":"x"}"#,
            #"{"ok":false,"error_code":403,"description":"Forbidden: user is deactivated"}"#
        ),
        (
            #"{"chat_id":8,"text":"x"}"#,
            #"{"ok":false,"error_code":403,"description":"Forbidden: bot can't initiate conversation with a user"}"#
        ),
        (
            #"{"chat_id":-9,"text":"x"}"#,
            #"{"ok":false,"error_code":400,"#
                + #""description":"Bad Request: group chat was upgraded to a supergroup chat","#
                + #""parameters":{"migrate_to_chat_id":-1009}}"#
        ),
        (
            #"{"chat_id":5,"text":"a <x>b","parse_mode":"html"}"#,
            #"{"ok":false,"error_code":400,"#
                + #""description":"Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 2"}"#
        ),
        (
            #"{"chat_id":5,"text":"snake_case","parse_mode":"Markdown"}"#,
            #"{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: "#
                + #"Can't find end of the entity starting at byte offset 5"}"#
        ),
        (
            #"{"chat_id":5,"text":"a.b","parse_mode":"MarkdownV2"}"#,
            #"{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: "#
                + #"Character '.' is reserved and must be escaped with the preceding '\\'"}"#
        ),
        (
            #"{"chat_id":5,"text":"x","parse_mode":"BBCode"}"#,
            #"{"ok":false,"error_code":400,"description":"Bad Request: unsupported parse_mode"}"#
        ),
        (
            #"{"chat_id":5,"text":"x","reply_parameters":{"message_id":77}}"#,
            #"{"ok":false,"error_code":400,"description":"Bad Request: message to be replied not found"}"#
        ),
        (
            #"{"chat_id":5,"text":"x","reply_to_message_id":77}"#,
            #"{"ok":false,"error_code":400,"description":"Bad Request: message to be replied not found"}"#
        ),
        (
            #"{"chat_id":5,"text":"x","reply_markup":"{"}"#,
            #"{"ok":false,"error_code":400,"#
                + #""description":"Bad Request: can't parse reply keyboard markup JSON object"}"#
        ),
    ]

    @Test("a message that Telegram would refuse is refused in Telegram's bytes", arguments: refusals)
    func refusal(parameters: String, answer: String) throws {
        var bot = try PureBot()
        #expect(try bot.call("sendMessage", parameters) == answer)
        #expect(bot.state.bots[123456]?.sent.messages.isEmpty == true)
    }

    @Test(
        "a wrong token, a malformed one and an unknown method are told apart",
        arguments: [
            ("123456:OTHER", "getMe", #"{"ok":false,"error_code":401,"description":"Unauthorized"}"#),
            ("777:TEST-TOKEN", "getMe", #"{"ok":false,"error_code":401,"description":"Unauthorized"}"#),
            ("nonsense", "getMe", #"{"ok":false,"error_code":404,"description":"Not Found"}"#),
            ("12x:abc", "getMe", #"{"ok":false,"error_code":404,"description":"Not Found"}"#),
            (PureBot.token, "getNothing", #"{"ok":false,"error_code":404,"description":"Not Found"}"#),
        ])
    func tokens(token: String, method: String, answer: String) throws {
        var bot = try PureBot()
        #expect(try bot.call(method, token: token) == answer)
    }

    @Test("a message is answered with itself, its text without markup and its offsets in UTF-16 units")
    func message() throws {
        var bot = try PureBot()
        let answer = try bot.call(
            "SENDMESSAGE", #"{"chat_id":"5","text":"😀 <b>жир</b>ный","parse_mode":"HTML"}"#)
        #expect(
            answer == #"{"ok":true,"result":{"message_id":1,"from":{"id":123456,"is_bot":true,"#
                + #""first_name":"Simulator","username":"simulator_123456_bot"},"#
                + #""chat":{"id":5,"first_name":"Anna","type":"private"},"date":1700000000,"#
                + #""text":"\ud83d\ude00 \u0436\u0438\u0440\u043d\u044b\u0439","#
                + #""entities":[{"offset":3,"length":3,"type":"bold"}]}}"#)
    }

    @Test(
        "the limit of 4096 counts UTF-16 units after the markup is parsed",
        arguments: [
            (String(repeating: "x", count: 4096), true), (String(repeating: "x", count: 4097), false),
            (String(repeating: "😀", count: 2048), true), (String(repeating: "😀", count: 2049), false),
            ("<b>" + String(repeating: "&lt;", count: 4096) + "</b>", true),
        ])
    func length(text: String, isAccepted: Bool) throws {
        var bot = try PureBot()
        let parameters = JSON.object(JSONObject(["chat_id": 5, "text": .string(text), "parse_mode": "HTML"])).text
        let answer = try bot.call("sendMessage", parameters)
        let refusal = #"{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}"#
        #expect((answer == refusal) == !isAccepted)
        #expect(answer.hasPrefix(#"{"ok":true"#) == isAccepted)
    }

    @Test("a reply shows the message it answers, and a missing one is forgiven where that is allowed")
    func replies() throws {
        var bot = try PureBot()
        _ = try bot.write(#"{"chat_id":5,"text":"question"}"#)
        let reply = try JSON(
            try bot.call("sendMessage", #"{"chat_id":5,"text":"answer","reply_parameters":"{\"message_id\":1}"}"#))
        #expect(reply["result"]?["reply_to_message"]?["text"] == "question")
        let plain = try JSON(
            try bot.call(
                "sendMessage",
                #"{"chat_id":5,"text":"x","reply_parameters":{"message_id":9,"allow_sending_without_reply":true}}"#))
        #expect(plain["ok"] == true)
        #expect(plain["result"]?["reply_to_message"] == nil)
        #expect(bot.state.bots[123456]?.sent.messages.map(\.replyTo) == [1, nil])
    }

    @Test("callback data of more than 64 bytes is refused, of 64 is kept with the message", arguments: [64, 65])
    func callbackData(length: Int) throws {
        var bot = try PureBot()
        let button: JSON = ["text": "b", "callback_data": .string(String(repeating: "d", count: length))]
        let parameters = JSON.object(
            JSONObject(["chat_id": 5, "text": "x", "reply_markup": ["inline_keyboard": [[button]]]]))
        let answer = try JSON(try bot.call("sendMessage", parameters.text))
        if length > 64 {
            #expect(answer["description"] == "Bad Request: BUTTON_DATA_INVALID")
        } else {
            #expect(answer["result"]?["reply_markup"] == ["inline_keyboard": [[button]]])
        }
    }

    @Test("an edit changes the bot's own message, not to what it is already")
    func edits() throws {
        var bot = try PureBot()
        _ = try bot.call("sendMessage", #"{"chat_id":5,"text":"one"}"#)
        _ = try bot.write(#"{"chat_id":5,"text":"hers"}"#)
        let edited = try JSON(try bot.call("editMessageText", #"{"chat_id":5,"message_id":1,"text":"two"}"#))
        #expect(edited["result"]?["text"] == "two")
        #expect(edited["result"]?["edit_date"] == 1_700_000_000)
        let table = [
            (#"{"chat_id":5,"message_id":2,"text":"x"}"#, "Bad Request: message can't be edited"),
            (#"{"chat_id":5,"message_id":3,"text":"x"}"#, "Bad Request: message to edit not found"),
            (#"{"text":"x"}"#, "Bad Request: message identifier is not specified"),
            (
                #"{"chat_id":5,"message_id":1,"text":"two"}"#,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                    + "the same as a current content and reply markup of the message"
            ),
        ]
        for (parameters, description) in table {
            #expect(try JSON(try bot.call("editMessageText", parameters))["description"] == .string(description))
        }
    }

    @Test("commands are kept by language and scope")
    func commands() throws {
        var bot = try PureBot()
        let list: JSON = [["command": "start", "description": "Begin"]]
        let set = #"{"commands":\#(list.text),"language_code":"ru"}"#
        #expect(try bot.call("setMyCommands", set) == #"{"ok":true,"result":true}"#)
        #expect(try JSON(try bot.call("getMyCommands", #"{"language_code":"ru"}"#))["result"] == list)
        #expect(try bot.call("getMyCommands") == #"{"ok":true,"result":[]}"#)
        #expect(
            try JSON(try bot.call("setMyCommands", #"{"commands":[{"command":"Bad Name","description":"x"}]}"#))[
                "description"] == "Bad Request: BOT_COMMAND_INVALID")
    }

    @Test("only a callback query that was made can be answered")
    func callbackAnswers() throws {
        var bot = try PureBot()
        _ = try bot.call("sendMessage", #"{"chat_id":5,"text":"press"}"#)
        let fields = try PureBot.fields(#"{"chat_id":5,"message_id":1,"data":"yes"}"#)
        let now = bot.now
        let deed = try bot.bot { try $0.press(fields, at: now) }
        let id = try #require(deed.callbackQueryID)
        #expect(
            try bot.call("answerCallbackQuery", #"{"callback_query_id":"\#(id)"}"#) == #"{"ok":true,"result":true}"#)
        #expect(
            try bot.call("answerCallbackQuery", #"{"callback_query_id":"none"}"#)
                == #"{"ok":false,"error_code":400,"description":"Bad Request: "#
                + #"query is too old and response timeout expired or query ID is invalid"}"#)
    }

    @Test("a limit that is turned on answers 429 until its time is over, for the one chat only")
    func limits() throws {
        var bot = try PureBot()
        let now = bot.now
        try bot.bot { state in
            state.limits = RateLimits(perChatPerSecond: 0.5, perChatBurst: 2)
            _ = try state.register(try PureBot.fields(#"{"id":50,"first_name":"Other"}"#))
        }
        let send = #"{"chat_id":5,"text":"x"}"#
        #expect(try bot.call("sendMessage", send).hasPrefix(#"{"ok":true"#))
        #expect(try bot.call("sendMessage", send).hasPrefix(#"{"ok":true"#))
        #expect(
            try bot.call("sendMessage", send)
                == #"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 2","#
                + #""parameters":{"retry_after":2}}"#)
        #expect(try bot.call("sendMessage", #"{"chat_id":50,"text":"x"}"#).hasPrefix(#"{"ok":true"#))
        bot.now = now.adding(milliseconds: 2000)
        #expect(try bot.call("sendMessage", send).hasPrefix(#"{"ok":true"#))
        #expect(bot.state.bots[123456]?.counters.rateLimited == 1)
    }

    @Test("after logOut the bot is refused everything")
    func logOut() throws {
        var bot = try PureBot()
        #expect(try bot.call("logOut") == #"{"ok":true,"result":true}"#)
        #expect(try bot.call("getMe") == #"{"ok":false,"error_code":400,"description":"Logged out"}"#)
    }

    @Test("with --accept-any-chat a message reaches a chat nobody registered")
    func anyChat() throws {
        var bot = try PureBot(SimulatorOptions(acceptsAnyChat: true))
        #expect(try bot.call("sendMessage", #"{"chat_id":4503599627370495,"text":"x"}"#).hasPrefix(#"{"ok":true"#))
    }

    @Test("a message that says the same to the same chat again counts as a duplicate")
    func duplicates() throws {
        var bot = try PureBot()
        for text in ["a", "b", "a"] { _ = try bot.call("sendMessage", #"{"chat_id":5,"text":"\#(text)"}"#) }
        #expect(bot.state.statistics["duplicates"] == 1)
        #expect(bot.state.statistics["sent"] == 3)
    }
}
