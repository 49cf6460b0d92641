/// The names of months and days inside a date, as the Unicode CLDR has them and Odoo (through Babel) shows them: in
/// Russian the genitive, in small letters.
struct CalendarNames: Sendable {
    /// From January.
    let months: [String]
    let shortMonths: [String]
    /// From Sunday.
    let weekdays: [String]
    let shortWeekdays: [String]
}

extension MessageLanguage {
    /// The names in this language.
    var calendarNames: CalendarNames {
        switch self {
        case .russian: .russian
        case .english: .english
        }
    }
}

extension CalendarNames {
    fileprivate static let russian = CalendarNames(
        months: [
            "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
            "декабря",
        ],
        shortMonths: [
            "янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек.",
        ],
        weekdays: ["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"],
        shortWeekdays: ["вс", "пн", "вт", "ср", "чт", "пт", "сб"])

    fileprivate static let english = CalendarNames(
        months: [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ],
        shortMonths: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        weekdays: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
        shortWeekdays: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"])
}
