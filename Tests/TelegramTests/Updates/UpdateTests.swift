import Testing

@testable import Telegram

@Suite("An update", .timeLimit(.minutes(5)))
struct UpdateTests {
    private func read(_ json: String) throws -> Update.Content { try Update(RawUpdate(json.utf8)).content }

    private func readMessage(_ members: String, kind: String = "message") throws -> Message {
        switch try read(UpdateCorpus.message(members, kind: kind)) {
        case .message(let message), .editedMessage(let message): return message
        default: throw Unexpected()
        }
    }

    private struct Unexpected: Error {}

    // MARK: What it is

    @Test("is read with all that is needed of a message")
    func message() throws {
        let message = try readMessage(
            #""edit_date":1795446000,"text":"a\n\"b\" \u0430\ud83d\ude00","caption":null,"reply_to_message":{"message_id":16}"#
        )
        #expect(message.id == 17)
        #expect(message.date == 1_795_445_961)
        #expect(message.editDate == 1_795_446_000)
        #expect(message.chat == Chat(id: 4_503_599_627_370_497, type: "private"))
        #expect(message.chat.isPrivate)
        #expect(message.text == "a\n\"b\" а😀")
        #expect(message.caption == nil)
        #expect(message.replyTo == 16)
        #expect(message.attachment == nil)
        let sender = try #require(message.from)
        #expect(sender.id == 4_503_599_627_370_497)
        #expect(!sender.isBot)
        #expect(sender.firstName == "Анна")
        #expect(sender.lastName == "O'Neil <b>")
        #expect(sender.username == "anna_k")
        #expect(sender.languageCode == "ru")
    }

