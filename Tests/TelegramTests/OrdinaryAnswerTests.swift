import Foundation
import Reactor
import TestSupport
import Testing

@testable import Telegram

/// The short way past the decoder, which must never know more than the decoder does.
@Suite("The ordinary answer to a message", .timeLimit(.minutes(60)))
struct OrdinaryAnswerTests {
    private static let bot = #"{"id":123456,"is_bot":true,"first_name":"Shop","username":"shop_bot"}"#

    private static let corpus = [
        #"{"ok":true,"result":{"message_id":7,"from":\#(bot),"chat":\#(UpdateCorpus.chat),"date":1795445961,"#
            + #""text":"\u2705 \u0417\u0430\u043a\u0430\u0437 S00042\n\"x\" \\ \/","#
            + #""entities":[{"offset":8,"length":6,"type":"bold"}],"link_preview_options":{"is_disabled":true}}}"#,
        #"{"ok":true,"result":{"message_id":4503599627370497,"chat":{"id":-1001234567890,"title":"Заказы 👍🏽","#
            + #""type":"supergroup"},"date":1795445961,"text":"x"}}"#,
        " {\r\n\t\"result\" : { \"date\" : 1795445961 , \"message_id\" : 7 , \"a\" : [ ] , \"b\" : { } , "
            + "\"c\" : [ -0.5e-3 , 12E+1 , 0 , null , true , false , \"\" , [ [ 1 ] ] ] } , \"ok\" : true } \n",
        #"{"ok":true,"result":{"message_id":9223372036854775807,"date":-9223372036854775808},"description":"x"}"#,
        #"{"ok":true,"result":{"message_id":7,"date":1795445961,"reply_to_message":{"message_id":3,"date":5,"#
            + #""chat":\#(UpdateCorpus.chat),"text":"\ud83d\udc4d"}}}"#,
    ]

    private func read(_ text: some Sequence<UInt8>) -> SentMessage? {
        SentMessage(ordinaryAnswer: Array(text))
    }

    private func decoded(_ text: [UInt8]) throws -> SentMessage? {
        guard
            case .result(let message) = Answer<SentMessage>(
                HTTPResponse(status: 200, body: text), token: try BotToken("123456:\(Exchange.secret)"))
        else { return nil }
        return message
    }

    @Test("is read as the decoder reads it", arguments: corpus)
    func ordinary(text: String) throws {
        let message = try #require(read(text.utf8))
        let expected = try #require(try decoded(Array(text.utf8)))
        #expect(message.messageID == expected.messageID && message.date == expected.date)
    }

    @Test("is not read when it is cut off anywhere", arguments: corpus)
    func cut(text: String) {
        let end = text.utf8.lastIndex(of: UInt8(ascii: "}")) ?? text.startIndex
        for index in text.utf8.indices.prefix(while: { $0 <= end }) where read(text.utf8[..<index]) != nil {
            Issue.record("read after \(text.utf8[..<index])")
        }
    }

    @Test(
        "is left to the decoder when it is out of the ordinary",
        arguments: [
            "", " ", "null", "true", "[]", "{}", "\u{FEFF}", #"{"ok":true}"#, #"{"result":{"message_id":7,"date":1}}"#,
            #"{"ok":true,"result":{"message_id":7}}"#, #"{"ok":true,"result":{"date":7}}"#,
            #"{"ok":true,"result":true}"#, #"{"ok":true,"result":[{"message_id":7,"date":1}]}"#,
            #"{"ok":false,"result":{"message_id":7,"date":1}}"#, #"{"ok":"true","result":{"message_id":7,"date":1}}"#,
            #"{"ok":true,"result":{"message_id":7.0,"date":1}}"#, #"{"ok":true,"result":{"message_id":7,"date":1e3}}"#,
            #"{"ok":true,"result":{"message_id":"7","date":1}}"#,
            #"{"ok":true,"result":{"message_id":null,"date":1}}"#,
            #"{"ok":true,"result":{"message_id":9223372036854775808,"date":1}}"#,
            #"{"ok":true,"result":{"message_id":07,"date":1}}"#, #"{"ok":true,"result":{"message_id":+7,"date":1}}"#,
            #"{"ok":true,"result":{"message_id":-,"date":1}}"#, #"{"ok":true,"result":{"message_id":7,"date":1,}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1}},"#, #"{"ok":true,"result":{"message_id":7,"date":1}}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1}} x"#, #"{"ok":true "result":{"message_id":7,"date":1}}"#,
            #"{"ok":truex,"result":{"message_id":7,"date":1}}"#, #"{"ok":true,"result":{"message_id":7 8,"date":1}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"a":tru}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"a":NaN}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"a":1.}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"a":.5}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"a":1e}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"a":[1,]}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"a":{1:2}}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"a":[1}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"a":"\x"}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"a":"\u12G4"}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"a":'x'}}"#,
            "{\"ok\":true,\"result\":{\"message_id\":7,\"date\":1,\"a\":\"\n\"}}",
            "{\"ok\":true,\"result\":{\"message_id\":7,\"date\":1}}\0", "{\"ok\":true,\0\"result\":{}}",
            // Which of the two holds is the decoder's to say.
            #"{"ok":true,"ok":true,"result":{"message_id":7,"date":1}}"#,
            #"{"ok":true,"ok":false,"result":{"message_id":7,"date":1}}"#,
            #"{"ok":true,"\u006fk":false,"result":{"message_id":7,"date":1}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"message_id":8}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"date":2}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1},"result":{"message_id":8,"date":1}}"#,
            #"{"ok":true,"result":{"message_id":7,"date":1,"é":1}}"#,
        ])
    func unusual(text: String) {
        #expect(read(text.utf8) == nil)
    }

    @Test("is left to the decoder when it is not UTF-8, or nested without end")
    func hostile() {
        let head = Array(#"{"ok":true,"result":{"message_id":7,"date":1,"a":"#.utf8)
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xD0], [0x80]] {
            #expect(read(head + [UInt8(ascii: "\"")] + bytes + Array(#""}}"#.utf8)) == nil)
        }
        for depth in [31, 100_000] {
            let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect(read(head + Array((nested + "}}").utf8)) == nil)
        }
        #expect(read(head + Array("[[[[[[[[]]]]]]]]}}".utf8)) != nil)
    }

    /// `TGWORKER_FUZZ` says how many; `TGWORKER_FUZZ_SEED` repeats a run.
    @Test("with any damage is read as the decoder reads it, or left to the decoder")
    func damaged() async throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["TGWORKER_FUZZ"].flatMap { Int($0) } ?? 20_000
        let seed = environment["TGWORKER_FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...UInt64(UInt32.max))
        print("fuzz of answers: seed \(seed)")
        var mutator = UpdateMutator(seed: seed, corpus: Self.corpus)
        var wasRead = 0
        var problems = 0
        for number in 1...count where problems < 10 {
            // Other tests wait for sockets meanwhile.
            if number.isMultiple(of: 50) { await Task.yield() }
            let text = mutator.next()
            guard let message = read(text) else { continue }
            wasRead += 1
            let expected = try decoded(text)
            if message.messageID != expected?.messageID || message.date != expected?.date {
                Issue.record("seed \(seed), answer \(number): \(String(decoding: text, as: UTF8.self))")
                problems += 1
            }
        }
        // Damage that leaves nothing whole, or everything, would test nothing.
        #expect(wasRead > count / 20 && wasRead < count * 19 / 20)
    }
}
