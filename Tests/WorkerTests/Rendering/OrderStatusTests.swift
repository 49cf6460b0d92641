import Testing

@testable import Worker

@Suite("The status of an order", .timeLimit(.minutes(5)))
struct OrderStatusTests {
    @Test(
        "is friendly for the states of Odoo, whatever Odoo calls them",
        arguments: [
            ("draft", OrderStatus.draft), ("sent", .sent), ("sale", .sale), ("done", .done), ("cancel", .cancel),
        ])
    func standard(state: String, status: OrderStatus) {
        #expect(OrderStatus(state: state, labels: #"{"en_US":"Locked"}"#, language: "en_US") == status)
    }

    @Test(
        "is Odoo's own name for a state that an addon adds",
        arguments: [
            (String?.some(#"{"en_US": "Packed", "ru_RU": "Собран "}"#), "ru_RU", "Собран "),
            (#"{"en_US": "Packed", "ru_RU": "Собран"}"#, "fr_FR", "Packed"),
            (#"{"en_US": "Packed", "ru_RU": ""}"#, "ru_RU", "Packed"),
            (#"{"en_US": "Packed", "ru_RU": null}"#, "ru_RU", "Packed"),
            (#"{"de_DE": "Gepackt"}"#, "ru_RU", "packed"),
            (#"{"en_US": " "}"#, "ru_RU", "packed"),
            ("{}", "ru_RU", "packed"),
            ("null", "ru_RU", "packed"),
            ("[", "ru_RU", "packed"),
            (nil, "ru_RU", "packed"),
        ])
    func other(labels: String?, language: String, label: String) {
        #expect(OrderStatus(state: "packed", labels: labels, language: language) == .other(label: label))
    }

    @Test("has words of its own for every state in both languages", arguments: MessageLanguage.allCases)
    func words(language: MessageLanguage) {
        let statuses: [OrderStatus] = [.draft, .sent, .sale, .done, .cancel, .other(label: "packed")]
        #expect(Set(statuses.map { RenderedMessage(language.texts.orderStatus($0)).plain }).count == 6)
        #expect(Set(statuses.map(\.emoji)).count == 6)
    }
}
