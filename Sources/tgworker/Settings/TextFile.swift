import Glibc

/// Reads small files that an administrator names.
enum TextFile {
    /// The file's bytes.
    ///
    /// - Parameter what: what the file is, with its article, for the message.
    /// - Throws: ``CommandError`` with the operating system's reason.
    static func bytes(of path: String, what: String) throws(CommandError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, what) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, what) }
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
    }

    /// The file as text.
    static func text(of path: String, what: String) throws(CommandError) -> String {
        String(decoding: try bytes(of: path, what: what), as: UTF8.self)
    }

    private static func unreadable(_ path: String, _ what: String) -> CommandError {
        let code = errno
        let remedy =
            switch code {
            case ENOENT, ENOTDIR: "check the path"
            case EACCES: "let the user that runs tgworker read it"
            default: "name a file that can be read"
            }
        return CommandError("cannot read \(what) \(path) (\(String(cString: strerror(code))))", remedy)
    }
}
