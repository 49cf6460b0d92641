import Foundation
import Glibc
import Synchronization

/// A TCP relay before the database server, which can change what the server says, and stop relaying without a word.
///
/// Each direction of each connection has a thread of its own; they end with the connection, the relay with its process.
public final class DatabaseProxy: Sendable {
    /// The port that it listens on, on 127.0.0.1.
    public let port: Int

    private let listener: Int32
    private let gate = Gate()

    /// Starts to relay to a port of 127.0.0.1.
    ///
    /// - Parameter rewrite: Is given what the server sends, piece by piece, and returns what the client gets.
    public init(to server: Int, rewrite: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0, Self.withAddress(0, { bind(listener, $0, $1) }) == 0, listen(listener, 16) == 0 else {
            throw TestSupportError("the relay cannot listen: \(String(cString: strerror(errno)))")
        }
        var own = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &own) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        port = Int(UInt16(bigEndian: own.sin_port))
        self.listener = listener
        Thread.detachNewThread { [gate] in Self.accept(on: listener, server, gate, rewrite) }
    }

    /// Stops listening; connections that stand go on.
    public func close() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// From now on nothing gets through, in no direction, and nothing is closed. New connections are accepted and hang
    /// as well.
    public func blackhole() {
        gate.close()
    }

    /// Everything goes on, with what was held up.
    public func heal() {
        gate.open()
    }

    /// From now on, and on connections that stand too, the client gets no notification any more; everything else gets
    /// through. For connections without TLS.
    public func swallowNotifications() {
        gate.swallowNotifications()
    }

    private static func accept(
        on listener: Int32, _ server: Int, _ gate: Gate, _ rewrite: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { break }
            Thread.detachNewThread { relay(client, to: server, gate, rewrite) }
        }
        Glibc.close(listener)
    }

    private static func relay(
        _ client: Int32, to server: Int, _ gate: Gate, _ rewrite: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        gate.pass()
        let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard withAddress(server, { connect(upstream, $0, $1) }) == 0 else {
            Glibc.close(client)
            Glibc.close(upstream)
            return
        }
        let pair = Pair(client: client, upstream: upstream)
        Thread.detachNewThread { pump(from: client, to: upstream, pair, gate) { $0 } }
        var messages = ServerMessages()
        pump(from: upstream, to: client, pair, gate) { bytes in
            rewrite(messages.filter(bytes, dropping: gate.swallows ? ServerMessages.notification : nil))
        }
    }

    private static func pump(
        from source: Int32, to target: Int32, _ pair: Pair, _ gate: Gate, _ rewrite: ([UInt8]) -> [UInt8]
    ) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            gate.pass()
            guard count > 0 else { break }
            var bytes = rewrite(Array(buffer[..<count]))[...]
            while !bytes.isEmpty {
                let sent = bytes.withUnsafeBytes { send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard sent > 0 else { break }
                bytes = bytes.dropFirst(sent)
            }
        }
        pair.end()
    }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// What holds up the threads of a relay.
private final class Gate: Sendable {
    private let isClosed = Atomic(false)
    private let isSwallowing = Atomic(false)

    func close() { isClosed.store(true, ordering: .sequentiallyConsistent) }

    func open() { isClosed.store(false, ordering: .sequentiallyConsistent) }

    func pass() {
        while isClosed.load(ordering: .sequentiallyConsistent) { usleep(5000) }
    }

    func swallowNotifications() { isSwallowing.store(true, ordering: .sequentiallyConsistent) }

    var swallows: Bool { isSwallowing.load(ordering: .sequentiallyConsistent) }
}

/// Two sockets, closed by the second of the two directions to end: a descriptor that is closed earlier may be somebody
/// else's by the time that the other direction uses it.
private final class Pair: Sendable {
    private let client: Int32
    private let upstream: Int32
    private let ended = Atomic(0)

    init(client: Int32, upstream: Int32) {
        self.client = client
        self.upstream = upstream
    }

    func end() {
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(upstream, Int32(SHUT_RDWR))
        guard ended.add(1, ordering: .sequentiallyConsistent).newValue == 2 else { return }
        Glibc.close(client)
        Glibc.close(upstream)
    }
}
