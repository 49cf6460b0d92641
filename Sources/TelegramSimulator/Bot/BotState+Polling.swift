/// A getUpdates that waits for an update.
struct Poll: Equatable, Sendable {
    let id: Int
    let limit: Int
    let deadline: Timestamp
}

/// Who waits for updates: one request at most.
struct Polling: Equatable, Sendable {
    /// The request that waits.
    var waiting: Poll?
    /// Requests that were ended by something else, and how.
    var ended: [Int: Refusal] = [:]
    var nextID = 1

    /// Ends the request that waits, if one does.
    mutating func end(with refusal: Refusal) {
        guard let poll = waiting else { return }
        ended[poll.id] = refusal
        waiting = nil
    }
}

extension BotState {
    /// The server's own bound for `timeout`, in seconds (its `LONG_POLL_MAX_TIMEOUT`).
    private static let longestTimeout: Int64 = 50

    /// Bot API, getUpdates. A second waiting request ends the first; one that has something to fetch does not.
    mutating func getUpdates(_ parameters: Parameters, at now: Timestamp) throws(Refusal) -> Step {
        if webhook != nil { throw .webhookIsActive }
        allowedUpdates.update(with: (try? parameters.json("allowed_updates", called: "")) ?? nil)
        let offset = parameters.integer("offset")
        let limit = Int(parameters.integer("limit", default: 100, in: 1...100))
        let timeout = parameters.integer("timeout", default: 0, in: 0...Self.longestTimeout)
        if offset < 0 {
            queue.keepLast(Int(min(-offset, Int64(Int32.max))))
        } else if offset <= queue.nextID + 10 {
            // An offset far in the future is not believed and confirms nothing.
            queue.confirm(below: offset)
        }
        let updates = queue.oldest(limit)
        guard updates.isEmpty, timeout > 0 else { return .answer(Self.answer(with: updates)) }
        polling.end(with: .otherGetUpdates)
        let poll = Poll(id: polling.nextID, limit: limit, deadline: now.adding(milliseconds: timeout * 1000))
        polling.nextID += 1
        polling.waiting = poll
        return .wait(poll)
    }

    /// The answer of a getUpdates that waits, nil while it has to wait on.
    mutating func pollAnswer(_ poll: Poll, at now: Timestamp) -> Answer? {
        if let refusal = polling.ended.removeValue(forKey: poll.id) { return refusal.answer }
        // A request that neither waits nor was ended belongs to a bot that has been reset.
        guard isDue(poll, at: now) || polling.waiting != poll else { return nil }
        if polling.waiting == poll { polling.waiting = nil }
        return Self.answer(with: queue.oldest(poll.limit))
    }

    /// Whether ``pollAnswer(_:at:)`` has an answer.
    func isDue(_ poll: Poll, at now: Timestamp) -> Bool {
        polling.waiting != poll || queue.count > 0 || now >= poll.deadline
    }

    private static func answer(with updates: [Update]) -> Answer {
        .success(.array(updates.map { .verbatim($0.text) }))
    }

    /// Queues an update of a kind, unless the bot does not want that kind.
    /// - Returns: its identifier, nil where it was not wanted.
    mutating func addUpdate(_ kind: String, _ payload: JSON, chatID: Int64) -> Int64? {
        guard allowedUpdates.allows(kind) else { return nil }
        let id = queue.nextID
        let text = JSON.object(JSONObject(["update_id": .integer(id), kind: payload])).text
        enqueue(Update(id: id, lane: Update.Lane(chatID: chatID, kind: kind), text: text))
        return id
    }

    /// Queues a text as an update, whatever it is. Where an `update_id` can be found in it, that is its identifier.
    mutating func addUpdate(verbatim text: String) -> Int64 {
        let id = (try? JSON(text))?["update_id"]?.integerValue ?? Self.identifier(inBroken: text) ?? queue.nextID
        enqueue(Update(id: id, lane: Update.Lane(chatID: id, kind: "verbatim"), text: text))
        return id
    }

    private static func identifier(inBroken text: String) -> Int64? {
        guard let name = text.firstRange(of: "\"update_id\":") else { return nil }
        return Int64(text[name.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }

    private mutating func enqueue(_ update: Update) {
        counters.updates += 1
        queue.insert(update)
        webhook?.schedule.enqueue(update)
    }
}
