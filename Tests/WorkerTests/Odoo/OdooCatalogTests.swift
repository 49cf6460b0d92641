import Testing

@testable import Worker

@Suite("The notification that Odoo's tables make", .timeLimit(.minutes(5)))
struct OdooCatalogTests {
    /// Each language writes the year its own way, so that it can be told which one was used.
    private static func language(_ code: String, year: String) -> Language {
        Language(
            code: code, dateFormat: year, timeFormat: "%H:%M:%S", decimalPoint: ".", thousandsSeparator: nil,
            grouping: "[]")
    }

    private static let languages = Dictionary(
        uniqueKeysWithValues: ["ru_RU", "en_US", "en_GB", "ja_JP"].map { ($0, language($0, year: "\($0) %Y")) })

    private func event(
        language: String?, state: String = "sale", total: String? = "12.5", currencyID: Int? = 1
    ) throws -> OrderEvent {
        OrderEvent(
            order: "S1", state: state, changedAt: try #require(LocalDateTime("2026-11-23 14:59:21")), total: total,
            currencyID: currencyID, language: language)
    }

    struct Choice: Sendable, CustomTestStringConvertible {
        var customer: String?
        var fallback: MessageLanguage
        var text: MessageLanguage
        var date: String

        var testDescription: String { "\(customer ?? "none"), else \(fallback)" }
    }

    @Test(
        "is in the customer's language where there are texts, with its dates, else in the default with the default's",
        arguments: [
            Choice(customer: "ru_RU", fallback: .english, text: .russian, date: "ru_RU 2026 14:59"),
            Choice(customer: "en_US", fallback: .russian, text: .english, date: "en_US 2026 14:59"),
            Choice(customer: "en_GB", fallback: .russian, text: .english, date: "en_GB 2026 14:59"),
            // Not active in Odoo: as the language of the texts has it.
            Choice(customer: "en_AU", fallback: .russian, text: .english, date: "en_US 2026 14:59"),
            // No texts in Japanese: dates that belong to the text, not to the customer.
            Choice(customer: "ja_JP", fallback: .english, text: .english, date: "en_US 2026 14:59"),
            Choice(customer: "ja_JP", fallback: .russian, text: .russian, date: "ru_RU 2026 14:59"),
            Choice(customer: "xx_XX", fallback: .russian, text: .russian, date: "ru_RU 2026 14:59"),
            Choice(customer: nil, fallback: .russian, text: .russian, date: "ru_RU 2026 14:59"),
            Choice(customer: nil, fallback: .english, text: .english, date: "en_US 2026 14:59"),
            Choice(customer: "", fallback: .english, text: .english, date: "en_US 2026 14:59"),
        ])
    func languages(choice: Choice) throws {
        let catalog = OdooCatalog(languages: Self.languages, defaultLanguage: choice.fallback)
        let text = catalog.notification(of: try event(language: choice.customer)).plain
        #expect(text.contains(choice.text == .russian ? "Заказ S1" : "Order S1"))
        #expect(text.contains(" \(choice.date)\n"))
    }

    @Test(
        "has the dates that Odoo ships when a language has no row",
        arguments: [("ru_RU", "23.11.2026 14:59"), ("en_GB", "11/23/2026 14:59"), (nil, "23.11.2026 14:59")]
            as [(String?, String)])
    func standard(customer: String?, date: String) throws {
        #expect(OdooCatalog().notification(of: try event(language: customer)).plain.contains(date))
    }

    @Test(
        "leaves the total out when its amount or currency is missing or makes no sense",
        arguments: [
            ("12.5", 1, true), ("12.5", 2, false), ("12.5", nil, false), (nil, 1, false), ("NaN", 1, false),
            ("", 1, false),
        ] as [(String?, Int?, Bool)])
    func total(amount: String?, currencyID: Int?, isShown: Bool) throws {
        let catalog = OdooCatalog(
            languages: Self.languages,
            currencies: [1: Currency(name: "USD", symbol: "$", position: "before", decimalPlaces: 2)])
        let text = catalog.notification(
            of: try event(language: "en_US", total: amount, currencyID: currencyID)
        ).plain
        #expect(text.contains("Total: $\u{A0}12.50") == isShown)
        #expect(text.contains("Total") == isShown)
        #expect(text.contains("confirmed"))
    }

    @Test(
        "names a state that an addon adds as Odoo does in the language of the text",
        arguments: [
            ("ru_RU", "Собран"), ("en_US", "Packed"),
            // The label of the text's language, not of the customer's.
            ("ja_JP", "Собран"), ("en_GB", "Packed"),
        ])
    func label(customer: String, label: String) throws {
        let catalog = OdooCatalog(
            languages: Self.languages,
            stateLabels: ["packed": #"{"en_US": "Packed", "ru_RU": "Собран", "ja_JP": "梱包済み"}"#])
        #expect(catalog.notification(of: try event(language: customer, state: "packed")).plain.contains(": \(label)\n"))
        #expect(catalog.notification(of: try event(language: customer, state: "other")).plain.contains(": other\n"))
    }

    @Test("says the zone of the time when nobody chose one")
    func zone() throws {
        var event = try event(language: "en_US")
        event.timeZoneName = "UTC"
        #expect(OdooCatalog().notification(of: event).plain.contains("14:59 (UTC)\n"))
    }
}
