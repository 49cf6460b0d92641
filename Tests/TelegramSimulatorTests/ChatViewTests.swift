import Testing

@testable import TelegramSimulator

@Suite("What draws a chat finds it in the control API", .timeLimit(.minutes(5)))
struct ChatViewTests {
    @Test("a chat shows both sides, its keyboard and whether the bot is blocked")
    func view() throws {
        var bot = try PureBot()
        let keyboard = #"{"keyboard":[[{"text":"My number","request_contact":true}]]}"#
        try bot.write(#"{"chat_id":5,"text":"/start"}"#)
        _ = try bot.call(
            "sendMessage", #"{"chat_id":5,"text":"<b>hi</b>","parse_mode":"HTML","reply_markup":\#(keyboard)}"#)
        try bot.write(#"{"chat_id":6000,"text":"somebody else"}"#)
        var view = try bot.bot { $0.view(of: 5) }
        let messages = try #require(view["messages"]?.elements)
        #expect(messages.map { $0["text"] } == ["/start", "hi"])
        #expect(messages.map { $0["is_from_bot"] } == [false, true])
        #expect(messages[1]["entities"] == [["offset": 0, "length": 2, "type": "bold"]])
        #expect(messages[1]["sent_at"] == .integer(bot.now.microseconds))
        #expect(view["keyboard"] == [[["text": "My number", "request_contact": true]]])
        #expect(view["state"] == "open")

        let contact = #"{"phone_number":"+7916","user_id":5}"#
        try bot.write(#"{"chat_id":5,"contact":\#(contact)}"#)
        _ = try bot.call("sendMessage", #"{"chat_id":5,"text":"x","reply_markup":{"remove_keyboard":true}}"#)
        let fields = try PureBot.fields(#"{"chat_id":5,"blocked":true}"#)
        let now = bot.now
        _ = try bot.bot { state in try state.block(fields, at: now) }
        view = try bot.bot { $0.view(of: 5) }
        #expect(view["messages"]?.elements?[2]["contact"]?["phone_number"] == "+7916")
        #expect(view["keyboard"] == .null)
        #expect(view["state"] == "blocked")
    }

    @Test("whoever watches a chat is answered when it changes, also by a reset")
    func watching() async throws {
        try await RunningSimulator.run { simulator in
            try await simulator.control("chats", #"{"id":5}"#)
            let first = try #require(try await simulator.control("chat?chat_id=5")["revision"]?.integerValue)
            async let second = simulator.control("chat?chat_id=5&after=\(first)&wait_ms=30000")
            try await simulator.control("messages", #"{"chat_id":5,"text":"x"}"#)
            let revision = try #require(try await second["revision"]?.integerValue)
            #expect(revision != first)
            async let third = simulator.control("chat?chat_id=5&after=\(revision)&wait_ms=30000")
            try await simulator.control("reset", "{}")
            #expect(try await third["messages"] == [])
        }
    }

    @Test("a fault ends when its time is over")
    func lasting() throws {
        let start = Timestamp(microseconds: 1_700_000_000_000_000)
        let fault = try Fault(
            PureBot.fields(#"{"kind":"status","method":"*","times":-1,"lasts_ms":10000}"#), at: start)
        var plan = FaultPlan()
        plan.add(fault)
        #expect(plan.take(for: .getUpdates, chatID: 0, at: start.adding(milliseconds: 9_999)) != nil)
        #expect(plan.take(for: .getUpdates, chatID: 0, at: start.adding(milliseconds: 10_000)) == nil)
        #expect(plan.pending.isEmpty)
    }
}
