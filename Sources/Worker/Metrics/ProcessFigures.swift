import Glibc

/// What the kernel says of this process, under the names that Prometheus' own libraries give it.
struct ProcessFigures: Sendable, Equatable {
    /// Processor time so far, in seconds.
    var cpuSeconds: Double
    /// Memory that is resident, in bytes.
    var residentBytes: Int
    /// Memory that is addressed, in bytes.
    var virtualBytes: Int
    /// Descriptors that are open.
    var openDescriptors: Int
    /// Seconds since 1970 at its start.
    var startedAt: Double

    func write(to exposition: inout Exposition) {
        exposition.single("process_cpu_seconds_total", .counter, "Processor time used.", cpuSeconds)
        exposition.single(
            "process_resident_memory_bytes", .gauge, "Memory that is resident.", Double(residentBytes))
        exposition.single("process_virtual_memory_bytes", .gauge, "Memory that is addressed.", Double(virtualBytes))
        exposition.single("process_open_fds", .gauge, "Descriptors that are open.", Double(openDescriptors))
        exposition.single("process_start_time_seconds", .gauge, "When it started, since 1970.", startedAt)
    }

    /// As of now; nil where there is no /proc.
    static func current() -> ProcessFigures? {
        guard let stat = read("/proc/self/stat"), let system = read("/proc/stat") else { return nil }
        return ProcessFigures(
            stat: stat, system: system, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
            pageSize: sysconf(Int32(_SC_PAGESIZE)), openDescriptors: descriptors())
    }

    /// Reads proc_pid_stat(5) and `btime` of proc_stat(5).
    init?(stat: String, system: String, ticksPerSecond: Double, pageSize: Int, openDescriptors: Int) {
        // The name of the program stands in brackets and may hold anything.
        guard let bracket = stat.lastIndex(of: ")") else { return nil }
        // From the third field of the manual page on.
        let fields = stat[stat.index(after: bracket)...].split(whereSeparator: \.isWhitespace)
        guard fields.count > 21, let user = Double(fields[11]), let kernel = Double(fields[12]),
            let start = Double(fields[19]), let virtual = Int(fields[20]), let resident = Int(fields[21]),
            let boot = system.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let bootedAt = Double(boot.dropFirst(6))
        else { return nil }
        cpuSeconds = (user + kernel) / ticksPerSecond
        residentBytes = resident * pageSize
        virtualBytes = virtual
        startedAt = bootedAt + start / ticksPerSecond
        self.openDescriptors = openDescriptors
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func descriptors() -> Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without the directory itself, its parent, and the descriptor it is read by.
        return max(0, count - 3)
    }
}
