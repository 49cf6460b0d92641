import Glibc
import Testing

@testable import Reactor

@Suite("A failed HTTP exchange", .timeLimit(.minutes(5)))
struct HTTPFailureTests {
    private let reactor = Reactor()

    /// The failure of a request whose URL holds a secret.
    private func failure(
        _ base: String, connectTimeout: Duration = .seconds(30), timeout: Duration = .seconds(50)
    ) async throws -> HTTPFailure {
        let request = HTTPRequest(
            method: .post, url: base + "/bot123:secret/sendMessage", body: [1], connectTimeout: connectTimeout,
            timeout: timeout)
        let failure = await #expect(throws: HTTPFailure.self) { try await reactor.perform(request) }
        return try #require(failure)
    }

    @Test("does not tell the URL", arguments: ["http://127.0.0.1:1", "ftp://127.0.0.1", "http://a b", "", "http://"])
    func noURL(base: String) async throws {
        defer { reactor.shutdown() }
        let failure = try await failure(base)
        #expect(!failure.requestMayHaveBeenSent)
        #expect(!failure.message.isEmpty && !failure.message.contains("secret"))
    }

    @Test("has sent nothing when the connection is refused")
    func refused() async throws {
        defer { reactor.shutdown() }
        let (socket, port) = try listen(backlog: 1)
        close(socket)
        let failure = try await failure("http://127.0.0.1:\(port)")
        #expect(failure.reason == .connection)
        #expect(!failure.requestMayHaveBeenSent)
    }

    @Test("has sent nothing when the host has no address")
    func unresolvable() async throws {
        defer { reactor.shutdown() }
        // A label may have 63 bytes: this name is refused without asking anybody.
        let failure = try await failure("http://\(String(repeating: "a", count: 64)).invalid")
        #expect(failure.reason == .nameResolution)
        #expect(!failure.requestMayHaveBeenSent)
    }

    @Test("has sent nothing when no connection is made in time")
    func connectTimeout() async throws {
        defer { reactor.shutdown() }
        let (socket, port) = try listen(backlog: 0)
        defer { close(socket) }
        // The kernel keeps one connection for the listener and drops the attempts of all others.
        let first = try FullBacklog(port: port)
        defer { first.end() }
        let failure = try await failure("http://127.0.0.1:\(port)", connectTimeout: .milliseconds(100))
        #expect(failure.reason == .timeout)
        #expect(!failure.requestMayHaveBeenSent)
    }

    @Test("has sent nothing when TLS does not come about")
    func tls() async throws {
        defer { reactor.shutdown() }
        let server = try HTTPServer { _ in .response(200) }
        let failure = try await failure("https://127.0.0.1:\(server.port)")
        #expect(failure.reason == .tls)
        #expect(!failure.requestMayHaveBeenSent)
        #expect(server.requests.isEmpty)
    }

    @Test(
        "may have sent the request when the answer is missing or broken",
        arguments: [
            (HTTPServer.Answer.hangUp(reset: false), HTTPFailure.Reason.connection),
            (.hangUp(reset: true), .connection),
            (.bytes("SSH-2.0-OpenSSH_9.2\r\n"), .protocolViolation),
            (.bytes("HTTP/1.1 2"), .connection),
            (.bytes("HTTP/1.1 x\r\n\r\n"), .protocolViolation),
            (.bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), .protocolViolation),
            (.bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"), .protocolViolation),
            (.bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello"), .connection),
        ])
    func broken(answer: HTTPServer.Answer, reason: HTTPFailure.Reason) async throws {
        defer { reactor.shutdown() }
        let server = try HTTPServer { _ in answer }
        let failure = try await failure(server.url(""))
        #expect(failure.reason == reason)
        #expect(failure.requestMayHaveBeenSent)
        #expect(server.requests.count == 1)
        #expect(!failure.message.contains("secret"))
    }

    @Test("may have sent the request when the answer does not come in time")
    func timeout() async throws {
        defer { reactor.shutdown() }
        let server = try HTTPServer { _ in .silence }
        let failure = try await failure(server.url(""), timeout: .milliseconds(200))
        #expect(failure.reason == .timeout)
        #expect(failure.requestMayHaveBeenSent)
        #expect(server.requests.count == 1)
    }

    @Test(
        "is not repeated by itself when a kept-alive connection breaks under the request", arguments: [false, true])
    func noSecondRequest(reset: Bool) async throws {
        defer { reactor.shutdown() }
        let server = try HTTPServer { $0.line.hasPrefix("GET") ? .response(200) : .hangUp(reset: reset) }
        #expect(try await reactor.perform(HTTPRequest(url: server.url())).status == 200)
        let failure = try await failure(server.url(""))
        #expect(failure.reason == .connection)
        #expect(failure.requestMayHaveBeenSent)
        #expect(server.requests.map(\.connection) == [1, 1])
        // The next request is none the worse for it.
        #expect(try await reactor.perform(HTTPRequest(url: server.url())).status == 200)
    }

    @Test("ends at once when the task is cancelled, and closes the connection")
    func cancelled() async throws {
        defer { reactor.shutdown() }
        let server = try HTTPServer { $0.line.hasPrefix("GET") ? .response(200) : .silence }
        let reactor = reactor
        let request = Task { try await reactor.perform(HTTPRequest(method: .post, url: server.url())) }
        var arrivals = server.arrivals.makeAsyncIterator()
        _ = await arrivals.next()
        request.cancel()
        let failure = await #expect(throws: HTTPFailure.self) { try await request.value }
        #expect(failure?.reason == .cancelled)
        #expect(failure?.requestMayHaveBeenSent == true)
        var closings = server.closings.makeAsyncIterator()
        #expect(await closings.next() == 1)
        #expect(try await reactor.perform(HTTPRequest(url: server.url())).status == 200)
    }

    @Test("has sent nothing when the task was cancelled before")
    func cancelledBefore() async throws {
        defer { reactor.shutdown() }
        // A connection that is never made: neither does the outcome depend on who is first.
        let (socket, port) = try listen(backlog: 0)
        defer { close(socket) }
        let first = try FullBacklog(port: port)
        defer { first.end() }
        let reactor = reactor
        let request = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await reactor.perform(HTTPRequest(url: "http://127.0.0.1:\(port)/"))
        }
        let failure = await #expect(throws: HTTPFailure.self) { try await request.value }
        #expect(failure?.reason == .cancelled)
        #expect(failure?.requestMayHaveBeenSent == false)
    }

    @Test("happens to many at once without loss, whoever is cancelled")
    func manyCancelled() async throws {
        defer { reactor.shutdown() }
        let (reactor, server) = (reactor, try HTTPServer { _ in .response(200, Array(repeating: 65, count: 1000)) })
        let ended = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                let request = Task { try await reactor.perform(HTTPRequest(url: server.url("/\(number)"))) }
                if number % 2 == 0 {
                    group.addTask {
                        request.cancel(); return false
                    }
                }
                group.addTask {
                    switch await request.result {
                    case .success(let response): response.body.count == 1000
                    case .failure(let error): (error as? HTTPFailure)?.reason == .cancelled && number % 2 == 0
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(ended == 200)
        #expect(await reactor.run { $0.transfers.isEmpty })
    }
}

/// Connections that nobody accepts, and which fill the queue of a listener without backlog.
private struct FullBacklog {
    private var sockets: [Int32] = []

    init(port: Int) throws {
        for _ in 0..<4 {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            _ = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            sockets.append(client)
        }
    }

    func end() { for socket in sockets { close(socket) } }
}
