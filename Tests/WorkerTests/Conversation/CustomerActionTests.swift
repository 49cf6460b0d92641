import Telegram
import Testing

@testable import Worker

@Suite("What a customer did", .timeLimit(.minutes(5)))
struct CustomerActionTests {
    private static let person = #""from":{"id":77,"is_bot":false,"first_name":"A"}"#
    private static let chat = #""chat":{"id":77,"type":"private"}"#

    private static func message(_ members: String, kind: String = "message") -> String {
        #"{"\#(kind)":{"message_id":1,"date":2,\#(chat),\#(person),\#(members)}}"#
    }

    private static func membership(_ status: String, chat: String = chat) -> String {
        #"{"my_chat_member":{\#(chat),\#(person),"new_chat_member":{"status":"\#(status)"}}}"#
    }

    private static func button(_ members: String) -> String {
        #"{"callback_query":{"id":"9",\#(person),\#(members)}}"#
    }

    private func read(_ json: String, bot: String? = "shop_bot") throws -> Incoming {
        Incoming(try Update(RawUpdate(json.utf8)), bot: bot)
    }

    private func action(_ json: String) throws -> CustomerAction {
        guard case .action(let action, let sender, 77, _) = try read(json), sender.id == 77 else { throw NoAction() }
        return action
    }

    private struct NoAction: Error {}

