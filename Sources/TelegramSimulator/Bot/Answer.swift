/// What the Bot API server answers to a request.
struct Answer: Equatable, Sendable {
    /// The HTTP status, which equals the `error_code` of an error.
    let status: Int
    /// The JSON text, its fields in Telegram's order.
    let body: JSON
    /// Seconds for the `Retry-After` header of a 429.
    var retryAfter: Int64?

    /// `{"ok":true,"result":…}`, with a description where Telegram writes one.
    static func success(_ result: JSON, description: String? = nil) -> Answer {
        var body: JSONObject = JSONObject()
        body.append("ok", true)
        body.append("result", result)
        body["description"] = description.map(JSON.string)
        return Answer(status: 200, body: .object(body))
    }
}

/// A request that the Bot API server refuses, in its words.
struct Refusal: Error, Equatable, Sendable {
    /// The `error_code`.
    let code: Int
    /// The `description`.
    let description: String
    /// The `parameters` (Bot API, ResponseParameters).
    var parameters: JSON?

    /// 400, the description without its prefix.
    static func badRequest(_ reason: String) -> Refusal {
        Refusal(code: 400, description: "Bad Request: \(reason)")
    }

    /// 403, the description without its prefix.
    static func forbidden(_ reason: String) -> Refusal {
        Refusal(code: 403, description: "Forbidden: \(reason)")
    }

    /// 429 with the seconds to wait.
    static func tooManyRequests(retryAfter seconds: Int64) -> Refusal {
        Refusal(
            code: 429, description: "Too Many Requests: retry after \(seconds)",
            parameters: ["retry_after": .integer(seconds)])
    }

    static let unauthorized = Refusal(code: 401, description: "Unauthorized")
    static let notFound = Refusal(code: 404, description: "Not Found")
    static let restarting = Refusal(code: 500, description: "Internal Server Error: restart")
    static let webhookIsActive = Refusal(
        code: 409,
        description: "Conflict: can't use getUpdates method while webhook is active; "
            + "use deleteWebhook to delete the webhook first")
    static let otherGetUpdates = Refusal(
        code: 409,
        description: "Conflict: terminated by other getUpdates request; "
            + "make sure that only one bot instance is running")
    static let webhookWasSet = Refusal(code: 409, description: "Conflict: terminated by setWebhook request")

    /// The refusal as an answer.
    var answer: Answer {
        var body = JSONObject()
        body.append("ok", false)
        body.append("error_code", .int(code))
        body.append("description", .string(description))
        body["parameters"] = parameters
        return Answer(status: code, body: .object(body), retryAfter: parameters?["retry_after"]?.integerValue)
    }
}
