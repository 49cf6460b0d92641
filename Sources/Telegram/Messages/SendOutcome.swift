import Reactor

/// What became of a message. Every case is an expected one; none holds an address or a token.
///
/// Three groups matter to a queue: `sent` is done; `refused`, `throttled`, `migrated`, `unauthorized` and `unreachable`
/// surely sent nothing; `unknown` may have, and so may `cancelled`, which says. The Bot API has no idempotency key, so
/// sending an unknown message again may give the customer two.
public enum SendOutcome: Sendable, Equatable {
    /// Telegram has the message. `date` is Telegram's time of it, in Unix seconds.
    case sent(messageID: Int64, date: Int64)
    /// Not sent: Telegram will not deliver this message to this chat as it is.
    case refused(Refusal)
    /// Not sent: too many messages. Try again after this time; which limit was met is not said.
    case throttled(retryAfter: Duration, description: String)
    /// Not sent: the group became a supergroup and has this id now (Bot API, "ResponseParameters").
    case migrated(to: Int64)
    /// Not sent: the server does not accept the token. The bot, not the message, is at fault.
    case unauthorized(description: String)
    /// Not sent: Telegram was not reached.
    case unreachable(reason: String)
    /// Perhaps sent: the request may have been written, and the answer is missing, broken or a server error.
    case unknown(reason: String)
    /// The caller gave up waiting, which says nothing about the way to Telegram.
    case cancelled(mayHaveBeenSent: Bool)

    /// Reads an HTTP answer.
    init(_ response: HTTPResponse, token: BotToken) {
        if (200..<300).contains(response.status), let message = SentMessage(ordinaryAnswer: response.body) {
            self = .sent(messageID: message.messageID, date: message.date)
        } else {
            self.init(Answer(response, token: token))
        }
    }

    init(_ answer: Answer<SentMessage>) {
        switch answer {
        case .result(let message): self = .sent(messageID: message.messageID, date: message.date)
        case .migrated(let chatID): self = .migrated(to: chatID)
        case .throttled(let retryAfter, let description):
            self = .throttled(retryAfter: retryAfter, description: description)
        case .unauthorized(let description): self = .unauthorized(description: description)
        // Two servers for one bot, or a restart: it passes. Not a method's own refusal (Client.cpp, "Conflict").
        case .refused(code: 409, let description): self = .unreachable(reason: description)
        case .refused(let code, let description): self = .refused(Refusal(errorCode: code, description: description))
        case .unreachable(let reason): self = .unreachable(reason: reason)
        case .unknown(let reason): self = .unknown(reason: reason)
        case .cancelled(let mayHaveBeenSent): self = .cancelled(mayHaveBeenSent: mayHaveBeenSent)
        }
    }
}

/// The part of "Message" that a sender keeps.
struct SentMessage: Decodable, Sendable {
    let messageID: Int64
    let date: Int64

    private enum CodingKeys: String, CodingKey {
        case date
        case messageID = "message_id"
    }
}

extension SentMessage {
    /// Reads the answer to a message that was sent, as it is in all but a few cases: sending is the hot path of a worker,
    /// and a decoder takes many times as long. Nil leaves an answer to ``Answer``.
    init?(ordinaryAnswer body: [UInt8]) {
        var isOK = false
        var result: SentMessage?
        do {
            var json = JSONCursor(body)
            try json.object { name, json throws(JSONCursor.Unusual) in
                switch String(decoding: name, as: UTF8.self) {
                case "ok" where !isOK:
                    try json.literal("true")
                    isOK = true
                case "result" where result == nil: result = try SentMessage(&json)
                case "ok", "result": throw JSONCursor.Unusual()
                default: try json.skip()
                }
            }
            try json.end()
        } catch { return nil }
        guard isOK, let result else { return nil }
        self = result
    }

    private init(_ json: inout JSONCursor) throws(JSONCursor.Unusual) {
        var messageID: Int64?
        var date: Int64?
        try json.object { name, json throws(JSONCursor.Unusual) in
            switch String(decoding: name, as: UTF8.self) {
            case "message_id" where messageID == nil: messageID = try json.integer()
            case "date" where date == nil: date = try json.integer()
            case "message_id", "date": throw JSONCursor.Unusual()
            default: try json.skip()
            }
        }
        guard let messageID, let date else { throw JSONCursor.Unusual() }
        self.init(messageID: messageID, date: date)
    }
}

extension BotAPI {
    /// Sends a text message (Bot API, "sendMessage"). Never retries.
    public func sendMessage(_ message: SendMessage) async -> SendOutcome {
        do {
            return SendOutcome(try await perform("sendMessage", message.body), token: token)
        } catch {
            return SendOutcome(Answer(error, token: token))
        }
    }
}
