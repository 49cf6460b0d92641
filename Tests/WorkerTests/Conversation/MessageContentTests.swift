import Telegram
import Testing

@testable import Worker

@Suite("A customer's message in Odoo", .timeLimit(.minutes(5)))
struct MessageContentTests {
    private func text(_ members: String, _ language: MessageLanguage = .english) throws -> String {
        MessageContent(try .sample(members), language: language).text
    }

    @Test(
        "is its words, or the words under a picture",
        arguments: [
            (#""text":" Where is\nmy order? ""#, " Where is\nmy order? "),
            (#""photo":[],"caption":"this one""#, "this one"),
            (#""text":"a\u0000b\u0000""#, "ab"),
            (#""document":{"file_name":"x.pdf"},"caption":"a\u0000b""#, "ab"),
        ])
    func words(members: String, expected: String) throws {
        #expect(try text(members) == expected)
    }

    @Test(
        "without words says what it is, in the operators' language",
        arguments: [
            (#""photo":[]"#, "[Photo]", "[Фото]"),
            (#""photo":[],"caption":" \n\u0000""#, "[Photo]", "[Фото]"),
            (#""video":{}"#, "[Video]", "[Видео]"),
            (#""animation":{}"#, "[Animation]", "[Анимация]"),
            (#""video_note":{}"#, "[Video message]", "[Видеосообщение]"),
            (#""document":{"file_name":"a\u0000b.pdf"}"#, "[File: ab.pdf]", "[Файл: ab.pdf]"),
            (#""document":{}"#, "[File]", "[Файл]"),
            (#""audio":{"title":"Song"}"#, "[Audio: Song]", "[Аудио: Song]"),
            (#""audio":{}"#, "[Audio]", "[Аудио]"),
            (#""voice":{"duration":7}"#, "[Voice message, 0:07]", "[Голосовое сообщение, 0:07]"),
            (#""voice":{"duration":671}"#, "[Voice message, 11:11]", "[Голосовое сообщение, 11:11]"),
            (#""voice":{}"#, "[Voice message]", "[Голосовое сообщение]"),
            (#""sticker":{"emoji":"😀"}"#, "[Sticker 😀]", "[Стикер 😀]"),
            (#""sticker":{}"#, "[Sticker]", "[Стикер]"),
            (
                #""location":{"latitude":55.75,"longitude":-37.5}"#,
                "[Location: https://maps.google.com/?q=55.75,-37.5]",
                "[Геопозиция: https://maps.google.com/?q=55.75,-37.5]"
            ),
            (
                #""contact":{"phone_number":"+7 916","first_name":"Anna","last_name":"K"}"#,
                "[Contact: Anna K +7 916]", "[Контакт: Anna K +7 916]"
            ),
            (#""contact":{"phone_number":"+7 916"}"#, "[Contact: +7 916]", "[Контакт: +7 916]"),
            (#""poll":{"question":"Which?"}"#, "[Poll: Which?]", "[Опрос: Which?]"),
            (#""poll":{}"#, "[Poll]", "[Опрос]"),
            (#""dice":{"emoji":"🎲"}"#, "[Dice 🎲]", "[Кубик 🎲]"),
            (#""dice":{}"#, "[Dice]", "[Кубик]"),
            (#""new_kind":{}"#, "[Message without text]", "[Сообщение без текста]"),
            (#""text":"\u0000 ""#, "[Message without text]", "[Сообщение без текста]"),
        ])
    func wordless(members: String, english: String, russian: String) throws {
        #expect(try text(members, .english) == english)
        #expect(try text(members, .russian) == russian)
    }

    @Test("survives a length that makes no sense", arguments: [Int64.min, -61, 0, .max])
    func strangeLength(seconds: Int64) throws {
        #expect(try text(#""voice":{"duration":\#(seconds)}"#).hasPrefix("[Voice message, "))
    }
}

@Suite("The names of a Telegram user", .timeLimit(.minutes(5)))
struct ProfileTests {
    @Test(
        "make the names that Odoo shows",
        arguments: [
            (#"{"id":77,"first_name":"Anna","last_name":"K","username":"anna"}"#, "Anna K", "Anna K"),
            (#"{"id":77,"first_name":"Anna"}"#, "Anna", "Anna"),
            (#"{"id":77,"first_name":" ","last_name":"K"}"#, "K", "K"),
            (#"{"id":77,"first_name":"","username":"anna"}"#, "@anna", "@anna"),
            (#"{"id":77,"first_name":"\u0000\u202e"}"#, "Telegram User 77", "ID: 77"),
            (#"{"id":77}"#, "Telegram User 77", "ID: 77"),
            (#"{"id":77,"first_name":"A\nB\u0000\u202eC"}"#, "A BC", "A BC"),
        ])
    func names(json: String, partner: String, display: String) throws {
        let profile = Customer.Profile(try decoded(json, as: User.self))
        #expect(profile.partnerName(id: 77) == partner)
        #expect(profile.displayName(id: 77) == display)
    }

    @Test("are no longer than a line")
    func long() throws {
        let name = String(repeating: "x", count: 5000)
        let profile = Customer.Profile(try decoded(#"{"id":77,"first_name":"\#(name)"}"#, as: User.self))
        #expect(profile.firstName?.utf16.count == InlineValue.limit)
        let toast = OperatorToast(customer: name, text: "a\nb" + name)
        #expect(toast.customer.utf16.count == 64)
        #expect(toast.text.utf16.count == InlineValue.limit)
        #expect(toast.text.hasPrefix("a b"))
    }
}
