import Testing

@testable import TelegramSimulator

/// A bot without a server: requests go straight into the state, at a time the test sets.
struct PureBot {
    static let token = "123456:TEST-TOKEN"

    private(set) var state: BotServerState
    var now = Timestamp(microseconds: 1_700_000_000_000_000)

    /// Chat 5 is open; 6 is blocked, 7 deactivated, 8 uninitiated, and -9 has become -1009.
    init(_ options: SimulatorOptions = SimulatorOptions()) throws {
        state = try BotServerState(tokens: [Self.token], options: options)
        for chat in [
            #"{"id":5,"first_name":"Anna"}"#, #"{"id":6,"first_name":"B","state":"blocked"}"#,
            #"{"id":7,"first_name":"D","state":"deactivated"}"#, #"{"id":8,"first_name":"U","state":"uninitiated"}"#,
            #"{"id":-9,"title":"Group","migrate_to_chat_id":-1009}"#,
        ] {
            let fields = try Self.fields(chat)
            _ = try bot { state in try state.register(fields) }
        }
    }

    static func fields(_ json: String) throws -> JSONObject {
        try #require(try JSON(json).objectValue)
    }

    /// Looks at the bot, or does something to it.
    @discardableResult
    mutating func bot<Value>(_ body: (inout BotState) throws -> Value) throws -> Value {
        try #require(try state.withBot(123456, body))
    }

    /// A customer writes.
    @discardableResult
    mutating func write(_ json: String) throws -> BotState.Deed {
        let fields = try Self.fields(json)
        let now = now
        return try bot { try $0.write(fields, at: now) }
    }

    /// What a method leads to.
    mutating func step(_ method: String, _ parameters: String = "{}", token: String = token) throws -> BotState.Step {
        let parameters = Parameters(try Self.fields(parameters))
        switch state.admit(token: token, method: method, parameters, at: now) {
        case .failure(let refusal): return .answer(refusal.answer)
        case .success(let admission):
            let now = now
            return try bot { $0.perform(admission.method, parameters, at: now) }
        }
    }

    /// The body of a method's answer, byte for byte.
    mutating func call(_ method: String, _ parameters: String = "{}", token: String = token) throws -> String {
        guard case .answer(let answer) = try step(method, parameters, token: token) else {
            Issue.record("the request waits")
            return ""
        }
        if let code = answer.body["error_code"]?.integerValue { #expect(answer.status == Int(code)) }
        return answer.body.text
    }

    /// The update identifiers a getUpdates answers with.
    mutating func updateIDs(_ parameters: String = "{}") throws -> [Int64] {
        let body = try JSON(try call("getUpdates", parameters))
        return (body["result"]?.elements ?? []).compactMap { $0["update_id"]?.integerValue }
    }
}
