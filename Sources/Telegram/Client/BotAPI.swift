public import Reactor

/// A client of the Bot API for one bot, over the reactor's HTTP.
///
/// A value without state: copy it freely. Nothing is retried here; pacing and repetition belong to the caller, who alone
/// knows whether a repetition does harm.
public struct BotAPI: Sendable {
    /// The public server. A local Bot API server has an address of its own.
    public static let publicServer = "https://api.telegram.org"

    /// The token in use.
    public let token: BotToken
    /// How long a connection may take to establish.
    public var connectTimeout: Duration = .seconds(10)
    /// How long a whole call may take. When it passes after the request was written, the outcome is unknown, so it is
    /// generous. A long poll adds its own waiting time to it.
    public var timeout: Duration = .seconds(30)

    private let server: String
    private let exchange: Exchange

    typealias Exchange = @Sendable (HTTPRequest) async throws(HTTPFailure) -> HTTPResponse

    /// A client that sends through `reactor`.
    ///
    /// - Parameter server: the address up to, and without, `/bot<token>`, for example `http://localhost:8081`.
    /// - Throws: ``TelegramError/invalidServerAddress``.
    public init(reactor: Reactor, token: BotToken, server: String = publicServer) throws(TelegramError) {
        try self.init(token: token, server: server) { request throws(HTTPFailure) in
            try await reactor.perform(request)
        }
    }

    init(token: BotToken, server: String = publicServer, exchange: @escaping Exchange) throws(TelegramError) {
        var address = server
        while address.hasSuffix("/") { address.removeLast() }
        let lowercased = address.lowercased()
        guard
            ["http://", "https://"].contains(where: { lowercased.hasPrefix($0) && lowercased.count > $0.count }),
            address.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }), !address.contains("?"), !address.contains("#")
        else { throw .invalidServerAddress }
        self.token = token
        self.server = address
        self.exchange = exchange
    }

    /// Calls a method and returns its result.
    ///
    /// - Parameters:
    ///   - method: the name as the Bot API documents it, for example `getMe`.
    ///   - body: the parameters.
    ///   - waiting: how long the server may hold the answer back on purpose (`getUpdates`), on top of ``timeout``.
    /// - Throws: ``TelegramError`` for everything but a result.
    public func call<Result: Decodable & Sendable>(
        _ method: StaticString, _ body: RequestBody = RequestBody(), waiting: Duration = .zero,
        as type: Result.Type = Result.self
    ) async throws(TelegramError) -> Result {
        try await callWithTime(method, body, waiting: waiting, as: type).result
    }

    /// The same, with the server's time: seconds since 1970, nil where the answer does not say it (RFC 9110, "Date").
    func callWithTime<Result: Decodable & Sendable>(
        _ method: StaticString, _ body: RequestBody = RequestBody(), waiting: Duration = .zero,
        as type: Result.Type = Result.self
    ) async throws(TelegramError) -> (result: Result, time: Int64?) {
        let response: HTTPResponse
        do {
            response = try await perform(method, body, waiting: waiting)
        } catch {
            return (try Answer<Result>(error, token: token).get(), nil)
        }
        return (try Answer<Result>(response, token: token).get(), response.date)
    }

    /// Makes the exchange and gives the answer as it is.
    func perform(
        _ method: StaticString, _ body: RequestBody, waiting: Duration = .zero
    ) async throws(HTTPFailure) -> HTTPResponse {
        try await exchange(
            HTTPRequest(
                method: .post, url: "\(server)/\(token.pathComponent)/\(method)",
                headers: ["Content-Type: application/json"], body: body.bytes,
                connectTimeout: connectTimeout, timeout: timeout + waiting))
    }
}

extension BotAPI: CustomStringConvertible, CustomReflectable {
    /// The bot's id, no address: an address may hold a password.
    public var description: String { "BotAPI(\(token))" }
    /// A mirror that shows the redacted token only.
    public var customMirror: Mirror { Mirror(self, children: ["token": token], displayStyle: .struct) }
}
