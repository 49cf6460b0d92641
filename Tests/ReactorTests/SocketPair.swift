import Glibc
import Testing

/// Two sockets that are connected to each other, closed when the last reference goes away.
final class SocketPair: Sendable {
    /// The end that the reactor waits for.
    let near: Int32
    private let far: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        (near, far) = (ends[0], ends[1])
    }

    deinit {
        close(near)
        close(far)
    }

    /// Makes the near end readable.
    func write() {
        var byte: UInt8 = 1
        _ = send(far, &byte, 1, Int32(MSG_NOSIGNAL))
    }

    /// Takes what made the near end readable.
    func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        _ = recv(near, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    }

    /// Fills the near end until it is no longer writable.
    func fill() {
        let bytes = [UInt8](repeating: 0, count: 4096)
        while send(near, bytes, bytes.count, Int32(MSG_DONTWAIT)) > 0 {}
    }

    /// Reads everything that was written to the near end, which makes it writable again.
    func empty() {
        var bytes = [UInt8](repeating: 0, count: 65536)
        while recv(far, &bytes, bytes.count, Int32(MSG_DONTWAIT)) > 0 {}
    }

    /// Ends the connection from the far side.
    func hangUp() {
        shutdown(far, Int32(SHUT_RDWR))
    }
}
