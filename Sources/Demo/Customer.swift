/// A customer of the tea shop with a phone that one can hold: a partner of Tests/Fixtures/odoo.sql and a Telegram account.
struct Customer: Sendable {
    /// `res_partner.id`.
    let partnerID: Int
    /// The account and the chat with it; above 2^31, as new accounts are.
    let telegramID: Int64
    let firstName: String
    let lastName: String
    let username: String
    /// The language of the person's Telegram.
    let languageCode: String
    /// The number that sharing the contact shares; the partner has the same.
    let phone: String

    static let all = [
        Customer(
            partnerID: 10, telegramID: 4_503_599_627_370_001, firstName: "Мария", lastName: "Петрова",
            username: "maria_p", languageCode: "ru", phone: "+79161112233"),
        Customer(
            partnerID: 11, telegramID: 4_503_599_627_370_002, firstName: "John", lastName: "Smith",
            username: "john_smith", languageCode: "en", phone: "+15550100199"),
        Customer(
            partnerID: 17, telegramID: 4_503_599_627_370_003, firstName: "Azizbek", lastName: "Yoʻldoshev",
            username: "aziz_y", languageCode: "ru", phone: "+998917654321"),
    ]
}
