import Reactor
import Testing

@testable import Telegram

@Suite("The outcome of sending", .timeLimit(.minutes(5)))
struct SendOutcomeTests {
    private static func error(_ code: Int, _ description: String, parameters: String = "") -> String {
        #"{"ok":false,"error_code":\#(code),"description":"\#(description)"\#(parameters)}"#
    }

    private func outcome(_ status: Int, _ body: String) async throws -> SendOutcome {
        try await Exchange(status, body).api().sendMessage(.init(chatID: 1, text: "x"))
    }

    @Test(
        "is a refusal with the reason that Telegram's words stand for",
        arguments: [
            (403, "Forbidden: bot was blocked by the user", Refusal.Reason.blockedByUser),
            (403, "Forbidden: user is deactivated", .userDeactivated),
            (400, "Bad Request: USER_DELETED", .userDeactivated),
            (400, "Bad Request: chat not found", .chatNotFound),
            (400, "Bad Request: private chat not found", .chatNotFound),
            (400, "Bad Request: PEER_ID_INVALID", .chatNotFound),
            (403, "Forbidden: bot can't initiate conversation with a user", .cannotInitiateConversation),
            (403, "Forbidden: bot was kicked from the supergroup chat", .removedFromChat),
            (403, "Forbidden: bot is not a member of the channel chat", .removedFromChat),
            (403, "Forbidden: the group chat was deleted", .removedFromChat),
            (
                400, #"Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0"#,
                .badEntities
            ),
            (400, "Bad Request: message is too long", .messageTooLong),
            (400, "Bad Request: text is too long", .messageTooLong),
            (400, "Bad Request: message text is empty", .emptyText),
            (400, "Bad Request: text must be non-empty", .emptyText),
            (400, "Bad Request: message to be replied not found", .replyNotFound),
            (400, "Bad Request: chat_id is empty", .other),
            (403, "Forbidden: bot can't send messages to the bot", .other),
            (400, "Bad Request: can't parse reply keyboard markup JSON object", .other),
            (400, "Bad Request: bot was blocked by the user", .other),
        ])
    func refusal(code: Int, description: String, reason: Refusal.Reason) async throws {
        guard case .refused(let refusal) = try await outcome(code, Self.error(code, description)) else {
            Issue.record("not a refusal")
            return
        }
        #expect(refusal.reason == reason)
        #expect(refusal.errorCode == code)
        let closing: [Refusal.Reason] = [
            .blockedByUser, .userDeactivated, .chatNotFound, .cannotInitiateConversation, .removedFromChat,
        ]
        #expect(refusal.closesChat == closing.contains(reason))
        #expect(refusal.description == description.replacing(#"\""#, with: #"""#))
    }

