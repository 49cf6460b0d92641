import Telegram

/// What one attempt sends: the text of the message, or the part of it whose turn it is.
struct DeliveryText: Sendable, Equatable {
    let message: SendMessage
    /// The same without markup, for when Telegram does not take the markup.
    var plainMessage: SendMessage?
    /// How many messages the whole text takes.
    var parts = 1
    /// The whole text without markup, as the ledger and Odoo's history are to hold it; nil when nobody is to read it.
    var text: String?

    enum Preparation: Sendable, Equatable {
        case text(DeliveryText)
        case nothing(Finished.Outcome, reason: String)
    }

    static func prepare(_ message: OutboxMessage, catalog: OdooCatalog) -> Preparation {
        switch message.content {
        case .void(let reason):
            return .nothing(.discarded, reason: reason)
        case .unreachable(let reason):
            return .nothing(.failed, reason: reason)
        case .answer(let answer, let addressee):
            guard let spoken = answer.speak(to: addressee, catalog: catalog) else {
                return .nothing(.discarded, reason: "it is no longer of use")
            }
            return prepare(
                spoken.rendered, of: message, markup: spoken.replyMarkup?.json,
                text: answer.isConfidential ? nil : spoken.rendered.plain)
        case .orderState(let event):
            let rendered = catalog.notification(of: event)
            return prepare(rendered, of: message, text: rendered.plain)
        case .reply(let text, let replyTo):
            return split(text, of: message, replyTo: replyTo, for: text)
        }
    }

    /// A text with markup. One that is too long goes out without it, in parts: markup cannot be cut anywhere.
    static func prepare(
        _ rendered: RenderedMessage, of message: OutboxMessage, markup: String? = nil, text: String?
    ) -> Preparation {
        guard MessageText.fits(rendered.plain) else {
            return split(rendered.plain, of: message, markup: markup, for: text)
        }
        return .text(
            DeliveryText(
                message: SendMessage(
                    chatID: message.chatID, text: rendered.html, format: .html, replyMarkup: markup),
                plainMessage: SendMessage(chatID: message.chatID, text: rendered.plain, replyMarkup: markup),
                text: text))
    }

    /// The part of a plain text whose turn it is. The first one answers a message, the last one has the keyboard.
    private static func split(
        _ plain: String, of message: OutboxMessage, replyTo: Int64? = nil, markup: String? = nil, for text: String?
    ) -> Preparation {
        let parts = MessageText.split(plain)
        guard !parts.isEmpty else { return .nothing(.failed, reason: "the message has no text") }
        // The text may have become shorter since the first part was sent.
        let index = min(message.partsSent, parts.count - 1)
        return .text(
            DeliveryText(
                message: SendMessage(
                    chatID: message.chatID, text: parts[index], replyTo: index == 0 ? replyTo : nil,
                    replyMarkup: index == parts.count - 1 ? markup : nil),
                parts: parts.count, text: text))
    }
}
