import Foundation
import Reactor

/// An HTTP/1.1 server on 127.0.0.1 that answers as a test tells it to, rightly or wrongly, and keeps what it was asked.
final class HTTPServer: Sendable {
    struct Request: Sendable {
        /// Such as "GET /path HTTP/1.1".
        let line: String
        let headers: [String]
        let body: [UInt8]
        /// Which connection it came over, from 1.
        let connection: Int
    }

    enum Answer: Sendable {
        /// A complete answer; the connection stays open, or is closed without having been announced so.
        case response(Int, [UInt8] = [], headers: [String] = [], thenClose: Bool = false)
        /// These bytes, then the end of the connection.
        case bytes(String)
        /// The end of the connection, in order or with RST.
        case hangUp(reset: Bool)
        /// Nothing, until the other side closes.
        case silence
    }

    private struct Record {
        var requests: [Request] = []
        var connections = 0
    }

    let port: Int
    /// Each request when it has been read, before it is answered.
    let arrivals: AsyncStream<Request>
    /// Each connection when it has been closed.
    let closings: AsyncStream<Int>

    private let listener: Int32
    private let record: LockBox<Record>

    init(answer: @escaping @Sendable (Request) -> Answer) throws {
        let (listener, port) = try listen(backlog: 128)
        let record = LockBox(Record())
        let (arrivals, arrived) = AsyncStream.makeStream(of: Request.self)
        let (closings, closed) = AsyncStream.makeStream(of: Int.self)
        (self.listener, self.port, self.record) = (listener, port, record)
        (self.arrivals, self.closings) = (arrivals, closings)
        Thread.detachNewThread {
            while case let socket = accept(listener, nil, nil), socket >= 0 {
                let number = record.withLock { record in
                    record.connections += 1
                    return record.connections
                }
                Thread.detachNewThread {
                    var conversation = Conversation(socket: socket, number: number)
                    while let request = conversation.nextRequest() {
                        record.withLock { $0.requests.append(request) }
                        arrived.yield(request)
                        guard conversation.give(answer(request)) else { break }
                    }
                    close(socket)
                    closed.yield(number)
                }
            }
            close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// Everything it was asked so far.
    var requests: [Request] { record.withLock { $0.requests } }

    /// How many connections it has accepted.
    var connections: Int { record.withLock { $0.connections } }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }
}

/// A TCP socket that listens on a free port of 127.0.0.1.
func listen(backlog: Int32) throws -> (socket: Int32, port: Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(listener, $0, length) == 0 && Foundation.listen(listener, backlog) == 0
                ? getsockname(listener, $0, &length) : -1
        }
    }
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
}

/// One connection, on a thread of its own.
private struct Conversation {
    let socket: Int32
    let number: Int
    private var buffer: [UInt8] = []

    init(socket: Int32, number: Int) {
        self.socket = socket
        self.number = number
    }

    /// Nil when the other side has closed or does not speak HTTP.
    mutating func nextRequest() -> HTTPServer.Request? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let head = buffer.firstRange(of: end) {
                let lines = String(decoding: buffer[..<head.lowerBound], as: UTF8.self)
                    .split(separator: "\r\n").map(String.init)
                let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
                while buffer.count < head.upperBound + (length ?? 0) { guard read() else { return nil } }
                let body = Array(buffer[head.upperBound..<(head.upperBound + (length ?? 0))])
                buffer.removeFirst(head.upperBound + body.count)
                return HTTPServer.Request(
                    line: lines.first ?? "", headers: Array(lines.dropFirst()), body: body, connection: number)
            }
            guard read(), buffer.first != 0x16 else { return nil }
        }
    }

    /// False when that was the last answer.
    mutating func give(_ answer: HTTPServer.Answer) -> Bool {
        switch answer {
        case .response(let status, let body, let headers, let thenClose):
            let head = ["HTTP/1.1 \(status) Reason", "Content-Length: \(body.count)"] + headers
            write(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
            return thenClose ? end() : true
        case .bytes(let text):
            write(Array(text.utf8))
            return end()
        case .hangUp(let reset):
            guard reset else { return end() }
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            return false
        case .silence:
            while read() { buffer = [] }
            return false
        }
    }

    /// Tells the other side. A close would not while a program that a test is just starting has the descriptor, too.
    private func end() -> Bool {
        shutdown(socket, Int32(SHUT_WR))
        return false
    }

    private mutating func read() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(socket, &chunk, chunk.count, 0)
        buffer += chunk.prefix(max(0, count))
        return count > 0
    }

    private func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
