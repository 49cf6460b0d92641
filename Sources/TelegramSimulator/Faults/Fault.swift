/// Something that is to go wrong with a request, ordered by a test.
struct Fault: Equatable, Sendable {
    /// What goes wrong.
    enum Kind: Equatable, Sendable {
        /// The request is refused with this answer.
        case error(Refusal)
        /// The connection stays silent for so many milliseconds and is then closed.
        case hang(milliseconds: Int64)
        /// The connection is closed without an answer.
        case drop
        /// The answer is 200 with something that is not JSON.
        case garbage
        /// Half of the answer arrives, then the connection is closed.
        case truncate
        /// The answer comes so many milliseconds late.
        case latency(milliseconds: Int64)
        /// A gateway's HTML page with this status.
        case status(Int)
    }

    /// The method it happens to, nil for all.
    var method: BotMethod?
    /// The chat it happens to, nil for all.
    var chatID: Int64?
    /// How many more times, nil until it is deleted.
    var times: Int? = 1
    /// When it is over, whether or not it has happened; nil is never.
    var until: Timestamp?
    var kind: Kind
    /// Whether the request is carried out before the fault hides its outcome.
    var acceptsFirst: Bool

    func applies(to method: BotMethod, chatID: Int64) -> Bool {
        (self.method.map { $0 == method } ?? true) && (self.chatID.map { $0 == chatID } ?? true)
    }
}

/// The faults still to happen, in the order they were given.
struct FaultPlan: Sendable {
    private(set) var pending: [Fault] = []
    /// How many have happened.
    private(set) var applied = 0

    mutating func add(_ fault: Fault) { pending.append(fault) }

    mutating func removeAll() { pending = [] }

    /// The fault that hits a request, used up by it.
    mutating func take(for method: BotMethod, chatID: Int64, at now: Timestamp) -> Fault? {
        pending.removeAll { fault in fault.until.map { $0 <= now } ?? false }
        guard !pending.isEmpty, let index = pending.firstIndex(where: { $0.applies(to: method, chatID: chatID) })
        else { return nil }
        let fault = pending[index]
        applied += 1
        if let times = fault.times {
            pending[index].times = times - 1
            if times <= 1 { pending.remove(at: index) }
        }
        return fault
    }
}
