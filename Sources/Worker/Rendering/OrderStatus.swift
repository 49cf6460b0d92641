#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The state of an order, in a customer's terms.
enum OrderStatus: Sendable, Equatable {
    case draft
    case sent
    case sale
    /// Odoo 16 and before; Odoo 17 has a `locked` flag instead, but addons add the state again.
    case done
    case cancel
    /// A state that an addon adds, with the name it has in Odoo.
    case other(label: String)

    /// - Parameters:
    ///   - state: `sale_order.state`.
    ///   - labels: `ir_model_fields_selection.name` of that state: a JSON object of names by language. Only read for a
    ///     state that is not one of Odoo's own.
    ///   - language: Odoo's code of the customer's language. Without a name in it, `en_US` serves, as in Odoo, and in
    ///     the end the state itself.
    init(state: String, labels: String?, language: String) {
        self =
            switch state {
            case "draft": .draft
            case "sent": .sent
            case "sale": .sale
            case "done": .done
            case "cancel": .cancel
            default: .other(label: Self.label(in: labels, language: language) ?? state)
            }
    }

    private static func label(in json: String?, language: String) -> String? {
        guard let json, let names = try? JSONDecoder().decode([String: String?].self, from: Data(json.utf8)) else {
            return nil
        }
        return [language, "en_US"].lazy
            .compactMap { names[$0] ?? nil }
            .first { !$0.allSatisfy(\.isWhitespace) }
    }

    /// A sign at the head of the message.
    var emoji: String {
        switch self {
        case .draft: "📝"
        case .sent: "📨"
        case .sale: "✅"
        case .done: "🏁"
        case .cancel: "🚫"
        case .other: "🔔"
        }
    }
}
