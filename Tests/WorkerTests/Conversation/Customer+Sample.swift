import Foundation
import Telegram

@testable import Worker

/// Reads a value as Telegram would send it.
func decoded<Value: Decodable>(_ json: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(json.utf8))
}

extension User {
    /// Somebody who writes to the bot.
    static func sample(
        first: String = "Анна", username: String? = "anna", language: String = "ru"
    ) throws -> User {
        let name = username.map { #""\#($0)""# } ?? "null"
        return try decoded(
            #"{"id":77,"is_bot":false,"first_name":"\#(first)","username":\#(name),"language_code":"\#(language)"}"#)
    }
}

extension Message {
    /// A message of a private chat that consists of these JSON members.
    static func sample(_ members: String) throws -> Message {
        try decoded(#"{"message_id":17,"date":1795445961,"chat":{"id":77,"type":"private"},\#(members)}"#)
    }

    static func text(_ text: String) throws -> Message { try sample(#""text":"\#(text)""#) }
}

extension Customer {
    /// Never began.
    static let stranger = Customer(languageCode: "ru")

    /// Began, has the code 123456, and nobody has linked the partner.
    static let newcomer = Customer(
        userID: 1, partnerID: 10, code: VerificationCode(stored: "123456"),
        profile: Profile(firstName: "Анна", lastName: nil, username: "anna"), hasChatAndName: true, languageCode: "ru")

    /// A manager has linked the partner; the code is still to be typed.
    static let linked = newcomer.with { $0.isLinked = true }

    static let verified = linked.with {
        $0.isVerified = true
        $0.identification.isCodeUsed = true
    }

    /// Typed too many wrong codes.
    static let locked = newcomer.with { $0.identification.lockedFor = .seconds(61) }

    func with(_ change: (inout Customer) -> Void) -> Customer {
        var customer = self
        change(&customer)
        return customer
    }

    /// The same customer once these effects are carried out.
    func after(_ effects: [Effect]) -> Customer {
        effects.reduce(into: self) { customer, effect in
            switch effect {
            case .createUser(let partnerID, let code):
                // The partner that is made when there is none is a placeholder.
                (customer.userID, customer.partnerID, customer.code) = (1, partnerID ?? 99, code)
                customer.isLinked = partnerID != nil
            case .updateProfile(let profile): (customer.profile, customer.hasChatAndName) = (profile, true)
            case .setCode(let code): customer.code = code
            case .setIdentification(let identification): customer.identification = identification
            case .verify(let partnerID):
                (customer.isVerified, customer.partnerID, customer.isLinked) = (true, partnerID, true)
            case .rememberChat(let isBlocked): customer.isBlocked = isBlocked
            case .errand, .followPartner, .notePhone, .say, .store, .edit, .toast: break
            }
        }
    }

    /// What follows for the customer when there are these errands.
    func settle(_ errands: Set<Settlement.Errand>) throws -> [Effect] {
        guard let newCode = ConversationBench.newCode else { throw ConversationBench.NoCode() }
        return Settlement(errands: errands, customer: self, newCode: newCode).decide()
    }
}
