import Foundation
import Testing

@testable import TelegramSimulator

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite(.timeLimit(.minutes(5)))
struct ServerTests {
    @Test("a bot and its customer talk over HTTP")
    func conversation() async throws {
        try await RunningSimulator.run { simulator in
            let unknown = try await simulator.bot("sendMessage", #"{"chat_id":5,"text":"hello"}"#)
            #expect(unknown.status == 400)
            #expect(unknown.body == #"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#)
            #expect(unknown.headers["content-type"] == "application/json")

            let written = try await simulator.control(
                "messages", #"{"chat_id":5,"text":"/start","from":{"first_name":"Anna"}}"#)
            let updates = try await simulator.bot("getUpdates").json()
            #expect(updates["result"]?.elements?.first?["update_id"] == written["update_id"])

            let sent = try await simulator.bot(
                "sendMessage",
                #"{"chat_id":5,"text":"<b>hi</b>","parse_mode":"HTML","reply_to_message_id":1}"#)
            #expect(sent.status == 200)
            let log = try await simulator.control("sent?count=1&wait_ms=30000").elements ?? []
            #expect(log.count == 1)
            #expect(log.first?["text"] == "hi")
            #expect(log.first?["raw_text"] == "<b>hi</b>")
            #expect(log.first?["parse_mode"] == "HTML")
            #expect(log.first?["entities"] == [["offset": 0, "length": 2, "type": "bold"]])
            #expect(log.first?["reply_to_message_id"] == 1)
            #expect(try await simulator.control("sent?after=1") == [])
            #expect(try await simulator.control("sent?chat_id=6") == [])
            #expect(try await simulator.control("stats")["sent"] == 1)
        }
    }

    @Test("parameters are taken from the query of a GET and from a form")
    func forms() async throws {
        try await RunningSimulator.run(SimulatorOptions(acceptsAnyChat: true)) { simulator in
            let sent = try await simulator.send(
                "GET", "/bot\(PureBot.token)/sendMessage?chat_id=5&text=%D0%96+x")
            #expect(try sent.json()["result"]?["text"] == "Ж x")
        }
    }

    @Test("a poll that waits is answered as soon as a customer writes")
    func longPoll() async throws {
        try await RunningSimulator.run { simulator in
            async let poll = simulator.bot("getUpdates", #"{"timeout":50}"#)
            try await simulator.waitForRequest(1)
            try await simulator.control("messages", #"{"chat_id":5,"text":"x"}"#)
            #expect(try await poll.json()["result"]?.elements?.count == 1)
        }
    }

    @Test("a second poll ends the first on its own connection")
    func pollConflict() async throws {
        try await RunningSimulator.run { simulator in
            async let first = simulator.bot("getUpdates", #"{"timeout":50}"#)
            try await simulator.waitForRequest(1)
            async let second = simulator.bot("getUpdates", #"{"timeout":50}"#)
            #expect(try await first.status == 409)
            try await simulator.control("messages", #"{"chat_id":5,"text":"x"}"#)
            #expect(try await second.status == 200)
        }
    }

    @Test("the end of the simulator ends a poll that waits")
    func shutdown() async throws {
        let poll = try await RunningSimulator.run { simulator in
            let poll = Task { try await simulator.bot("getUpdates", #"{"timeout":50}"#) }
            try await simulator.waitForRequest(1)
            return poll
        }
        #expect(
            try await poll.value.body
                == #"{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}"#)
    }

    @Test("an ordered error is answered once, with its header, and the next request passes")
    func errorFault() async throws {
        try await RunningSimulator.run(SimulatorOptions(acceptsAnyChat: true)) { simulator in
            try await simulator.control(
                "faults",
                #"{"kind":"error","chat_id":5,"error_code":429,"#
                    + #""description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}"#)
            let other = try await simulator.bot("sendMessage", #"{"chat_id":6,"text":"x"}"#)
            #expect(other.status == 200)
            let refused = try await simulator.bot("sendMessage", #"{"chat_id":5,"text":"x"}"#)
            #expect(refused.status == 429)
            #expect(refused.headers["retry-after"] == "3")
            #expect(
                refused.body == #"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3","#
                    + #""parameters":{"retry_after":3}}"#)
            #expect(try await simulator.bot("sendMessage", #"{"chat_id":5,"text":"x"}"#).status == 200)
            #expect(try await simulator.control("sent").elements?.count == 2)
        }
    }

    @Test(
        "a request that loses its connection has arrived or not, as ordered",
        arguments: [
            (#"{"kind":"drop","before_accept":true}"#, 0), (#"{"kind":"drop","before_accept":false}"#, 1),
            (#"{"kind":"drop"}"#, 1), (#"{"kind":"truncate"}"#, 1), (#"{"kind":"hang","ms":1}"#, 1),
            (#"{"kind":"hang","ms":1,"before_accept":true}"#, 0),
        ])
    func lostConnections(fault: String, accepted: Int64) async throws {
        try await RunningSimulator.run(SimulatorOptions(acceptsAnyChat: true)) { simulator in
            try await simulator.control("faults", fault)
            await #expect(throws: URLError.self) {
                _ = try await simulator.bot("sendMessage", #"{"chat_id":5,"text":"x"}"#)
            }
            let statistics = try await simulator.control("stats")
            #expect(statistics["sent"] == .integer(accepted))
            #expect(statistics["requests"] == 1)
            #expect(statistics["faults"] == 1)
            #expect(try await simulator.bot("getMe").status == 200)
        }
    }

    @Test("a gateway's page and an answer that is not JSON come as ordered, as often as ordered")
    func foreignAnswers() async throws {
        try await RunningSimulator.run(SimulatorOptions(acceptsAnyChat: true)) { simulator in
            try await simulator.control("faults", #"{"kind":"status","times":2,"method":"*"}"#)
            for _ in 0..<2 {
                let page = try await simulator.bot("getMe")
                #expect(page.status == 502)
                #expect(page.headers["content-type"] == "text/html")
            }
            try await simulator.control("faults", #"{"kind":"garbage","method":"getMe","times":-1}"#)
            let garbage = try await simulator.bot("getMe")
            #expect(garbage.status == 200)
            #expect(throws: JSONError.self) { try garbage.json() }
            _ = try await simulator.send("DELETE", "/control/faults")
            #expect(try await simulator.bot("getMe").json()["ok"] == true)
        }
    }

    @Test("a late answer is still an answer")
    func latency() async throws {
        try await RunningSimulator.run(SimulatorOptions(acceptsAnyChat: true, latency: 1)) { simulator in
            try await simulator.control("faults", #"{"kind":"latency","ms":1}"#)
            #expect(try await simulator.bot("sendMessage", #"{"chat_id":5,"text":"x"}"#).status == 200)
            let requests = try await simulator.control("requests")
            #expect(requests.elements?.first?["outcome"] == "latency")
        }
    }

    @Test("tokens can be exchanged, and the bot keeps its state")
    func tokens() async throws {
        try await RunningSimulator.run { simulator in
            try await simulator.control("messages", #"{"chat_id":5,"text":"x"}"#)
            try await simulator.control("tokens", #"{"accept":["123456:NEW"]}"#)
            #expect(try await simulator.bot("getMe").status == 401)
            let updates = try await simulator.send("GET", "/bot123456:NEW/getUpdates")
            #expect(try updates.json()["result"]?.elements?.count == 1)
        }
    }

    @Test("a reset forgets everything and goes on counting")
    func reset() async throws {
        try await RunningSimulator.run { simulator in
            let before = try await simulator.control("messages", #"{"chat_id":5,"text":"x"}"#)
            try await simulator.control("faults", #"{"kind":"drop"}"#)
            try await simulator.control("reset", "")
            #expect(try await simulator.bot("sendMessage", #"{"chat_id":5,"text":"x"}"#).status == 400)
            #expect(try await simulator.control("sent") == [])
            let after = try await simulator.control("messages", #"{"chat_id":5,"text":"x"}"#)
            let ids = [before, after].map { ($0["update_id"]?.integerValue ?? 0, $0["message_id"]?.integerValue ?? 0) }
            #expect(ids[1].0 == ids[0].0 + 1)
            #expect(ids[1].1 == ids[0].1 + 1)
        }
    }

    @Test("poison updates are taken as an object and as a string")
    func poison() async throws {
        try await RunningSimulator.run { simulator in
            let object = try await simulator.control("updates", #"{"message":{"no":"chat"}}"#)
            let id = try #require(object["update_id"]?.integerValue)
            try await simulator.control("updates", #""{\"update_id\": broken""#)
            #expect(
                try await simulator.bot("getUpdates").body
                    == #"{"ok":true,"result":[{"update_id":\#(id),"message":{"no":"chat"}},{"update_id": broken]}"#)
        }
    }

    @Test(
        "a control request that makes no sense is refused in one line",
        arguments: [
            ("chats", "{", "the body is not JSON: a field name was expected at byte 1"),
            ("chats", "{}", "id is missing; it must be an integer"),
            ("chats", "[]", "the body must be a JSON object"),
            ("messages", #"{"chat_id":"x"}"#, "chat_id must be an integer"),
            ("callbacks", #"{"chat_id":5,"message_id":1}"#, "there is no message 1 in chat 5"),
            (
                "block", #"{"chat_id":5,"blocked":true}"#,
                "chat 5 is unknown; register it with POST /control/chats first"
            ),
            (
                "faults", #"{"kind":"none"}"#,
                "kind must be one of error, hang, drop, garbage, truncate, latency, status"
            ),
            (
                "tokens", #"{"accept":["x"]}"#,
                "a token must look like 123456:SECRET, letters, digits, _ and - after the colon"
            ),
            ("limits", #"{"per_second":0}"#, "per_second must be a number above 0"),
            ("updates", "7", "the body must be an update object, or a JSON string that is sent as it is"),
        ])
    func controlErrors(path: String, body: String, error: String) async throws {
        try await RunningSimulator.run { simulator in
            let response = try await simulator.send("POST", "/control/\(path)", body)
            #expect(response.status == 400)
            #expect(try response.json() == ["error": .string(error)])
        }
    }

    @Test("what is neither a method nor a control request is 404")
    func notFound() async throws {
        try await RunningSimulator.run { simulator in
            #expect(try await simulator.send("GET", "/control/nothing").status == 404)
            let bare = try await simulator.send("GET", "/bot\(PureBot.token)")
            #expect(bare.body == #"{"ok":false,"error_code":404,"description":"Not Found"}"#)
        }
    }
}
