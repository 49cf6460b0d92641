/// An HTTP request of the small kind that an API client makes: everything in memory.
public struct HTTPRequest: Sendable {
    /// The methods that are needed here.
    public enum Method: Sendable { case get, post }

    /// GET, or POST with `body`.
    public var method: Method
    /// http or https; may hold secrets, so it is never logged nor part of an error.
    public var url: String
    /// "Name: value", one each.
    public var headers: [String]
    /// The body of a POST.
    public var body: [UInt8]
    /// Limit for name look-up, connect and TLS handshake together.
    public var connectTimeout: Duration
    /// Limit for the whole exchange.
    public var timeout: Duration

    /// A request with limits fit for an API call.
    public init(
        method: Method = .get, url: String, headers: [String] = [], body: [UInt8] = [],
        connectTimeout: Duration = .seconds(10), timeout: Duration = .seconds(30)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.timeout = timeout
    }
}

/// A complete answer, whatever its status.
public struct HTTPResponse: Sendable {
    /// The HTTP status code.
    public var status: Int
    /// The body, whole.
    public var body: [UInt8]
    /// The server's time by its header Date, in seconds since 1970; nil where it says none that can be read.
    public var date: Int64?

    /// An answer with this status and body.
    public init(status: Int, body: [UInt8], date: Int64? = nil) {
        self.status = status
        self.body = body
        self.date = date
    }
}

/// Why there is no complete answer.
public struct HTTPFailure: Error, Sendable, Equatable {
    /// What went wrong, as far as a caller can act on it.
    public enum Reason: Sendable, Equatable {
        case nameResolution, connection, tls, timeout, cancelled, protocolViolation, other
    }

    /// The class of the failure.
    public var reason: Reason
    /// Whether bytes of the request may have reached the other side: then its effect is unknown.
    public var requestMayHaveBeenSent: Bool
    /// libcurl's words for the error. Never holds the URL.
    public var message: String

    /// A failure as described.
    public init(reason: Reason, requestMayHaveBeenSent: Bool, message: String) {
        self.reason = reason
        self.requestMayHaveBeenSent = requestMayHaveBeenSent
        self.message = message
    }
}