    @Test("tells a changed message from a new one")
    func editedMessage() throws {
        guard case .editedMessage(let message) = try read(UpdateCorpus.message(#""text":"x""#, kind: "edited_message"))
        else { throw Unexpected() }
        #expect(message.text == "x")
    }

    @Test("is read as a pressed button, with the chat if Telegram still knows it")
    func callbackQuery() throws {
        guard case .callbackQuery(let query) = try read(UpdateCorpus.others[0]),
            case .callbackQuery(let old) = try read(UpdateCorpus.others[1])
        else { throw Unexpected() }
        #expect(query.id == "4382bfdwdsb323b2d9")
        #expect(query.from.id == 4_503_599_627_370_497)
        #expect(query.chat?.id == 4_503_599_627_370_497)
        #expect(query.data == "orders:1764000000000000:42")
        #expect(old.chat == nil)
        #expect(old.data == nil)
    }

    @Test("is read as a change of what the bot is in a chat")
    func myChatMember() throws {
        guard case .myChatMember(let change) = try read(UpdateCorpus.others[2]) else { throw Unexpected() }
        #expect(change.status == "kicked")
        #expect(change.chat.isPrivate)
        #expect(change.from.id == 4_503_599_627_370_497)
    }

    @Test(
        "of any other kind is just that",
        arguments: UpdateCorpus.others.suffix(3) + [
            "{}", #"{"update_id":1}"#, #"{"message":null}"#, #"{"update_id":"x","message":null,"new_kind":[[[]]]}"#,
        ])
    func other(json: String) throws {
        #expect(try read(json) == .other)
    }

    // MARK: What it consists of

    @Test(
        "names what a message without text is",
        arguments: zip(
            UpdateCorpus.attachments,
            [
                .photo, .video, .animation, .videoNote, .document(fileName: "счёт №5.pdf"), .audio(title: "A song"),
                .voice(seconds: 67), .sticker(emoji: "😀"),
                .location(Telegram.Attachment.Location(latitude: 55.751244, longitude: -37.618423)),
                .location(Telegram.Attachment.Location(latitude: 1.5, longitude: 2)),
                .contact(
                    Telegram.Attachment.Contact(
                        phoneNumber: "79161234567", firstName: "Анна", lastName: "K", userID: 4_503_599_627_370_497)),
                .poll(question: "Which?"), .dice(emoji: "🎲"), .other, .other,
            ] as [Telegram.Attachment]))
    func attachment(json: String, attachment: Telegram.Attachment) throws {
        guard case .message(let message) = try read(json) else { throw Unexpected() }
        #expect(message.attachment == attachment)
        #expect(message.text == nil)
    }

    @Test("keeps the words under a picture")
    func caption() throws {
        let message = try readMessage(#""photo":[],"caption":"a picture""#)
        #expect(message.caption == "a picture")
        #expect(message.attachment == .photo)
    }

    @Test(
        "names an attachment by what is known of it",
        arguments: [
            (#""document":{}"#, Telegram.Attachment.document(fileName: nil)),
            (#""document":{"file_name":7}"#, .document(fileName: nil)),
            (#""audio":{"title":null}"#, .audio(title: nil)),
            (#""voice":{"duration":"long"}"#, .voice(seconds: nil)),
            (#""sticker":{}"#, .sticker(emoji: nil)),
            (#""poll":{"question":[]}"#, .poll(question: nil)),
            (#""dice":{}"#, .dice(emoji: nil)),
            (
                #""contact":{"phone_number":"+7 916"}"#,
                .contact(Telegram.Attachment.Contact(phoneNumber: "+7 916", firstName: nil, lastName: nil, userID: nil))
            ),
            (#""contact":{"first_name":"A"}"#, .other),
            (#""contact":"79161234567""#, .other),
            (#""location":{"latitude":"x","longitude":1}"#, .other),
            (#""location":{"latitude":1e999,"longitude":1}"#, .other),
            (#""document":"x""#, .other),
            (#""web_app_data":{"data":"x"}"#, .other),
        ])
    func strangeAttachment(members: String, attachment: Telegram.Attachment) throws {
        #expect(try readMessage(members).attachment == attachment)
    }

    // MARK: What is strange

    @Test(
        "does without optional fields, and without those of a strange type",
        arguments: [
            (#""edit_date":"x","caption":5,"reply_to_message":5"#),
            (#""edit_date":1e99,"caption":{},"reply_to_message":{"message_id":"16"}"#),
            (#""edit_date":null,"caption":null,"reply_to_message":{}"#),
        ])
    func strangeOptional(members: String) throws {
        let message = try readMessage(members)
        #expect(message.editDate == nil)
        #expect(message.caption == nil)
        #expect(message.replyTo == nil)
    }

    @Test("does without what is strange about a person, but for the number")
    func strangePerson() throws {
        let json =
            #"{"message":{"message_id":1,"date":0,"chat":{"id":5,"type":"private"},"#
            + #""from":{"id":5,"is_bot":"no","first_name":null,"last_name":[],"username":{},"language_code":7}}}"#
        guard case .message(let message) = try read(json) else { throw Unexpected() }
        let sender = try #require(message.from)
        #expect(sender.id == 5)
        #expect(!sender.isBot)
        #expect(sender.firstName == "")
        #expect(sender.lastName == nil && sender.username == nil && sender.languageCode == nil)
    }

    @Test(
        "takes whole numbers up to 64 bits",
        arguments: [Int64(1) << 52, (1 << 53) + 1, .max, .min, 0, -1_001_234_567_890])
    func numbers(id: Int64) throws {
        let json = #"{"message":{"message_id":\#(id),"date":\#(id),"chat":{"id":\#(id),"type":"group"}}}"#
        guard case .message(let message) = try read(json) else { throw Unexpected() }
        #expect(message.id == id && message.date == id && message.chat.id == id)
    }

    @Test("keeps NUL characters, and a mebibyte of text")
    func extremes() throws {
        #expect(try readMessage(#""text":"a\u0000b""#).text == "a\0b")
        let long = String(repeating: "длинный \\n текст ", count: 1 << 16)
        #expect(long.utf8.count > 1 << 20)
        #expect(try readMessage(#""text":"\#(long)""#).text == long.replacing("\\n", with: "\n"))
    }

    // MARK: What cannot be read

    @Test(
        "that cannot be read is refused with a line that names the field",
        arguments: [
            (#"{"message":{"date":0,"chat":{"id":5,"type":"private"}}}"#, "there is no message.message_id"),
            (#"{"message":{"message_id":1,"chat":{"id":5,"type":"private"}}}"#, "there is no message.date"),
            (#"{"edited_message":{"message_id":1,"date":0}}"#, "there is no edited_message.chat"),
            (#"{"message":{"message_id":1,"date":0,"chat":{"type":"private"}}}"#, "there is no message.chat.id"),
            (#"{"message":{"message_id":1,"date":0,"chat":{"id":5}}}"#, "there is no message.chat.type"),
            (#"{"message":{"message_id":1,"date":null,"chat":{}}}"#, "message.date is null"),
            (#"{"message":{"message_id":"1"}}"#, "message.message_id is of another type"),
            (#"{"message":[]}"#, "message is of another type"),
            (#"{"callback_query":{"from":{"id":5}}}"#, "there is no callback_query.id"),
            (#"{"callback_query":{"id":"1","from":{}}}"#, "there is no callback_query.from.id"),
            (
                #"{"my_chat_member":{"chat":{"id":5,"type":"private"},"from":{"id":5}}}"#,
                "there is no my_chat_member.new_chat_member"
            ),
            (
                #"{"my_chat_member":{"chat":{"id":5,"type":"private"},"from":{"id":5},"new_chat_member":{}}}"#,
                "there is no my_chat_member.new_chat_member.status"
            ),
            ("[1]", "the update is of another type"),
            ("12", "the update is of another type"),
            ("null", "the update is null"),
            ("", "not JSON"),
            ("{", "not JSON"),
            (#"{"message":nul}"#, "not JSON"),
            (#"{"update_id":1}{"update_id":2}"#, "not JSON"),
            ("{\"text\":\"a\nb", "not JSON"),
            // Foundation says no more of a number that is no whole one of 64 bits.
            (#"{"message":{"message_id":1.5}}"#, "not JSON"),
            (#"{"message":{"message_id":9223372036854775808}}"#, "not JSON"),
            (#"{"message":{"message_id":-1e30}}"#, "not JSON"),
        ])
    func unreadable(json: String, description: String) {
        let error = #expect(throws: UnreadableUpdate.self) { try read(json) }
        #expect(error?.description == description)
    }

    @Test(
        "is refused when its text has half a character, or what is no escape; elsewhere that does no harm",
        arguments: [#"\ud800"#, #"\udc00"#, #"\ud800\u0041"#, #"\x"#])
    func brokenText(escape: String) throws {
        let error = #expect(throws: UnreadableUpdate.self) {
            try read(UpdateCorpus.message(#""text":"secret\#(escape)""#))
        }
        #expect(error?.description == "not JSON")
        let message = try readMessage(#""text":"x","caption":"secret\#(escape)","new_field":"\#(escape)""#)
        #expect(message.text == "x")
        #expect(message.caption == nil)
    }

    @Test("is refused when it is nested deeper than anybody needs", arguments: [1000, 200_000])
    func deeplyNested(depth: Int) {
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let error = #expect(throws: UnreadableUpdate.self) {
            try read(UpdateCorpus.message(#""text":"x","x":\#(nested)"#))
        }
        #expect(error?.description == "not JSON")
        #expect(throws: Never.self) { try read(#"{"x":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}"#) }
    }
}
