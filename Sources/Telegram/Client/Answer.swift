import Reactor

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What an HTTP exchange with the Bot API came to: the one place that decides whether a request had its effect.
///
/// - A 4xx answer of the Bot API, 429 included, is given instead of the effect: surely nothing happened.
/// - A 5xx answer leaves it open. The Bot API's own ones come after the request was handed on ("sent message was
///   immediately deleted and can't be returned", "restart" for messages still being sent; `Client.cpp` of
///   tdlib/telegram-bot-api), and a proxy's 502 or 504 only says that it got no answer.
/// - So does a 2xx whose body is cut off or is not the Bot API's.
/// - A 3xx or 4xx that is not the Bot API's JSON comes from something before it (a proxy, a captive portal, a wrong
///   address), which did not pass the request on.
enum Answer<Result: Decodable & Sendable>: Sendable {
    case result(Result)
    case migrated(to: Int64)
    case throttled(retryAfter: Duration, String)
    case unauthorized(String)
    case refused(code: Int, String)
    case unreachable(String)
    case unknown(String)
    case cancelled(requestMayHaveBeenSent: Bool)

    /// Reads an HTTP answer. Texts in it are cleaned of the token's secret.
    init(_ response: HTTPResponse, token: BotToken) {
        let status = response.status
        guard let envelope = try? JSONDecoder().decode(Envelope<Result>.self, from: Data(response.body)) else {
            self = .init(foreignStatus: status)
            return
        }
        if envelope.ok {
            if (200..<300).contains(status), let result = envelope.result {
                self = .result(result)
            } else {
                self = .unknown("HTTP \(status) with an answer of another form than documented")
            }
            return
        }
        let code = envelope.errorCode ?? status
        let description = token.cleaned(envelope.description ?? "error \(code) without a description")
        switch (status, code) {
        case (500..., _), (_, 500...):
            self = .unknown(description)
        case (_, 429):
            self = .throttled(retryAfter: Self.pause(seconds: envelope.retryAfter), description)
        case (_, 400) where envelope.migrateToChatID != nil:
            self = .migrated(to: envelope.migrateToChatID ?? 0)
        case (_, 401), (_, 404), (_, 421),
            (_, 400) where description == "Logged out":
            self = .unauthorized(description)
        case (_, 400..<500):
            self = .refused(code: code, description)
        default:
            self = .unknown(description)
        }
    }

    /// Reads a transfer that gave no answer.
    init(_ failure: HTTPFailure, token: BotToken) {
        let reason = token.cleaned(failure.explanation)
        switch (failure.reason, failure.requestMayHaveBeenSent) {
        case (.cancelled, let mayHaveBeenSent): self = .cancelled(requestMayHaveBeenSent: mayHaveBeenSent)
        case (_, true): self = .unknown(reason)
        case (_, false): self = .unreachable(reason)
        }
    }

    /// An answer whose body is not the Bot API's.
    private init(foreignStatus status: Int) {
        switch status {
        case 429: self = .throttled(retryAfter: Self.pause(seconds: nil), "HTTP 429 without a Bot API answer")
        case 300..<500: self = .unreachable("HTTP \(status) without a Bot API answer")
        default: self = .unknown("HTTP \(status) without a Bot API answer")
        }
    }

    /// The pause a 429 asks for, at least a second and at most a day (after which trying again is how to learn more).
    /// The Bot API always names it; five seconds otherwise, which is what its server says when it drops a query.
    private static func pause(seconds: Int64?) -> Duration {
        .seconds(min(max(seconds ?? 5, 1), 86_400))
    }
}

extension HTTPFailure {
    /// What went wrong in an operator's words, with libcurl's own.
    fileprivate var explanation: String {
        let words =
            switch reason {
            case .nameResolution: "its name cannot be resolved"
            case .connection: requestMayHaveBeenSent ? "the connection broke before an answer came" : "no connection"
            case .tls: "no secure connection"
            case .timeout: requestMayHaveBeenSent ? "no answer in time" : "no connection in time"
            case .cancelled: "cancelled"
            case .protocolViolation: "the answer is broken"
            case .other: "the request failed"
            }
        return message.isEmpty ? words : "\(words) (\(message))"
    }
}

extension Answer {
    /// The result, or why there is none.
    func get() throws(TelegramError) -> Result {
        switch self {
        case .result(let result): return result
        case .migrated(let chatID): throw .refused(code: 400, "the group is now the supergroup \(chatID)")
        case .throttled(let retryAfter, let description): throw .throttled(retryAfter: retryAfter, description)
        case .unauthorized(let description): throw .unauthorized(description)
        case .refused(code: 409, let description): throw .conflict(description)
        case .refused(let code, let description): throw .refused(code: code, description)
        case .unreachable(let reason): throw .unreachable(reason)
        case .unknown(let reason): throw .unknown(reason)
        case .cancelled: throw .cancelled
        }
    }
}

/// The object around every answer (Bot API, "Making requests" and "ResponseParameters").
private struct Envelope<Result: Decodable>: Decodable {
    let ok: Bool
    let result: Result?
    let errorCode: Int?
    let description: String?
    let retryAfter: Int64?
    let migrateToChatID: Int64?

    private enum Key: String, CodingKey {
        case ok, result, description, parameters
        case errorCode = "error_code"
        case retryAfter = "retry_after"
        case migrateToChatID = "migrate_to_chat_id"
    }

    /// Only `ok` must be there: a field of another type is treated as absent, so that what can be known is known.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        ok = try container.decode(Bool.self, forKey: .ok)
        result = try? container.decode(Result.self, forKey: .result)
        errorCode = try? container.decode(Int.self, forKey: .errorCode)
        description = try? container.decode(String.self, forKey: .description)
        let parameters = try? container.nestedContainer(keyedBy: Key.self, forKey: .parameters)
        retryAfter = try? parameters?.decode(Int64.self, forKey: .retryAfter)
        migrateToChatID = try? parameters?.decode(Int64.self, forKey: .migrateToChatID)
    }
}
