import Reactor
import Synchronization

@testable import Telegram

/// A Bot API server of one answer, which remembers what it was asked.
final class Exchange: Sendable {
    private let answer: Result<HTTPResponse, HTTPFailure>
    private let seen = Mutex<[HTTPRequest]>([])

    convenience init(_ body: String, date: Int64? = nil) {
        self.init(200, Array(body.utf8), date: date)
    }

    convenience init(_ status: Int, _ body: String) {
        self.init(status, Array(body.utf8))
    }

    init(_ status: Int, _ body: [UInt8], date: Int64? = nil) {
        answer = .success(HTTPResponse(status: status, body: body, date: date))
    }

    init(_ failure: HTTPFailure) {
        answer = .failure(failure)
    }

    var requests: [HTTPRequest] { seen.withLock { $0 } }
    var body: String? { requests.last.map { String(decoding: $0.body, as: UTF8.self) } }

    static let secret = "AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"

    func api(server: String = BotAPI.publicServer) throws -> BotAPI {
        try BotAPI(token: BotToken("123456:\(Self.secret)"), server: server) { request throws(HTTPFailure) in
            self.seen.withLock { $0.append(request) }
            return try self.answer.get()
        }
    }
}
