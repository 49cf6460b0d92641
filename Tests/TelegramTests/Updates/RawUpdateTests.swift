import Reactor
import Testing

@testable import Telegram

@Suite("A raw update", .timeLimit(.minutes(5)))
struct RawUpdateTests {
    @Test(
        "has the number of its object, and else whatever number can be found",
        arguments: [
            (#"{"message":{"update_id":3},"update_id":12}"#, Int64?.some(12)),
            (#"{"message":{"text":"\"update_id\":5,"},"update_id":12}"#, 12),
            (#"  {"update_id":12}"# + "\n", 12),
            ("{\t\"update_id\"\r\n:\t12 }", 12),
            (#"{"update_id":4503599627370497}"#, 4_503_599_627_370_497),
            (#"{"update_id":9223372036854775807}"#, .max),
            // Broken behind the number.
            (#"{"update_id":12,}{"#, 12),
            (#"{"update_id":12,"message":{"text":"a"b"}}"#, 12),
            (#"{"update_id":12,"message":{"text":"\ud8"#, 12),
            // Cut off at the number, or broken before it.
            (#"{"update_id":12"#, 12),
            (#"[{"update_id":12}]"#, 12),
            (#"{"message":{},,"update_id" : 12}"#, 12),
            ("}{\"update_id\"\n:\t12,", 12),
            (#"{"a":"update_id","b":[,"update_id":12"#, 12),
            (#"{"ok":true,"result":[{"update_id":12,"message":{"text":"x"#, 12),
            // None.
            (#"{"update_id":"12"}"#, nil),
            (#"{"update_id":12.5}"#, nil),
            (#"{"update_id":9223372036854775808}"#, nil),
            (#"{"update_id":"#, nil),
            (#"{"text":"update_id","id":12"#, nil),
            (#"{"a":"\"#, nil),
            ("null", nil),
            ("", nil),
        ])
    func number(json: String, id: Int64?) {
        let update = RawUpdate(json.utf8)
        #expect(update.id == id)
        #expect(update.json == json)
    }

    @Test("is kept as it came; bytes that are not UTF-8 are replaced")
    func notUTF8() {
        let update = RawUpdate(Array(#"{"update_id":1,"a":""#.utf8) + [0xFF, 0xD0] + Array(#""}"#.utf8))
        #expect(update.id == 1)
        #expect(update.json == "{\"update_id\":1,\"a\":\"\u{FFFD}\u{FFFD}\"}")
    }

    @Test("may be nested deeply without exhausting the stack")
    func deeplyNested() throws {
        let depth = 200_000
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(RawUpdate(#"{"a":\#(nested),"update_id":1}"#.utf8).id == 1)
        #expect(RawUpdate(#"{"a":\#(nested.dropLast()),"update_id":1}"#.utf8).id == 1)
        let value = try #require(JSONBounds.member("b", of: Array(#"{"a":\#(nested),"b":7}"#.utf8)[...]))
        #expect(value.elementsEqual("7".utf8))
    }

    // MARK: getUpdates

    @Test("is returned byte for byte")
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

    @Test("is not returned when there is none", arguments: [1, 100])
    func noUpdates(limit: Int) async throws {
        let exchange = Exchange(#"{"ok":true,"result":[ ]}"#)
        #expect(try await exchange.api().getUpdates(offset: nil, limit: limit, wait: .zero).isEmpty)
        #expect(exchange.body == #"{"limit":\#(limit),"timeout":0}"#)
    }

    @Test("is returned like the others when its JSON is broken, as long as it can be told where it ends")
    func brokenAmongOthers() async throws {
        let elements = [
            #"{"update_id":1}"#, #"{"update_id":2,"message":{"text":"\ud800","date":nul,,}}"#, #"{"update_id":"3"}"#,
            #"nonsense"#, #"{"update_id":5}"#,
        ]
        let updates = try await Exchange(#"{"ok":true,"result":[\#(elements.joined(separator: ", "))]}"#).api()
            .getUpdates(offset: nil)
        #expect(updates.map(\.json) == elements)
        #expect(updates.map(\.id) == [1, 2, nil, nil, 5])
    }

    private static let endless = [
        #"{"ok":true,"result":[{"update_id":7,"message":{"text":"a"b"}}]}"#,
        #"{"ok":true,"result":[{"update_id":7}}]}"#,
        #"{"ok":true,"result":[{"update_id":7},{"update_id":8"#,
    ]

    @Test("is not confirmed with others when it cannot be told where it ends", arguments: endless)
    func endlessAmongOthers(body: String) async throws {
        #expect(try await Self.isUnknown(body, limit: 100))
    }

    @Test("is the whole answer when it was asked for alone and cannot be told where it ends", arguments: endless)
    func endlessAlone(body: String) async throws {
        let updates = try await Exchange(body).api().getUpdates(offset: nil, limit: 1)
        #expect(updates.map(\.id) == [7])
        #expect(updates.map(\.json) == [body])
    }

    @Test(
        "is not made of an answer that has none",
        arguments: [
            #"{"ok":true,"result":{}}"#, #"{"ok":true}"#, #"{"ok":true,"result":[{"#, "<html>502</html>", "", "null",
            #"{"ok":"true","result":[{"update_id":7}]}"#, #"{"result":[{"update_id":7}]}"#,
        ])
    func foreign(body: String) async throws {
        for limit in [1, 100] { #expect(try await Self.isUnknown(body, limit: limit)) }
    }

    @Test("is not made of an answer that reports an error", arguments: [1, 100])
    func refused(limit: Int) async throws {
        let api = try Exchange(
            409, #"{"ok":false,"error_code":409,"description":"Conflict: x","result":[{"update_id":7}]}"#
        ).api()
        await #expect(throws: TelegramError.conflict("Conflict: x")) {
            try await api.getUpdates(offset: nil, limit: limit)
        }
        // Whatever stands in it, an answer with another status is not taken apart.
        #expect(try await Self.isUnknown(#"{"ok":true,"result":[{"update_id":7}]}"#, status: 502, limit: limit))
    }

    private static func isUnknown(_ body: String, status: Int = 200, limit: Int) async throws -> Bool {
        let api = try Exchange(status, body).api()
        let error = await #expect(throws: TelegramError.self) {
            try await api.getUpdates(offset: 1, limit: limit)
        }
        if case .unknown? = error { return true }
        return false
    }
}
