/// A strftime pattern, as Odoo's languages have them (`res_lang.date_format`, `time_format`).
struct DateFormat: Sendable, Equatable {
    let pattern: String
    /// The pattern as it was read, once for all moments.
    private let parts: [Part]

    private enum Part: Sendable, Equatable {
        case text(String)
        case value(Directive, isUnpadded: Bool)
    }

    /// The letters of directives that stand for one number or name.
    private enum Directive: String, Sendable {
        case d, e, j, m, b, h, B, y, Y, a, A, u, w, H, k, I, l, M, S, p, P
    }

    init(_ pattern: String) {
        self.pattern = pattern
        parts = Self.parts(of: pattern)
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

    /// All directives that Odoo admits in a language are known, and the usual ones beside them. `-` between `%` and a
    /// number takes the leading zero away, and so do `%e`, `%k` and `%l`, whose padding has no use in a message. Zones
    /// (`%z`, `%Z`) and what is unknown give nothing, as in Odoo.
    private static func parts(of pattern: String) -> [Part] {
        var parts: [Part] = []
        var text = ""
        var rest = pattern[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                text.append(character)
                continue
            }
            let isUnpadded = rest.first == "-"
            if isUnpadded { rest.removeFirst() }
            guard let letter = rest.popFirst() else { break }
            switch letter {
            case "n", "t": text += " "
            case "%": text += "%"
            default:
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                if let directive = Directive(rawValue: String(letter)) {
                    parts.append(.value(directive, isUnpadded: isUnpadded))
                } else {
                    parts += Self.parts(of: composition(letter))
                }
            }
        }
        return text.isEmpty ? parts : parts + [.text(text)]
    }

    /// What a directive is short for.
    private static func composition(_ letter: Character) -> String {
        switch letter {
        case "D": "%m/%d/%y"
        case "F": "%Y-%m-%d"
        case "R": "%H:%M"
        case "T": "%H:%M:%S"
        case "r": "%I:%M:%S %p"
        default: ""
        }
    }

    /// The moment in this pattern, with names of the given language.
    func string(from moment: LocalDateTime, in language: MessageLanguage) -> String {
        var string = ""
        for part in parts {
            switch part {
            case .text(let text): string += text
            case .value(let directive, let isUnpadded):
                string += Self.value(of: directive, isUnpadded: isUnpadded, at: moment, in: language)
            }
        }
        return string
    }

    private static func value(
        of directive: Directive, isUnpadded: Bool, at moment: LocalDateTime, in language: MessageLanguage
    ) -> String {
        func number(_ value: Int, width: Int = 2) -> String {
            var digits = String(value)
            while !isUnpadded && digits.utf8.count < width { digits = "0" + digits }
            return digits
        }
        let hourOfHalf = (moment.hour + 11) % 12 + 1
        return switch directive {
        case .d: number(moment.day)
        case .e: String(moment.day)
        case .j: number(moment.dayOfYear, width: 3)
        case .m: number(moment.month)
        case .b, .h: language.calendarNames.shortMonths[moment.month - 1]
        case .B: language.calendarNames.months[moment.month - 1]
        case .y: number(moment.year % 100)
        case .Y: number(moment.year, width: 4)
        case .a: language.calendarNames.shortWeekdays[moment.weekday]
        case .A: language.calendarNames.weekdays[moment.weekday]
        case .u: String((moment.weekday + 6) % 7 + 1)
        case .w: String(moment.weekday)
        case .H: number(moment.hour)
        case .k: String(moment.hour)
        case .I: number(hourOfHalf)
        case .l: String(hourOfHalf)
        case .M: number(moment.minute)
        case .S: number(moment.second)
        case .p: moment.hour < 12 ? "AM" : "PM"
        case .P: moment.hour < 12 ? "am" : "pm"
        }
    }
}
