/// What the database and Telegram say of a run, when all is over.
struct ChaosFacts: Sendable {
    /// Unknown outcomes were held, not sent again.
    var holds = false
    /// What really was committed, in the transactions' own words.
    var promises: [Promise] = []
    /// Tokens of which the generator was told that they are committed, and that they were rolled back.
    var acknowledged: Set<Int> = []
    var rolledBack: Set<Int> = []
    /// `tgworker.delivery`.
    var ledger: [Entry] = []
    /// Rows left in `tgworker.outbox`.
    var queued: [String] = []
    /// Messages that Telegram accepted, in that order.
    var arrivals: [Arrival] = []
    /// Texts that customers wrote to the operator, and those found in `telegram_message`.
    var texts: [Text] = []
    var recorded: [Text] = []
    /// Numbers of all updates, and how many answers they ask for in each chat.
    var updates: [Int64] = []
    var answers: [Int64: Int] = [:]
    /// `tgworker.update_log`.
    var updateLog: [Int64: String] = [:]

    enum Kind: String, Sendable { case order = "order_state", reply, answer }

    /// A committed event that a customer is to hear of.
    struct Promise: Sendable {
        let token: Int
        let kind: Kind
        let chat: Int64
        /// How many words a reply has.
        var words = 0
    }

    struct Entry: Sendable {
        let outboxID: Int64
        let kind: Kind
        let chat: Int64
        /// None for an answer.
        var token: Int?
        var outcome = "sent"
        var reason = ""
        var inDoubt = 0
        /// Telegram's id of the first part.
        var messageID: Int64?
    }

    struct Arrival: Sendable {
        let sequence: Int
        let messageID: Int64
        let chat: Int64
        /// Microseconds since 1970.
        let at: Int64
        let content: ChaosContent
    }

    struct Text: Sendable, Hashable {
        let token: Int
        let chat: Int64
    }
}

extension ChaosFacts.Entry: CustomStringConvertible {
    var description: String {
        "row \(outboxID) (\(kind.rawValue)\(token.map { " of event \($0)" } ?? ""), chat \(chat)): \(outcome)"
            + (reason.isEmpty ? "" : " because \(reason)") + ", in doubt \(inDoubt)"
            + (messageID.map { ", message \($0)" } ?? "")
    }
}

extension ChaosFacts.Arrival: CustomStringConvertible {
    var description: String {
        "arrival \(sequence) at \(ChaosJournal.clock(at)) in chat \(chat), message \(messageID): \(content)"
    }
}

extension ChaosFacts.Promise: CustomStringConvertible {
    var description: String { "\(kind.rawValue) \(token) for chat \(chat)" + (words > 0 ? " of \(words) words" : "") }
}

extension ChaosFacts.Text: CustomStringConvertible {
    var description: String { "text \(token) of chat \(chat)" }
}

/// What a message says, as far as it matters here.
enum ChaosContent: Sendable, Hashable, CustomStringConvertible {
    case order(token: Int)
    /// Words of a reply, by their numbers from 1.
    case reply(token: Int, words: ClosedRange<Int>)
    /// Something that the bot says by itself.
    case answer

    var description: String {
        switch self {
        case .order(let token): "event \(token)"
        case .reply(let token, let words): "event \(token), words \(words.lowerBound) to \(words.upperBound)"
        case .answer: "an answer"
        }
    }

    /// Reads what a customer reads.
    init(_ text: String) {
        if let reply = Self.reply(text) {
            self = reply
        } else if let total = text.split(separator: "\n").first(where: { $0.contains("Сумма: ") }),
            let hundredths = Int(total.filter(\.isNumber))
        {
            self = .order(token: hundredths / 100)
        } else {
            self = .answer
        }
    }

    /// The text of a reply: each word names its reply and its place.
    static func reply(token: Int, words: Int) -> String {
        (1...words).map { "r\(token)-\($0)" }.joined(separator: " ")
    }

    private static func reply(_ text: String) -> ChaosContent? {
        let words = text.split(separator: " ").map { word -> (token: Int, number: Int)? in
            let numbers = word.dropFirst().split(separator: "-").map { Int($0) }
            guard word.first == "r", numbers.count == 2, let token = numbers[0], let number = numbers[1] else {
                return nil
            }
            return (token, number)
        }
        guard let first = words.first ?? nil else { return nil }
        for (index, word) in words.enumerated() {
            guard let word, word == (first.token, first.number + index) else { return nil }
        }
        return .reply(token: first.token, words: first.number...first.number + words.count - 1)
    }
}
