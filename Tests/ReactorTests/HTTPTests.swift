import TestSupport
import Testing

@testable import Reactor

@Suite("An HTTP exchange", .timeLimit(.minutes(5)))
struct HTTPTests {
    private let reactor = Reactor()

    @Test("brings the status and the whole body", arguments: [200, 201, 301, 400, 401, 404, 409, 429, 500, 502, 504])
    func status(status: Int) async throws {
        defer { reactor.shutdown() }
        let server = try HTTPServer { _ in
            .response(status, Array("status \(status)".utf8), headers: ["Location: http://127.0.0.1:1/"])
        }
        let response = try await reactor.perform(HTTPRequest(url: server.url()))
        #expect(response.status == status)
        #expect(response.body == Array("status \(status)".utf8))
        #expect(server.requests.count == 1)
    }

    @Test(
        "knows the server's time where the answer says it, and that of no earlier answer",
        arguments: [
            ("Date: Fri, 27 Nov 2026 17:00:00 GMT", 1_795_798_800),
            ("date: Friday, 27-Nov-26 17:00:00 GMT", 1_795_798_800),
            ("Date: never", nil), ("X-Date: Fri, 27 Nov 2026 17:00:00 GMT", nil),
            ("Date: \(String(repeating: "1", count: 200))", nil),
        ] as [(String, Int64?)])
    func date(header: String, date: Int64?) async throws {
        defer { reactor.shutdown() }
        let server = try HTTPServer { .response(200, headers: $0.line.contains("/dated") ? [header] : []) }
        #expect(try await reactor.perform(HTTPRequest(url: server.url("/dated"))).date == date)
        #expect(try await reactor.perform(HTTPRequest(url: server.url("/undated"))).date == nil)
    }

    @Test("carries answers of any size", arguments: [0, 1, 1024, 65_537, 5_000_000])
    func largeAnswer(size: Int) async throws {
        defer { reactor.shutdown() }
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let server = try HTTPServer { _ in .response(200, body) }
        // The second one shows that what is left of a large answer does not get into the next.
        for _ in 0..<2 { #expect(try await reactor.perform(HTTPRequest(url: server.url())).body == body) }
        #expect(server.connections == 1)
    }

    @Test("posts exactly the bytes that it is given", arguments: [0, 1, 1500, 2_000_000])
    func body(size: Int) async throws {
        defer { reactor.shutdown() }
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        let server = try HTTPServer { _ in .response(200) }
        _ = try await reactor.perform(
            HTTPRequest(method: .post, url: server.url("/x?y=1"), headers: ["Content-Type: a/b"], body: body))
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /x?y=1 HTTP/1.1")
        #expect(request.body == body)
        #expect(request.headers.contains("Content-Length: \(size)"))
        #expect(request.headers.contains("Content-Type: a/b"))
        // With "Expect: 100-continue" a server is asked for leave, and answers a round trip later.
        #expect(!request.headers.contains { $0.lowercased().hasPrefix("expect") })
    }

    @Test("does not wait for another one's answer, were it the first of this server")
    func besideLongPoll() async throws {
        defer { reactor.shutdown() }
        let server = try HTTPServer { $0.line.contains("/poll") ? .silence : .response(200, Array("now".utf8)) }
        let poll = Task { try await reactor.perform(HTTPRequest(url: server.url("/poll"), timeout: .seconds(60))) }
        for await _ in server.arrivals { break }
        let answer = try await reactor.perform(HTTPRequest(url: server.url("/send"), timeout: .seconds(20)))
        #expect(answer.body == Array("now".utf8))
        poll.cancel()
        _ = await poll.result
    }

    @Test("uses one connection for requests that follow each other, and nothing of one in the next")
    func reuse() async throws {
        defer { reactor.shutdown() }
        let server = try HTTPServer { .response(200, Array($0.line.utf8)) }
        for number in 0..<20 {
            let isPost = number % 2 == 0
            let request = HTTPRequest(
                method: isPost ? .post : .get, url: server.url("/\(number)"),
                headers: number % 3 == 0 ? ["X-Number: \(number)"] : [], body: isPost ? [UInt8(number)] : [])
            let response = try await reactor.perform(request)
            #expect(response.body == Array("\(isPost ? "POST" : "GET") /\(number) HTTP/1.1".utf8))
        }
        #expect(server.connections == 1)
        for (number, request) in server.requests.enumerated() {
            #expect(request.body == (number % 2 == 0 ? [UInt8(number)] : []))
            #expect(
                request.headers.filter { $0.hasPrefix("X-Number") } == (number % 3 == 0 ? ["X-Number: \(number)"] : []))
        }
    }

    @Test("is one of many at the same time, over as many connections as are needed")
    func parallel() async throws {
        defer { reactor.shutdown() }
        let (reactor, server) = (reactor, try HTTPServer { .response(200, Array($0.line.utf8)) })
        for _ in 0..<2 {
            let right = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let response = try? await reactor.perform(HTTPRequest(url: server.url("/\(number)")))
                        return response?.body == Array("GET /\(number) HTTP/1.1".utf8)
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(right == 100)
        }
        #expect(server.connections <= 100)
        #expect(await reactor.run { $0.transfers.isEmpty && $0.idleHandles.count <= 64 })
    }

    @Test("gives its descriptors back", arguments: ["keep-alive", "close"])
    func descriptors(connection: String) async throws {
        defer { reactor.shutdown() }
        let server = try HTTPServer { _ in
            .response(200, headers: ["Connection: \(connection)"], thenClose: connection == "close")
        }
        _ = try await reactor.perform(HTTPRequest(url: server.url()))
        let before = openDescriptors()
        for _ in 0..<1000 { _ = try await reactor.perform(HTTPRequest(url: server.url())) }
        #expect(server.connections == (connection == "close" ? 1001 : 1))
        // Other tests open some meanwhile; a leak would be a thousand.
        try await eventually("the descriptors") { openDescriptors() < before + 300 }
    }

    @Test("can be followed by another on a connection that the server had closed, as on a new one")
    func serverClosedIdle() async throws {
        defer { reactor.shutdown() }
        let server = try HTTPServer { .response(200, Array($0.line.utf8), thenClose: true) }
        var closings = server.closings.makeAsyncIterator()
        for number in 1...5 {
            let request = HTTPRequest(method: .post, url: server.url("/\(number)"), body: [1])
            #expect(try await reactor.perform(request).status == 200)
            #expect(await closings.next() == number)
        }
        #expect(server.requests.count == 5)
    }
}
