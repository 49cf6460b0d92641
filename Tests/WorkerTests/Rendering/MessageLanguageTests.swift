import Testing

@testable import Worker

@Suite("The language of a message", .timeLimit(.minutes(5)))
struct MessageLanguageTests {
    @Test(
        "is the customer's where there is one, else the setting's",
        arguments: [
            (String?.some("ru_RU"), MessageLanguage.russian, MessageLanguage.english), ("ru", .russian, .english),
            ("en_US", .english, .russian), ("en_GB", .english, .russian), ("en-GB", .english, .russian),
            ("EN", .english, .russian), ("uk_UA", .russian, .russian), ("uk_UA", .english, .english),
            ("sr@latin", .russian, .russian), ("enm", .russian, .russian), ("", .english, .english),
            (nil, .russian, .russian),
        ])
    func choice(code: String?, expected: MessageLanguage, fallback: MessageLanguage) {
        #expect(MessageLanguage(code: code, fallback: fallback) == expected)
    }

    @Test("has formats of its own for a customer without a language", arguments: MessageLanguage.allCases)
    func standardFormats(language: MessageLanguage) {
        #expect(MessageLanguage(code: Language.standard(for: language).code, fallback: .russian) == language)
    }
}
