import Testing

@testable import TelegramSimulator

@Suite(.timeLimit(.minutes(5)))
struct JSONTests {
    @Test(
        "a value is written as td writes it: fields in order, everything outside ASCII escaped",
        arguments: [
            (#"{"b":1,"a":[true,false,null,-2,1.50]}"#, #"{"b":1,"a":[true,false,null,-2,1.50]}"#),
            (#" { "a" : "x\/y" } "#, #"{"a":"x/y"}"#),
            (#""Ж😀\u0436\ud83d\ude00""#, #""\u0416\ud83d\ude00\u0436\ud83d\ude00""#),
            (#""\"\\\n\r\t\b\f\u0001""#, #""\"\\\n\r\t\b\f\u0001""#),
            ("4503599627370495", "4503599627370495"), ("18446744073709551616", "18446744073709551616"),
        ])
    func writing(source: String, text: String) throws {
        #expect(try JSON(source).text == text)
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", "{", "[1,]", #"{"a" 1}"#, #""open"#, "tru", "1 2", #""\ud800""#, #""\x""#, "-", "1.",
            String(repeating: "[", count: 200),
        ])
    func refusal(source: String) {
        #expect(throws: JSONError.self) { try JSON(source) }
    }

    @Test("parameters come from the query, from a form and from JSON")
    func parameters() throws {
        let form = try RequestParameters.read(
            query: "chat_id=5&x=%D0%96", body: Array("text=a+b%26c&y".utf8),
            contentType: "application/x-www-form-urlencoded; charset=utf-8")
        #expect(form.integer("chat_id") == 5)
        #expect(form.string("x") == "Ж")
        #expect(form.string("text") == "a b&c")
        #expect(form.string("y") == "")
        let json = try RequestParameters.read(
            body: Array(#"{"chat_id":"7","deep":{"a":1},"yes":true}"#.utf8), contentType: "application/json")
        #expect(json.integer("chat_id") == 7)
        #expect(json.string("deep") == #"{"a":1}"#)
        #expect(json.bool("yes"))
        #expect(throws: Refusal.badRequest("JSON object expected")) {
            try RequestParameters.read(body: Array("[]".utf8), contentType: "application/json")
        }
    }

    @Test("the log keeps the last requests and counts all")
    func requestLog() {
        var log = RequestLog(capacity: 3)
        for number in 1...5 {
            let sequence = log.arrive(
                botID: 1, method: "m\(number)", parameters: Parameters(), at: Timestamp(microseconds: 0))
            log.finish(sequence, status: 200, outcome: "answered")
        }
        log.finish(1, status: 500, outcome: "late")
        #expect(log.count == 5)
        #expect(log.records(after: 0).map(\.method) == ["m3", "m4", "m5"])
        #expect(log.records(after: 4).map(\.sequence) == [5])
        #expect(log.records(after: 5).isEmpty)
        #expect(log.records(after: 0).allSatisfy { $0.status == 200 })
    }
}
