#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A moment, in microseconds since 1970.
struct Timestamp: Comparable, Hashable, Sendable {
    let microseconds: Int64

    /// The moment in whole seconds, as the Bot API writes dates.
    var seconds: Int64 { microseconds / 1_000_000 }

    /// The time of day in UTC, for the printed conversation.
    var timeOfDay: String {
        let second = Int(seconds % 86_400)
        return [second / 3600, second / 60 % 60, second % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }

    /// The moment now.
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    func adding(milliseconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + milliseconds * 1000)
    }
}
