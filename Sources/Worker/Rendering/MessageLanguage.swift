/// The languages that messages exist in. The raw values are those of the setting and of Telegram's `language_code`.
enum MessageLanguage: String, Sendable, CaseIterable {
    case russian = "ru"
    case english = "en"

    /// The language of a customer; nil for a customer without one, or with one that messages do not exist in.
    ///
    /// - Parameter code: `res_partner.lang` such as `en_GB`, or Telegram's `language_code` such as `en-GB`.
    init?(code: String?) {
        guard let code else { return nil }
        self.init(rawValue: code.prefix { $0.isLetter }.lowercased())
    }

    /// The language of a customer, or else the fallback.
    init(code: String?, fallback: MessageLanguage) {
        self = MessageLanguage(code: code) ?? fallback
    }
}
