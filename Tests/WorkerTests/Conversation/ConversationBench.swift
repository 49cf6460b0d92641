import Telegram

@testable import Worker

/// A ``Conversation`` of a customer in some state, and what it decides.
struct ConversationBench {
    static let newCode = VerificationCode(stored: "999999")

    var customer: Customer
    var shop = Customer.Shop(language: .english)
    var language = "ru"
    var firstName = "Анна"
    var username: String? = "anna"

    init(_ customer: Customer) { self.customer = customer }

    func conversation() throws -> Conversation {
        guard let newCode = Self.newCode else { throw NoCode() }
        return Conversation(
            sender: try .sample(first: firstName, username: username, language: language), customer: customer,
            shop: shop, newCode: newCode)
    }

    func decide(_ action: CustomerAction, _ finding: Conversation.Finding = .nothing) throws -> [Effect] {
        try conversation().decide(action, finding)
    }

    /// What a text leads to.
    func write(_ text: String) throws -> [Effect] { try decide(.message(.text(text))) }

    /// The customer's identification with a change.
    func identification(_ change: (inout Identification) -> Void) -> Effect {
        var identification = customer.identification
        change(&identification)
        return .setIdentification(identification)
    }

    struct NoCode: Error {}
}
