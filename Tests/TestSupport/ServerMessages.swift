/// What a PostgreSQL server sends, taken apart into its messages (PostgreSQL, Message Formats: one byte for the type, four
/// for the length, themselves included).
struct ServerMessages {
    /// NotificationResponse.
    static let notification = UInt8(ascii: "A")

    private var unread: [UInt8] = []
    private var isFirst = true
    private var isEncrypted = false

    /// The bytes without the messages of that type. A message that is not whole yet is kept until it is.
    mutating func filter(_ bytes: [UInt8], dropping type: UInt8?) -> [UInt8] {
        // The answer to a request for encryption is a lone byte.
        if isFirst, bytes.count == 1 {
            isEncrypted = bytes == [UInt8(ascii: "S")]
            return bytes
        }
        isFirst = false
        guard !isEncrypted else { return bytes }
        unread += bytes
        var passed: [UInt8] = []
        var start = 0
        while unread.count - start >= 5 {
            let length = unread[start + 1..<start + 5].reduce(0) { $0 << 8 | Int($1) }
            guard unread.count - start > length else { break }
            let end = start + 1 + length
            if unread[start] != type { passed += unread[start..<end] }
            start = end
        }
        unread.removeFirst(start)
        return passed
    }
}
