#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the operators' browsers are told by Odoo's bus.
enum OperatorNotice: Sendable, Equatable {
    /// A notice in the corner of the screen.
    case toast(OperatorToast)
    /// A customer's message was stored or changed: what shows the conversation reads it again.
    case message(StoredMessage)

    /// A message, by Telegram's ids: those of Odoo's rows are looked up when it is told.
    struct StoredMessage: Sendable, Hashable {
        let telegramID: Int64
        let messageID: Int64
    }
}

/// A notice in the corner of the operators' screens in Odoo.
struct OperatorToast: Sendable, Equatable {
    /// The title: who wrote.
    let customer: String
    /// The text, shortened to a few lines.
    let text: String

    init(customer: String, text: String) {
        self.customer = InlineValue.line(customer, limit: 64)
        self.text = InlineValue.line(text)
    }
}

extension OperatorToast {
    private struct BusMessage: Encodable {
        struct Payload: Encodable {
            let type = "info"
            let title: String
            let message: String
            let sticky = false
        }
        let type = "simple_notification"
        let payload: Payload
    }

    /// The message as Odoo's bus has it.
    var busMessage: String {
        let message = BusMessage(payload: .init(title: customer, message: text))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Encoding strings cannot fail.
        return (try? encoder.encode(message)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
