import Glibc

/// Standard output or standard error, without a buffer: each line is one `write(2)`, so lines of several threads do not
/// mix, and none waits behind a pipe.
enum StandardStream: Int32, Sendable {
    /// Standard output: what was asked for.
    case output = 1
    /// Standard error: progress, logs and what went wrong.
    case error = 2

    /// Writes a line. What cannot be written is lost: there is nobody left to tell.
    func write(line: String) {
        write(line + "\n")
    }

    /// Writes a text as it is.
    func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(rawValue, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }
}
