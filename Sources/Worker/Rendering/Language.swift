/// How a language of Odoo writes dates and numbers: a row of `res_lang`.
struct Language: Sendable, Equatable {
    /// Odoo's code, for example `ru_RU`.
    let code: String
    /// strftime patterns.
    let dateFormat: DateFormat
    let timeFormat: DateFormat
    let decimalPoint: String
    /// Empty when thousands are not set apart (NULL in the database).
    let thousandsSeparator: String
    let grouping: DigitGrouping

    /// A language as its row has it.
    init(
        code: String, dateFormat: String, timeFormat: String, decimalPoint: String, thousandsSeparator: String?,
        grouping: String
    ) {
        self.code = code
        self.dateFormat = DateFormat(dateFormat)
        self.timeFormat = DateFormat(timeFormat)
        self.decimalPoint = decimalPoint
        self.thousandsSeparator = thousandsSeparator ?? ""
        self.grouping = DigitGrouping(grouping)
    }
}

extension Language {
    /// What Odoo ships for the languages of the messages: for a customer whose own language has no row.
    static func standard(for language: MessageLanguage) -> Language {
        switch language {
        case .russian:
            Language(
                code: "ru_RU", dateFormat: "%d.%m.%Y", timeFormat: "%H:%M:%S", decimalPoint: ",",
                thousandsSeparator: "\u{A0}", grouping: "[3,0]")
        case .english:
            Language(
                code: "en_US", dateFormat: "%m/%d/%Y", timeFormat: "%H:%M:%S", decimalPoint: ".",
                thousandsSeparator: ",", grouping: "[3,0]")
        }
    }
}
