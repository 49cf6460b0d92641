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
        var rest = text.utf8[...]
        guard let year = Self.number(&rest), Self.take("-", &rest), let month = Self.number(&rest),
            Self.take("-", &rest), let day = Self.number(&rest), Self.take(" ", &rest),
            let hour = Self.number(&rest), Self.take(":", &rest), let minute = Self.number(&rest),
            Self.take(":", &rest), let second = Self.number(&rest),
            rest.isEmpty || Self.take(".", &rest) && Self.number(&rest) != nil && rest.isEmpty
        else { return nil }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    private static func number(_ rest: inout Substring.UTF8View) -> Int? {
        let digits = rest.prefix(while: \.isDigit)
        rest = rest[digits.endIndex...]
        return Int(Substring(digits))
    }

    private static func take(_ sign: Unicode.Scalar, _ rest: inout Substring.UTF8View) -> Bool {
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest.removeFirst()
        return true
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
