import Foundation
import Reactor

/// A TCP server on 127.0.0.1 that accepts connections and then says nothing.
final class SilentServer: Sendable {
    let port: Int
    /// Something for each connection that was accepted.
    let arrivals: AsyncStream<Void>
    private let listener: Int32
    private let isListening = LockBox(true)

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { [listener] in
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 8) == 0 ? getsockname(listener, $0, &length) : -1
            }
        }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        port = Int(UInt16(bigEndian: address.sin_port))
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        self.arrivals = arrivals
        Thread.detachNewThread { [listener] in
            var accepted: [Int32] = []
            while case let socket = accept(listener, nil, nil), socket >= 0 {
                accepted.append(socket)
                arrived.yield()
            }
            for socket in accepted + [listener] { close(socket) }
        }
    }

    deinit {
        end()
    }

    /// Closes everything; from then on connections are refused.
    func end() {
        let isFirst = isListening.withLock { isListening in
            defer { isListening = false }
            return isListening
        }
        // Once only: afterwards the descriptor may be somebody else's.
        if isFirst { shutdown(listener, Int32(SHUT_RDWR)) }
    }
}
