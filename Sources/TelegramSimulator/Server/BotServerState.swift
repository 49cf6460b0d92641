/// The whole simulator without its sockets: the bots behind the accepted tokens, the faults and the log.
struct BotServerState: Sendable {
    /// A request that may be carried out.
    struct Admission: Equatable, Sendable {
        let botID: Int64
        let method: BotMethod
        /// Its place in the log.
        let sequence: Int
        /// What is to go wrong with it.
        let fault: Fault?
    }

    private(set) var options: SimulatorOptions
    private var acceptedTokens: Set<String> = []
    private(set) var bots: [Int64: BotState] = [:]
    /// The bot that the control API means when it names none.
    private var defaultBotID: Int64 = 0
    var faults = FaultPlan()
    private(set) var log = RequestLog()
    /// The end of the webhook pause that was last told, see ``nextWebhookPause(at:)``.
    var announcedWake: Timestamp?
    /// Set when the simulator ends; nothing waits any more.
    var isClosing = false

    /// - Parameter tokens: the tokens that are accepted, `digits:secret` each.
    /// - Throws: ``ControlError`` where one is not of that form.
    init(tokens: [String], options: SimulatorOptions = SimulatorOptions()) throws(ControlError) {
        self.options = options
        try accept(tokens)
    }

    /// The bot a token belongs to; nil where it is none (Bot API, Authorizing your bot).
    static func botID(ofToken token: String) -> Int64? {
        guard let colon = token.firstIndex(of: ":"), token[..<colon].utf8.allSatisfy(MarkupScanner.isDigit),
            let id = Int64(token[..<colon]), id > 0
        else { return nil }
        let secret = token[token.index(after: colon)...].utf8
        let isAllowed = secret.allSatisfy {
            MarkupScanner.isLetter($0) || MarkupScanner.isDigit($0) || $0 == 0x5F || $0 == 0x2D
        }
        return !secret.isEmpty && isAllowed ? id : nil
    }

    /// Accepts these tokens and no others. A bot keeps its state when its token changes.
    mutating func accept(_ tokens: [String]) throws(ControlError) {
        var ids: [Int64] = []
        for token in tokens {
            guard let id = Self.botID(ofToken: token) else {
                throw ControlError("a token must look like 123456:SECRET, letters, digits, _ and - after the colon")
            }
            ids.append(id)
        }
        acceptedTokens = Set(tokens)
        for id in ids where bots[id] == nil { bots[id] = BotState(id: id, options: options) }
        if let first = ids.first { defaultBotID = first }
    }

    /// Forgets everything but the tokens; identifiers go on counting.
    mutating func reset() {
        for id in bots.keys { bots[id] = bots[id]?.reset() }
        faults = FaultPlan()
        log = RequestLog()
    }

    /// Decides about a request before it is carried out: the token, the method, a fault.
    mutating func admit(
        token: String, method name: String, _ parameters: Parameters, at now: Timestamp
    ) -> Result<Admission, Refusal> {
        let botID = acceptedTokens.contains(token) ? Self.botID(ofToken: token) : nil
        let sequence = log.arrive(botID: botID, method: name, parameters: parameters, at: now)
        var refusal: Refusal?
        if Self.botID(ofToken: token) == nil {
            refusal = .notFound
        } else if botID == nil {
            refusal = .unauthorized
        } else if isClosing {
            refusal = .restarting
        }
        guard refusal == nil, let botID, let method = BotMethod(name: name) else {
            let refusal = refusal ?? .notFound
            log.finish(sequence, status: refusal.code, outcome: "answered")
            return .failure(refusal)
        }
        let fault = faults.take(for: method, chatID: parameters.integer("chat_id"), at: now)
        return .success(Admission(botID: botID, method: method, sequence: sequence, fault: fault))
    }

    /// Notes that a request has arrived.
    mutating func arrive(botID: Int64?, method: String, _ parameters: Parameters, at now: Timestamp) -> Int {
        log.arrive(botID: botID, method: method, parameters: parameters, at: now)
    }

    /// Notes what came of an admitted request.
    mutating func finish(_ sequence: Int, status: Int?, outcome: String) {
        log.finish(sequence, status: status, outcome: outcome)
    }

    /// The bot the control API means: that of `bot_id`, or the first.
    func botID(_ named: Int64?) throws(ControlError) -> Int64 {
        let id = named ?? defaultBotID
        guard bots[id] != nil else { throw ControlError("there is no bot \(id); accept a token of it first") }
        return id
    }

    /// Changes a bot in place.
    mutating func withBot<Value, Failure: Error>(
        _ id: Int64, _ body: (inout BotState) throws(Failure) -> Value
    ) throws(Failure) -> Value? {
        guard bots[id] != nil else { return nil }
        return try body(&bots[id, default: BotState(id: id, options: options)])
    }

    /// What `GET /control/stats` shows.
    var statistics: JSON {
        func total(_ count: (BotState) -> Int) -> JSON { .int(bots.values.reduce(0) { $0 + count($1) }) }
        return [
            "sent": total { $0.sent.messages.count }, "duplicates": total { $0.sent.duplicates },
            "requests": .int(log.count), "rate_limited": total { $0.counters.rateLimited },
            "faults": .int(faults.applied), "faults_pending": .int(faults.pending.count),
            "updates": total { $0.counters.updates }, "updates_pending": total { $0.queue.count },
            "webhook_deliveries": total { $0.counters.webhookDeliveries },
            "webhook_failures": total { $0.counters.webhookFailures },
        ]
    }
}
