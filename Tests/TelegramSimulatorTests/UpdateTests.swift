import Testing

@testable import TelegramSimulator

@Suite(.timeLimit(.minutes(5)))
struct UpdateTests {
    static let first: Int64 = 100_000_001

    private func botWithMessages(_ count: Int) throws -> PureBot {
        var bot = try PureBot()
        for number in 0..<count { try bot.write(#"{"chat_id":5,"text":"\#(number)"}"#) }
        return bot
    }

    @Test("updates come again until a higher offset confirms them")
    func confirmation() throws {
        var bot = try botWithMessages(3)
        #expect(try bot.updateIDs() == [Self.first, Self.first + 1, Self.first + 2])
        #expect(try bot.updateIDs() == [Self.first, Self.first + 1, Self.first + 2])
        #expect(try bot.updateIDs(#"{"offset":\#(Self.first + 2)}"#) == [Self.first + 2])
        #expect(try bot.updateIDs(#"{"offset":\#(Self.first)}"#) == [Self.first + 2])
        #expect(try bot.updateIDs(#"{"offset":\#(Self.first + 3)}"#) == [])
    }

    @Test("limit bounds an answer to 1 to 100 updates", arguments: [(0, 1), (2, 2), (100, 100), (1000, 100)])
    func limit(asked: Int, given: Int) throws {
        var bot = try botWithMessages(101)
        #expect(try bot.updateIDs(#"{"limit":\#(asked)}"#).count == given)
    }

    @Test("a negative offset keeps the last updates and forgets the others")
    func negativeOffset() throws {
        var bot = try botWithMessages(3)
        #expect(try bot.updateIDs(#"{"offset":-2}"#) == [Self.first + 1, Self.first + 2])
        #expect(try bot.updateIDs() == [Self.first + 1, Self.first + 2])
    }

    @Test("an offset far in the future is not believed")
    func futureOffset() throws {
        var bot = try botWithMessages(1)
        #expect(try bot.updateIDs(#"{"offset":999999999}"#) == [Self.first])
    }

    @Test(
        "a poll waits as long as it asks, 50 seconds at most",
        arguments: [(1, 1000), (50, 50_000), (600, 50_000)] as [(Int, Int64)])
    func timeout(asked: Int, given: Int64) throws {
        var bot = try PureBot()
        guard case .wait(let poll) = try bot.step("getUpdates", #"{"timeout":\#(asked)}"#) else {
            Issue.record("the poll did not wait")
            return
        }
        let start = bot.now
        try bot.bot { state in
            #expect(state.pollAnswer(poll, at: start.adding(milliseconds: given - 1)) == nil)
            #expect(state.pollAnswer(poll, at: start.adding(milliseconds: given)) == .success([]))
        }
    }

    @Test("a poll that waits is answered by the first update")
    func wakening() throws {
        var bot = try PureBot()
        guard case .wait(let poll) = try bot.step("getUpdates", #"{"timeout":10}"#) else {
            Issue.record("the poll did not wait")
            return
        }
        try bot.write(#"{"chat_id":5,"text":"x"}"#)
        let now = bot.now
        let answer = try bot.bot { $0.pollAnswer(poll, at: now) }
        #expect(answer?.body["result"]?.elements?.count == 1)
    }

    @Test("a second poll that waits ends the first with 409, a quick one does not")
    func conflict() throws {
        var bot = try PureBot()
        guard case .wait(let first) = try bot.step("getUpdates", #"{"timeout":10}"#) else {
            Issue.record("the poll did not wait")
            return
        }
        #expect(try bot.updateIDs() == [])
        let now = bot.now
        #expect(try bot.bot { $0.pollAnswer(first, at: now) } == nil)
        guard case .wait(let second) = try bot.step("getUpdates", #"{"timeout":10}"#) else {
            Issue.record("the second poll did not wait")
            return
        }
        let answers = try bot.bot { ($0.pollAnswer(first, at: now), $0.pollAnswer(second, at: now)) }
        #expect(
            answers.0?.body.text == #"{"ok":false,"error_code":409,"description":"Conflict: "#
                + #"terminated by other getUpdates request; make sure that only one bot instance is running"}"#)
        #expect(answers.1 == nil)
    }

    @Test("getUpdates and a webhook exclude each other")
    func webhookConflict() throws {
        var bot = try PureBot()
        guard case .wait(let poll) = try bot.step("getUpdates", #"{"timeout":10}"#) else {
            Issue.record("the poll did not wait")
            return
        }
        #expect(
            try bot.call("setWebhook", #"{"url":"https://example.com/hook"}"#)
                == #"{"ok":true,"result":true,"description":"Webhook was set"}"#)
        let now = bot.now
        #expect(
            try bot.bot { $0.pollAnswer(poll, at: now)?.body["description"] }
                == "Conflict: terminated by setWebhook request")
        #expect(
            try bot.call("getUpdates") == #"{"ok":false,"error_code":409,"description":"Conflict: "#
                + #"can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}"#
        )
        #expect(
            try bot.call("deleteWebhook") == #"{"ok":true,"result":true,"description":"Webhook was deleted"}"#)
        #expect(try bot.updateIDs() == [])
    }

    @Test("allowed_updates stays until it is given again, and an empty list is the default")
    func allowedUpdates() throws {
        var bot = try PureBot()
        #expect(try bot.updateIDs(#"{"allowed_updates":"[\"message\"]"}"#) == [])
        let now = bot.now
        func block(_ blocked: Bool) throws -> Int64? {
            let fields = try PureBot.fields(#"{"chat_id":5,"blocked":\#(blocked)}"#)
            return try bot.bot { try $0.block(fields, at: now) }.updateID
        }
        #expect(try block(true) == nil)
        #expect(try bot.updateIDs() == [])
        #expect(try block(false) == nil)
        #expect(try bot.updateIDs(#"{"allowed_updates":[]}"#) == [])
        #expect(try block(true) == Self.first)
    }

    @Test("blocking and unblocking the bot tell the old and the new membership")
    func membership() throws {
        var bot = try PureBot()
        let fields = try PureBot.fields(#"{"chat_id":5,"blocked":true}"#)
        let now = bot.now
        try bot.bot { _ = try $0.block(fields, at: now) }
        let update = try JSON(try bot.call("getUpdates"))["result"]?.elements?.first?["my_chat_member"]
        #expect(update?["old_chat_member"]?["status"] == "member")
        #expect(update?["new_chat_member"]?["status"] == "kicked")
        #expect(update?["from"]?["id"] == 5)
        #expect(try bot.call("sendMessage", #"{"chat_id":5,"text":"x"}"#).contains("bot was blocked by the user"))
    }

    @Test("a poison update goes out exactly as it was given, and the next one confirms it")
    func verbatim() throws {
        var bot = try PureBot()
        let id = try bot.bot { $0.addUpdate(verbatim: #"{"message":}"#) }
        #expect(id == Self.first)
        #expect(try bot.call("getUpdates") == #"{"ok":true,"result":[{"message":}]}"#)
        #expect(try bot.updateIDs(#"{"offset":\#(id + 1)}"#) == [])
        #expect(try bot.bot { $0.addUpdate(verbatim: #"{"update_id":200000000,"x":1.50}"#) } == 200_000_000)
        #expect(try bot.call("getUpdates") == #"{"ok":true,"result":[{"update_id":200000000,"x":1.50}]}"#)
    }

    @Test("a message of a customer carries any field given, and its /commands are marked")
    func customerMessage() throws {
        var bot = try PureBot()
        let deed = try bot.write(
            #"{"chat_id":70,"text":"/start@some_bot a /help","from":{"first_name":"Eva"},"contact":{"user_id":70}}"#)
        let message = try JSON(try bot.call("getUpdates"))["result"]?.elements?.first?["message"]
        #expect(message?["message_id"]?.integerValue == deed.messageID)
        #expect(message?["from"] == ["id": 70, "is_bot": false, "first_name": "Eva"])
        #expect(message?["contact"] == ["user_id": 70])
        #expect(
            message?["entities"] == [
                ["offset": 0, "length": 15, "type": "bot_command"], ["offset": 18, "length": 5, "type": "bot_command"],
            ])
    }

    @Test("updates leave the queue from the front, from the middle, and from the back")
    func queue() {
        var queue = UpdateQueue(nextID: 1)
        func update(_ id: Int64) -> Update {
            Update(id: id, lane: Update.Lane(chatID: 1, kind: "message"), text: "\(id)")
        }
        for id in 1...5000 as ClosedRange<Int64> { queue.insert(update(id)) }
        queue.remove(3)
        queue.confirm(below: 3)
        #expect(queue.oldest(2).map(\.id) == [4, 5])
        #expect(queue.count == 4997)
        queue.confirm(below: 4000)
        #expect(queue.update(3999) == nil)
        #expect(queue.update(4500)?.text == "4500")
        queue.insert(update(3000))
        #expect(queue.oldest(2).map(\.id) == [3000, 4000])
        queue.keepLast(1)
        #expect(queue.oldest(9).map(\.id) == [5000])
        #expect(queue.nextID == 5001)
    }
}
