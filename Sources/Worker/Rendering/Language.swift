/// How a language of Odoo writes dates and numbers: a row of `res_lang`.
struct Language: Sendable, Equatable {
    /// Odoo's code, for example `ru_RU`.
    let code: String
    /// The language of the texts that go with it; nil when there are none.
    let messageLanguage: MessageLanguage?
    let dateFormat: DateFormat
    /// The time of day to the minute.
    let timeFormat: DateFormat
    /// What stands before the decimals. No line breaks at its spaces.
    let decimalPoint: String
    /// Empty when thousands are not set apart (NULL in the database). No line breaks at its spaces.
    let thousandsSeparator: String
    let grouping: DigitGrouping

    /// A language as its row has it.
    init(
        code: String, dateFormat: String, timeFormat: String, decimalPoint: String, thousandsSeparator: String?,
        grouping: String
    ) {
        self.code = code
        messageLanguage = MessageLanguage(code: code)
        self.dateFormat = DateFormat(dateFormat)
        self.timeFormat = DateFormat(timeFormat).withoutSeconds
        self.decimalPoint = decimalPoint.replacing(" ", with: "\u{A0}")
        self.thousandsSeparator = (thousandsSeparator ?? "").replacing(" ", with: "\u{A0}")
        self.grouping = DigitGrouping(grouping)
    }
}

extension Language {
    /// What Odoo ships for the languages of the messages: for a customer whose own language has no row.
    static func standard(for language: MessageLanguage) -> Language {
        switch language {
        case .russian: russian
        case .english: english
        }
    }

    private static let russian = Language(
        code: "ru_RU", dateFormat: "%d.%m.%Y", timeFormat: "%H:%M:%S", decimalPoint: ",", thousandsSeparator: "\u{A0}",
        grouping: "[3,0]")

    private static let english = Language(
        code: "en_US", dateFormat: "%m/%d/%Y", timeFormat: "%H:%M:%S", decimalPoint: ".", thousandsSeparator: ",",
        grouping: "[3,0]")
}