    @Test(
        "is a command where the message is one",
        arguments: [
            (#""text":"/start""#, CustomerAction.start(payload: "")), (#""text":"/start abc""#, .start(payload: "abc")),
            (#""text":"/orders@shop_bot""#, .orders(after: nil)), (#""text":"/help""#, .help),
            (#""text":"/what""#, .help), (#""text":"/start@other_bot""#, .help),
        ])
    func commands(members: String, expected: CustomerAction) throws {
        #expect(try action(Self.message(members)) == expected)
    }

    @Test(
        "is a message else",
        arguments: [#""text":"hello""#, #""text":" 123456""#, #""photo":[],"caption":"/start""#, #""x":1"#])
    func message(members: String) throws {
        guard case .message(let message) = try action(Self.message(members)) else { throw NoAction() }
        #expect(message.id == 1)
    }

    @Test(
        "is the sharing of a number, the own one only when Telegram says so",
        arguments: [
            (#"{"phone_number":"7916","user_id":77}"#, true), (#"{"phone_number":"7916","user_id":78}"#, false),
            (#"{"phone_number":"7916"}"#, false), (#"{"phone_number":"7916","user_id":null}"#, false),
        ])
    func contact(contact: String, isOwn: Bool) throws {
        guard case .contact("+7916", let found, _) = try action(Self.message(#""contact":\#(contact)"#)) else {
            throw NoAction()
        }
        #expect(found == isOwn)
    }

    @Test(
        "is a number of one line and at most 32 characters, that begins with a plus sign",
        arguments: [
            ("7916", "+7916"), ("+7916", "+7916"), ("7 916 123-45-67", "+7 916 123-45-67"),
            (#" +7\n916\u0000"#, "+7 916"), (#"\t7\n\n916\u202e"#, "+7 916"),
            (String(repeating: "1", count: 31), "+" + String(repeating: "1", count: 31)),
            (String(repeating: "1", count: 32), "+" + String(repeating: "1", count: 30) + "…"),
            ("+" + String(repeating: "1", count: 31), "+" + String(repeating: "1", count: 31)),
            ("+" + String(repeating: "1", count: 5000), "+" + String(repeating: "1", count: 30) + "…"),
        ])
    func phone(sent: String, expected: String) throws {
        let json = Self.message(#""contact":{"phone_number":"\#(sent)","user_id":77}"#)
        guard case .contact(let phone, isOwn: true, _) = try action(json) else { throw NoAction() }
        #expect(phone == expected)
        #expect(phone.utf16.count <= 32)
    }

    @Test("is a change of a message, but not of a command, which has been carried out")
    func edited() throws {
        guard case .edited(let message) = try action(Self.message(#""text":"two""#, kind: "edited_message")) else {
            throw NoAction()
        }
        #expect(message.text == "two")
        for text in ["/start", "/orders now", "/what"] {
            #expect(
                try read(Self.message(#""text":"\#(text)""#, kind: "edited_message")) == .ignored("a changed command"))
        }
    }

    @Test("is a place where it is sent, but not where it moves: somebody who shares the way would fill the chat")
    func location() throws {
        let place = #""location":{"latitude":55.75,"longitude":-37.5,"live_period":900}"#
        guard case .message(let message) = try action(Self.message(place)) else { throw NoAction() }
        #expect(message.attachment != nil)
        let step = Self.message(#"\#(place),"edit_date":3"#, kind: "edited_message")
        #expect(try read(step) == .ignored("a location that moves"))
    }

    @Test(
        "is a pressed button, even of a message that Telegram has forgotten",
        arguments: [
            (
                #""message":{\#(chat),"message_id":1,"date":0},"data":"orders:5:6""#,
                OrderPage.Cursor?(.init(date: 5, id: 6))
            ),
            (#""data":"orders:5:6""#, .init(date: 5, id: 6)),
            (#""message":{\#(chat)}"#, nil), (#""data":"orders:-9223372036854775808:1""#, nil),
            (#""data":"old""#, nil), (#""data":5"#, nil), (#""game_short_name":"x""#, nil),
        ])
    func buttons(members: String, cursor: OrderPage.Cursor?) throws {
        let incoming = try read(Self.button(members))
        guard case .action(let action, let sender, 77, "9") = incoming else { throw NoAction() }
        #expect(sender.id == 77)
        #expect(action == cursor.map { .orders(after: $0) } ?? .unknownButton)
    }

    @Test(
        "is that the bot was blocked or let in again",
        arguments: [("kicked", CustomerAction.blocked), ("member", .returned)])
    func membership(status: String, expected: CustomerAction) throws {
        #expect(try action(Self.membership(status)) == expected)
    }

    @Test(
        "is nothing to the bot in company: nothing of a customer may show there",
        arguments: [
            #"{"id":-5,"type":"group"}"#, #"{"id":-1001,"type":"supergroup"}"#, #"{"id":-1002,"type":"channel"}"#,
        ])
    func company(chat: String) throws {
        let members = #""message_id":1,"date":2,"chat":\#(chat),\#(Self.person),"text":"/orders""#
        for json in [
            #"{"message":{\#(members)}}"#, #"{"edited_message":{\#(members)}}"#,
            Self.button(#""message":{"chat":\#(chat)},"data":"orders:5:6""#),
            Self.membership("kicked", chat: #""chat":\#(chat)"#),
        ] {
            #expect(try read(json) == .ignored("not a private chat"))
        }
    }

    @Test("is nothing to the bot when no person did it")
    func nobody() throws {
        let robot = #""from":{"id":77,"is_bot":true,"first_name":"B"}"#
        for sender in [robot + ",", ""] {
            let json = #"{"message":{\#(sender)"message_id":1,"date":2,\#(Self.chat),"text":"/start"}}"#
            #expect(try read(json) == .ignored("not from a person"))
        }
        guard case .ignored = try read(#"{"callback_query":{"id":"9",\#(robot),"data":"orders:5:6"}}"#) else {
            throw NoAction()
        }
    }

    @Test("is nothing to the bot when it is of another kind")
    func other() throws {
        for json in [#"{"update_id":1}"#, #"{"channel_post":{"message_id":1}}"#, #"{"inline_query":{}}"#] {
            #expect(try read(json) == .ignored("of a kind that the bot has no use for"))
        }
    }

    // MARK: With the text it came in

    @Test("is told apart by whose it is; what leads to nothing is nobody's")
    func person() {
        func personID(_ json: String) -> Int64? { ReadUpdate(RawUpdate(json.utf8), bot: nil).personID }
        #expect(personID(Self.message(#""text":"x""#)) == 77)
        #expect(personID(Self.button(#""data":"x""#)) == 77)
        #expect(personID(#"{"update_id":1}"#) == nil)
        #expect(personID("{") == nil)
    }

    @Test("is not known when the update cannot be read, or only its beginning was taken")
    func unreadable() {
        let broken = ReadUpdate(RawUpdate(#"{"update_id":5,"message":{}}"#.utf8), bot: nil)
        #expect(broken.raw.id == 5)
        #expect(throws: UnreadableUpdate("there is no message.message_id")) { try broken.incoming.get() }
        let long = ReadUpdate(tooLong: RawUpdate(#"{"update_id":5,"message":{"#.utf8))
        #expect(long.raw.id == 5)
        #expect(throws: UnreadableUpdate("longer than 1 MiB")) { try long.incoming.get() }
        #expect(long.personID == nil)
    }
}
