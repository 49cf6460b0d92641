import Glibc

/// A point in time, written as ISO 8601 in UTC.
struct Timestamp: Sendable {
    /// Seconds since 1970.
    let seconds: Int
    /// Thousandths of a second on top of them.
    let milliseconds: Int

    /// The present.
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// `2026-11-23T14:59:21Z`
    var inSeconds: String { dateAndTime + "Z" }

    /// `2026-11-23T14:59:21.042Z`
    var inMilliseconds: String { dateAndTime + "." + Self.padded(milliseconds, to: 3) + "Z" }

    private var dateAndTime: String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        let date = [
            Self.padded(Int(parts.tm_year) + 1900, to: 4), Self.padded(Int(parts.tm_mon) + 1, to: 2),
            Self.padded(Int(parts.tm_mday), to: 2),
        ]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { Self.padded(Int($0), to: 2) }
        return date.joined(separator: "-") + "T" + clock.joined(separator: ":")
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
