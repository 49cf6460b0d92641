/// The languages that messages exist in. The raw values are those of the setting and of Telegram's `language_code`.
enum MessageLanguage: String, Sendable, CaseIterable {
    case russian = "ru"
    case english = "en"

    /// The language of a customer.
    ///
    /// - Parameters:
    ///   - code: `res_partner.lang` such as `en_GB`, or Telegram's `language_code` such as `en-GB`.
    ///   - fallback: for a customer without a language, or with one that messages do not exist in.
    init(code: String?, fallback: MessageLanguage) {
        let primary = code?.prefix { $0.isLetter }.lowercased()
        self = primary.flatMap(MessageLanguage.init(rawValue:)) ?? fallback
    }
}
