/// One request to the Bot API.
struct RequestRecord: Equatable, Sendable {
    /// The position in the order of arrival, from 1.
    let sequence: Int
    let botID: Int64?
    /// The method as the request named it.
    let method: String
    let parameters: Parameters
    let receivedAt: Timestamp
    /// The HTTP status of the answer; nil while there is none, and where there never was one.
    var status: Int?
    /// `waiting`, `answered`, or the fault that hit the request.
    var outcome = "waiting"

    /// What `GET /control/requests` shows.
    var json: JSON {
        [
            "sequence": .int(sequence), "bot_id": botID.map(JSON.integer) ?? .null, "method": .string(method),
            "parameters": .object(parameters.fields), "status": status.map { .int($0) } ?? .null,
            "outcome": .string(outcome), "received_at": .integer(receivedAt.microseconds),
        ]
    }
}

/// The last requests, and how many there were in all.
struct RequestLog: Sendable {
    private let capacity: Int
    private var ring: [RequestRecord] = []
    /// How many requests have arrived.
    private(set) var count = 0

    /// - Parameter capacity: how many requests are kept.
    init(capacity: Int = 100_000) { self.capacity = capacity }

    /// Notes that a request has arrived.
    /// - Returns: its sequence number.
    mutating func arrive(botID: Int64?, method: String, parameters: Parameters, at now: Timestamp) -> Int {
        count += 1
        let record = RequestRecord(
            sequence: count, botID: botID, method: method, parameters: parameters, receivedAt: now)
        if ring.count < capacity { ring.append(record) } else { ring[(count - 1) % capacity] = record }
        return count
    }

    /// Notes what came of it.
    mutating func finish(_ sequence: Int, status: Int?, outcome: String) {
        guard sequence <= count, sequence > count - ring.count else { return }
        ring[(sequence - 1) % capacity].status = status
        ring[(sequence - 1) % capacity].outcome = outcome
    }

    /// The requests after a sequence number that are still kept.
    ///
    /// - Parameter method: only those of this method; nil is all.
    func records(after sequence: Int, method: String? = nil) -> [RequestRecord] {
        let first = max(sequence, count - ring.count, 0)
        guard first < count else { return [] }
        return (first..<count).map { ring[$0 % capacity] }
            .filter { method == nil || $0.method.lowercased() == method?.lowercased() }
    }
}
