import Foundation

/// What was done, and when, in the order that it was done in.
actor ChaosJournal {
    /// Microseconds since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    /// Lines for people.
    private(set) var lines: [String] = []
    private let began = ContinuousClock.now
    private let isVerbose: Bool

    init(isVerbose: Bool) { self.isVerbose = isVerbose }

    func note(_ text: String) {
        let line = "\(Self.clock(Self.now)) (\((ContinuousClock.now - began).inSeconds)) \(text)"
        lines.append(line)
        if isVerbose { print("chaos: \(line)") }
    }

    /// Such as "14:59:21.042", in UTC.
    static func clock(_ microseconds: Int64) -> String {
        let milliseconds = microseconds / 1000 % 86_400_000
        let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000)
        return String(format: "%02d:%02d:%02d.%03d", seconds / 3600, seconds / 60 % 60, seconds % 60, rest)
    }

    /// The moment of a line of a worker's log in JSON: its "time" is ISO 8601 in UTC with milliseconds.
    static func microseconds(ofLine line: String) -> Int64? {
        guard let start = line.firstRange(of: #""time":""#)?.upperBound else { return nil }
        let parts = line[start...].prefix { $0 != "\"" }.split { !$0.isNumber }.compactMap { Int64($0) }
        guard parts.count == 7 else { return nil }
        var time = tm()
        time.tm_year = Int32(parts[0]) - 1900
        time.tm_mon = Int32(parts[1]) - 1
        time.tm_mday = Int32(parts[2])
        time.tm_hour = Int32(parts[3])
        time.tm_min = Int32(parts[4])
        time.tm_sec = Int32(parts[5])
        return Int64(timegm(&time)) * 1_000_000 + parts[6] * 1000
    }
}

extension Duration {
    /// Such as "12.3 s".
    var inSeconds: String { String(format: "%.1f s", self / .seconds(1)) }
}
