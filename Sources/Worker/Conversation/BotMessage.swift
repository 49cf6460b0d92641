import Telegram

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the bot says by itself: the `event` of an outbox row of kind `answer`, as JSON such as `{"wrongCode":{"triesLeft":3}}`.
///
/// It holds the facts of that moment. Words and language are found when it is sent, and so is the code, which is in
/// Odoo's table and should not be in the ledger too. Triggers write the cases without facts: `{"verified": {}}`.
enum BotMessage: Sendable, Equatable, Codable {
    case code
    case linked
    case codeAccepted
    case wrongCode(triesLeft: Int)
    case locked(minutes: Int)
    case codeHasSixDigits
    case noCode
    case stranger
    case codeExpected
    case managerExpected
    case invitationInvalid
    case phoneNoted
    case phoneOfSomebodyElse
    case verified
    case welcomeBack
    case help
    case orders(OrderPage)

    /// Reads an event; nil when another version wrote it.
    init?(event: String) {
        guard let message = try? JSONDecoder().decode(BotMessage.self, from: Data(event.utf8)) else { return nil }
        self = message
    }

    /// The event.
    var event: String {
        // Encoding strings and integers cannot fail.
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Whether it shows a secret of the customer's, so that nobody else needs to keep it.
    var isConfidential: Bool {
        switch self {
        case .code, .linked: true
        default: false
        }
    }
}

/// Who an answer goes to, as the database has it when it is sent.
struct Addressee: Sendable, Equatable {
    /// `res_partner.lang`.
    var language: String?
    /// The language of the user's Telegram.
    var languageCode: String?
    /// `telegram_user.verification_code`.
    var code: String?
    var isVerified = false
    /// Whether the partner is one that somebody linked.
    var isLinked = false
}

/// An answer in words.
struct SpokenMessage: Sendable, Equatable {
    let rendered: RenderedMessage
    var replyMarkup: ReplyMarkup?
}

extension BotMessage {
    /// The message for this customer; nil when it is no longer true or no longer of use.
    func speak(to addressee: Addressee, catalog: OdooCatalog) -> SpokenMessage? {
        let style = catalog.style(language: addressee.language, languageCode: addressee.languageCode)
        let texts = style.messageLanguage.texts
        func say(_ text: RichText, _ markup: ReplyMarkup? = nil) -> SpokenMessage {
            SpokenMessage(rendered: RenderedMessage(text), replyMarkup: markup)
        }
        let sharing = ReplyMarkup.contactRequest(text: texts.sharePhone())
        switch self {
        case .code:
            guard !addressee.isVerified, let code = addressee.code else { return nil }
            return addressee.isLinked ? say(texts.code(code)) : say(texts.codeForStranger(code), sharing)
        case .linked:
            guard !addressee.isVerified, let code = addressee.code else { return nil }
            return say(texts.linked(code: code))
        case .verified: return addressee.isVerified ? say(texts.verified(), .removeKeyboard) : nil
        case .codeAccepted: return say(texts.codeAccepted())
        case .wrongCode(let triesLeft): return say(texts.wrongCode(triesLeft: triesLeft))
        case .locked(let minutes): return say(texts.locked(minutes: minutes))
        case .codeHasSixDigits: return say(texts.codeHasSixDigits())
        case .noCode: return say(texts.noCode())
        case .stranger: return say(texts.stranger())
        case .codeExpected: return say(texts.codeExpected())
        case .managerExpected: return say(texts.managerExpected())
        case .invitationInvalid: return say(texts.invitationInvalid())
        case .phoneNoted: return say(texts.phoneNoted(), .removeKeyboard)
        case .phoneOfSomebodyElse: return say(texts.phoneOfSomebodyElse(), sharing)
        case .welcomeBack: return say(texts.welcomeBack(), .removeKeyboard)
        case .help: return say(texts.help(isVerified: addressee.isVerified))
        case .orders(let page):
            // What was meant for a customer must not reach somebody who is none any more.
            guard addressee.isVerified else { return nil }
            return say(
                page.text(style, catalog: catalog),
                page.more.map {
                    .button(text: texts.moreOrders(), data: $0.callbackData)
                })
        }
    }
}