    @Test(
        "names the pause of a 429, within reason",
        arguments: [
            (#","parameters":{"retry_after":17}"#, 17),
            (#","parameters":{"retry_after":0}"#, 1),
            (#","parameters":{"retry_after":-3}"#, 1),
            (#","parameters":{"retry_after":9000000000}"#, 86_400),
            (#","parameters":{"retry_after":"x"}"#, 5),
            (#","parameters":[]"#, 5),
            ("", 5),
        ])
    func throttled(parameters: String, seconds: Int) async throws {
        let outcome = try await outcome(429, Self.error(429, "Too Many Requests", parameters: parameters))
        #expect(outcome == .throttled(retryAfter: .seconds(seconds), description: "Too Many Requests"))
    }

    @Test("names the new chat of a group that became a supergroup")
    func migrated() async throws {
        let body = Self.error(
            400, "Bad Request: group chat was upgraded to a supergroup chat",
            parameters: #","parameters":{"migrate_to_chat_id":-1001234567890}"#)
        #expect(try await outcome(400, body) == .migrated(to: -1_001_234_567_890))
    }

    @Test(
        "blames the token for what no other message would change",
        arguments: [
            (401, "Unauthorized"), (401, "Unauthorized: invalid token specified"), (404, "Not Found"),
            (421, "Misdirected Request: unallowed token specified"), (400, "Logged out"),
        ])
    func unauthorized(code: Int, description: String) async throws {
        #expect(
            try await outcome(code, Self.error(code, description)) == .unauthorized(description: description))
    }

    @Test("is not for ever when somebody else uses the bot")
    func conflict() async throws {
        let description = "Conflict: terminated by other getUpdates request"
        #expect(try await outcome(409, Self.error(409, description)) == .unreachable(reason: description))
    }

    @Test(
        "is unknown when the message may have been accepted",
        arguments: [
            (500, error(500, "Internal Server Error: sent message was immediately deleted and can't be returned")),
            (500, error(500, "Internal Server Error: restart")),
            (502, "<html><h1>502 Bad Gateway</h1></html>"),
            (504, ""),
            (500, error(400, "Bad Request: chat not found")),
            (200, error(500, "Internal Server Error")),
            (200, error(302, "Found")),
            (200, ""),
            (200, "<html>Hello</html>"),
            (200, #"{"ok":true,"result":{"message_id":7,"date":17954"#),
            (200, #"{"ok":true,"result":true}"#),
            (200, #"{"ok":true}"#),
            (200, #"{"ok":"true","result":{"message_id":7,"date":1}}"#),
            (400, #"{"ok":true,"result":{"message_id":7,"date":1}}"#),
            (204, ""),
        ])
    func unknown(status: Int, body: String) async throws {
        guard case .unknown(let reason) = try await outcome(status, body) else {
            Issue.record("taken for known")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test(
        "is 'not reached' when something before the Bot API answered",
        arguments: [
            (403, "<html>Forbidden</html>"), (404, ""), (407, "{}"), (302, ""), (413, "[1]"), (400, "{\"ok\":"),
        ])
    func foreign(status: Int, body: String) async throws {
        #expect(
            try await outcome(status, body) == .unreachable(reason: "HTTP \(status) without a Bot API answer"))
    }

    @Test("pauses for a 429 that is not the Bot API's")
    func foreignThrottle() async throws {
        guard case .throttled(.seconds(5), _) = try await outcome(429, "slow down") else {
            Issue.record("not throttled")
            return
        }
    }

    @Test(
        "of a broken transfer depends on whether the request may have been written",
        arguments: [
            (
                HTTPFailure.Reason.nameResolution, false,
                SendOutcome.unreachable(reason: "its name cannot be resolved (why)")
            ),
            (.connection, false, .unreachable(reason: "no connection (why)")),
            (.connection, true, .unknown(reason: "the connection broke before an answer came (why)")),
            (.tls, false, .unreachable(reason: "no secure connection (why)")),
            (.timeout, false, .unreachable(reason: "no connection in time (why)")),
            (.timeout, true, .unknown(reason: "no answer in time (why)")),
            (.protocolViolation, true, .unknown(reason: "the answer is broken (why)")),
            (.other, true, .unknown(reason: "the request failed (why)")),
            (.cancelled, false, .cancelled(mayHaveBeenSent: false)),
            (.cancelled, true, .cancelled(mayHaveBeenSent: true)),
        ])
    func failure(reason: HTTPFailure.Reason, mayHaveBeenSent: Bool, expected: SendOutcome) async throws {
        let failure = HTTPFailure(reason: reason, requestMayHaveBeenSent: mayHaveBeenSent, message: "why")
        #expect(try await Exchange(failure).api().sendMessage(.init(chatID: 1, text: "x")) == expected)
    }

    @Test("never holds the token, whatever the answer repeats")
    func noSecret() async throws {
        let address = "/bot123456:\(Exchange.secret)/sendMessage"
        var outcomes: [SendOutcome] = []
        for code in [400, 401, 403, 404, 409, 421, 429, 500, 599] {
            outcomes.append(try await outcome(code, Self.error(code, "no \(address)")))
        }
        for mayHaveBeenSent in [true, false] {
            let failure = HTTPFailure(reason: .other, requestMayHaveBeenSent: mayHaveBeenSent, message: "at \(address)")
            outcomes.append(try await Exchange(failure).api().sendMessage(.init(chatID: 1, text: "x")))
        }
        for outcome in outcomes {
            let shown = "\(outcome)"
            #expect(shown.contains("123456:…"))
            #expect(!shown.contains(Exchange.secret))
        }
    }
}
