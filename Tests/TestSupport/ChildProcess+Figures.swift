import Foundation

/// What a program occupies, as Linux tells it.
extension ChildProcess {
    /// Memory that is the program's own: written by it and shared with nobody, in KiB (`Private_Dirty` of
    /// `/proc/PID/smaps_rollup`). What the program has merely read of its file does not count.
    public nonisolated var privateMemory: Int {
        get throws { try field("Private_Dirty:", of: "smaps_rollup") }
    }

    /// Memory in use with all that is shared, in KiB (`VmRSS` of `/proc/PID/status`).
    public nonisolated var residentMemory: Int {
        get throws { try field("VmRSS:", of: "status") }
    }

    /// How many files, sockets and the like it has open.
    public nonisolated var descriptors: Int {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(processIdentifier)/fd").count
        }
    }

    /// How many threads it has.
    public nonisolated var threads: Int {
        get throws { try field("Threads:", of: "status") }
    }

    private nonisolated func field(_ name: String, of file: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(processIdentifier)/\(file)", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        guard let value = line?.split(whereSeparator: \.isWhitespace).dropFirst().first, let number = Int(value)
        else { throw TestSupportError("/proc/\(processIdentifier)/\(file) has no \(name)") }
        return number
    }
}
