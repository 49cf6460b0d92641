/// How Telegram and the network fail.
extension Simulator {
    /// What happens to a call instead of a proper answer.
    public enum Fault: Sendable {
        /// The Bot API's error, with its `parameters` if it has any.
        case error(Int, String, parameters: JSON? = nil)
        /// 429, asking for a pause of so many seconds.
        case tooManyRequests(retryAfter: Int)
        /// No answer for so long.
        case hang(Duration)
        /// The connection is closed without an answer, the message having been accepted or not.
        case drop(accepted: Bool)
        /// 200 with something that is not JSON.
        case garbage
        /// Half an answer.
        case truncate
        /// The proper answer, so much later.
        case latency(Duration)
        /// A proxy's HTML page with this status, for example 502.
        case proxyPage(status: Int)

        fileprivate var fields: [String: JSON] {
            switch self {
            case .error(let code, let description, let parameters):
                let fields: [String: JSON] = [
                    "kind": "error", "error_code": .integer(Int64(code)), "description": .string(description),
                ]
                return parameters.map { fields.merging(["parameters": $0]) { $1 } } ?? fields
            case .tooManyRequests(let seconds):
                return Fault.error(
                    429, "Too Many Requests: retry after \(seconds)",
                    parameters: ["retry_after": .integer(Int64(seconds))]
                ).fields
            case .hang(let time): return ["kind": "hang", "ms": .integer(Int64(time / .milliseconds(1)))]
            case .drop(let accepted): return ["kind": "drop", "before_accept": .bool(!accepted)]
            case .garbage: return ["kind": "garbage"]
            case .truncate: return ["kind": "truncate"]
            case .latency(let time): return ["kind": "latency", "ms": .integer(Int64(time / .milliseconds(1)))]
            case .proxyPage(let status): return ["kind": "status", "status": .integer(Int64(status))]
            }
        }
    }

    /// Makes the next calls fail.
    ///
    /// - Parameters:
    ///   - fault: How.
    ///   - method: Only calls of this method; `*` is all.
    ///   - chat: Only calls for this chat.
    ///   - times: How many of them; -1 is all until ``clearFaults()``.
    public func fail(
        _ fault: Fault, method: String = "sendMessage", chat: Int64? = nil, times: Int = 1
    ) async throws {
        var fields = fault.fields
        if let chat { fields["chat_id"] = .integer(chat) }
        fields["method"] = .string(method)
        fields["times"] = .integer(Int64(times))
        try await control("POST", "faults", body: .object(fields))
    }

    /// Ends all faults.
    public func clearFaults() async throws {
        try await control("DELETE", "faults")
    }

    /// Answers 429 as Telegram does to a bot that is faster than this; nil is unlimited.
    public func limit(perSecond: Int? = nil, perChatPerSecond: Int? = nil, perChatBurst: Int? = nil) async throws {
        let limits = [
            "per_second": perSecond, "per_chat_per_second": perChatPerSecond, "per_chat_burst": perChatBurst,
        ]
        try await control("POST", "limits", body: .object(limits.compactMapValues { $0.map { .integer(Int64($0)) } }))
    }

    /// Accepts these bot tokens and no others.
    public func accept(tokens: [String]) async throws {
        try await control("POST", "tokens", body: ["accept": .array(tokens.map { .string($0) })])
    }

    /// Forgets everything but the tokens.
    public func reset() async throws {
        try await control("POST", "reset")
    }
}
