import Glibc

/// The time of day, for comparing with times in the database.
enum WallClock {
    /// Microseconds since 1970 in UTC.
    static var microseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Time passed since a moment in microseconds; zero when it lies ahead of this machine's clock.
    static func since(_ moment: Int64) -> Duration {
        .microseconds(max(0, microseconds - moment))
    }
}
