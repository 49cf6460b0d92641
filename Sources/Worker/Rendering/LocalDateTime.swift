/// A date and time as a clock on the customer's wall shows it. The database has converted it from UTC already.
struct LocalDateTime: Sendable, Equatable {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int

    /// A moment of the (proleptic) Gregorian calendar; nil when it has no such date or time.
    init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard year > 0, (1...12).contains(month), day > 0, day <= Self.days(in: month, of: year),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// Reads PostgreSQL's text of a `timestamp` in the ISO style: `2026-11-23 14:59:21`, perhaps with a fraction of the
    /// second, which is dropped. Nil for anything else, `infinity` and years BC among it.
    init?(_ text: String) {
        let numbers = text.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "-" || $0 == " " || $0 == ":" || $0 == "." })
        let shape = text.filter { !$0.isASCII || !$0.isNumber }
        guard shape == "-- ::" || shape == "-- ::." else { return nil }
        let values = numbers.compactMap { Int($0) }
        guard values.count == numbers.count else { return nil }
        self.init(
            year: values[0], month: values[1], day: values[2], hour: values[3], minute: values[4], second: values[5])
    }

    /// The day of the year, from 1.
    var dayOfYear: Int {
        (1..<month).reduce(day) { $0 + Self.days(in: $1, of: year) }
    }

    /// The day of the week, from 0 for Sunday.
    var weekday: Int {
        let past = year - 1
        return (past * 365 + past / 4 - past / 100 + past / 400 + dayOfYear) % 7
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
