/// A strftime pattern, as Odoo's languages have them (`res_lang.date_format`, `time_format`).
struct DateFormat: Sendable, Equatable {
    let pattern: String

    init(_ pattern: String) {
        self.pattern = pattern
    }

    /// The pattern without its seconds and the sign before them. When an order changed, the minute is news; a second is
    /// noise. Seconds that are written with a unit (`%S秒`) stay.
    var withoutSeconds: DateFormat {
        var pattern = pattern.replacing("%T", with: "%H:%M:%S").replacing("%r", with: "%I:%M:%S %p")
        for separator in [":", ".", ","] {
            pattern = pattern.replacing("\(separator)%S", with: "")
        }
        return DateFormat(pattern)
    }

    /// The moment in this pattern, with names of the given language.
    ///
    /// All directives that Odoo admits in a language are known, and the usual ones beside them. `-` between `%` and a
    /// number takes the leading zero away, and so do `%e`, `%k` and `%l`, whose padding has no use in a message. Zones
    /// (`%z`, `%Z`) and what is unknown give nothing, as in Odoo.
    func string(from moment: LocalDateTime, in language: MessageLanguage) -> String {
        var text = ""
        var rest = pattern[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                text.append(character)
                continue
            }
            let isUnpadded = rest.first == "-"
            if isUnpadded { rest.removeFirst() }
            guard let directive = rest.popFirst() else { break }
            text += Self.value(of: directive, isUnpadded: isUnpadded, at: moment, names: language.calendarNames)
        }
        return text
    }

    private static func value(
        of directive: Character, isUnpadded: Bool, at moment: LocalDateTime, names: CalendarNames
    ) -> String {
        func number(_ value: Int, width: Int = 2) -> String {
            let digits = String(value)
            return isUnpadded ? digits : String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        func composed(_ pattern: String) -> String {
            pattern.map { $0.isLetter ? value(of: $0, isUnpadded: false, at: moment, names: names) : String($0) }
                .joined()
        }
        let hourOfHalf = (moment.hour + 11) % 12 + 1
        return switch directive {
        case "d": number(moment.day)
        case "e": String(moment.day)
        case "j": number(moment.dayOfYear, width: 3)
        case "m": number(moment.month)
        case "b", "h": names.shortMonths[moment.month - 1]
        case "B": names.months[moment.month - 1]
        case "y": number(moment.year % 100)
        case "Y": number(moment.year, width: 4)
        case "a": names.shortWeekdays[moment.weekday]
        case "A": names.weekdays[moment.weekday]
        case "u": String((moment.weekday + 6) % 7 + 1)
        case "w": String(moment.weekday)
        case "H": number(moment.hour)
        case "k": String(moment.hour)
        case "I": number(hourOfHalf)
        case "l": String(hourOfHalf)
        case "M": number(moment.minute)
        case "S": number(moment.second)
        case "p": moment.hour < 12 ? "AM" : "PM"
        case "P": moment.hour < 12 ? "am" : "pm"
        case "D": composed("m/d/y")
        case "F": composed("Y-m-d")
        case "R": composed("H:M")
        case "T": composed("H:M:S")
        case "r": composed("I:M:S p")
        case "n", "t": " "
        case "%": "%"
        default: ""
        }
    }
}
