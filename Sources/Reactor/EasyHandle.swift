import CLibcurl

/// A libcurl easy handle with the memory that libcurl writes to; used for one transfer after the other.
final class EasyHandle {
    let easy: UnsafeMutableRawPointer
    /// Its address stays the same, as libcurl keeps it.
    let received: UnsafeMutablePointer<tgw_transfer>
    private var headers: [String] = []
    private var headerList: UnsafeMutablePointer<curl_slist>?

    /// Bytes of an answer that is refused: far above any answer of an API, far below the memory of a machine.
    static let bodyLimit = 64 << 20

    init() {
        guard let easy = curl_easy_init() else { preconditionFailure("out of memory") }
        self.easy = easy
        received = .allocate(capacity: 1)
        received.initialize(to: tgw_transfer())
        received.pointee.limit = Self.bodyLimit
        tgw_easy_set_transfer(easy, received)
        tgw_easy_only_http(easy)
        tgw_easy_setopt_long(easy, CURLOPT_NOSIGNAL, 1)
        tgw_easy_setopt_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        tgw_easy_setopt_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        free(received.pointee.data)
        received.deallocate()
    }

    /// Makes the handle ready for `request`, under this name.
    func prepare(_ request: HTTPRequest, token: Reactor.Token) {
        received.pointee.length = 0
        received.pointee.requests_begun = 0
        received.pointee.date = -1
        tgw_easy_set_id(easy, UInt(token))
        tgw_easy_setopt_string(easy, CURLOPT_URL, request.url)
        // Wait for a connection that is being made, which may turn out to be HTTP/2, instead of making another. Over TLS
        // that is known after the handshake; in plain text libcurl would wait for the first answer, and a long poll's
        // takes a minute.
        let mayBeHTTP2 = request.url.prefix(6).lowercased() == "https:"
        tgw_easy_setopt_long(easy, CURLOPT_PIPEWAIT, mayBeHTTP2 ? 1 : 0)
        setHeaders(request.headers)
        switch request.method {
        case .get:
            tgw_easy_setopt_long(easy, CURLOPT_HTTPGET, 1)
        case .post:
            tgw_easy_setopt_long(easy, CURLOPT_POST, 1)
            request.body.withUnsafeBytes { bytes in
                _ =
                    bytes.baseAddress.map { tgw_easy_set_body(easy, $0, bytes.count) }
                    ?? tgw_easy_set_body(easy, "", 0)
            }
        }
        tgw_easy_setopt_long(easy, CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.milliseconds)
        tgw_easy_setopt_long(easy, CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
    }

    /// The answer that has been received.
    var response: HTTPResponse {
        let bytes = UnsafeRawBufferPointer(start: received.pointee.data, count: received.pointee.length)
        let date = received.pointee.date
        return HTTPResponse(status: tgw_easy_status(easy), body: Array(bytes), date: date >= 0 ? date : nil)
    }

    /// Gives back what a large answer took, so that an idle handle stays small.
    func trim() {
        guard received.pointee.capacity > 1 << 16 else { return }
        free(received.pointee.data)
        received.pointee.data = nil
        received.pointee.capacity = 0
        received.pointee.length = 0
    }

    private func setHeaders(_ new: [String]) {
        guard new != headers || headerList == nil else { return }
        curl_slist_free_all(headerList)
        headerList = nil
        headers = new
        // Without "Expect:" libcurl asks for leave before it sends a larger body, which costs a round trip.
        for header in new + ["Expect:"] { headerList = curl_slist_append(headerList, header) }
        tgw_easy_setopt_list(easy, CURLOPT_HTTPHEADER, headerList)
    }
}

extension Duration {
    /// Whole milliseconds, at least one: libcurl takes zero for "no limit".
    fileprivate var milliseconds: Int {
        max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
