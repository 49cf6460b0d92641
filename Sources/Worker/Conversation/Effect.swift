import Postgres
import Telegram

/// One thing that follows from what a customer did, or a manager.
enum Effect: Sendable, Equatable {
    /// Enter the Telegram user in Odoo, for a partner, or for a new one when there is none.
    case createUser(partnerID: Int?, code: VerificationCode)
    /// Write the chat and these names.
    case updateProfile(Customer.Profile)
    case setCode(VerificationCode)
    case setIdentification(Identification)
    /// Have the worker look after the user once this is committed, see ``Settlement``.
    case errand(Settlement.Errand)
    /// Verify the user for this partner; the trigger on that table tells the customer.
    case verify(partnerID: Int)
    /// Let the messages have the user's partner, as Odoo's ORM does it, and the placeholder go when there is another.
    case followPartner
    /// Note the number on the partner made for the unknown customer.
    case notePhone(String)
    case say(BotMessage)
    case store(Message, text: String)
    case edit(Message, text: String)
    /// Remember the state and the language of the chat.
    case rememberChat(isBlocked: Bool)
    /// Tell the bot's operators.
    case toast(String)
}

/// Whom effects are about, and where they write.
struct Person: Sendable, Equatable {
    /// Telegram's id.
    let id: Int64
    let chatID: Int64
    var profile = Customer.Profile()
    /// The language of the user's Telegram.
    var languageCode: String?
}

extension Person {
    /// The sender of an update.
    init(_ user: User, chatID: Int64) {
        self.init(id: user.id, chatID: chatID, profile: Customer.Profile(user), languageCode: user.languageCode)
    }
}

extension [Effect] {
    /// The statements that carry them out, and the notifications that go with them.
    func statements(for person: Person, bot: Int64) -> [Statement] {
        var statements = flatMap { $0.statements(for: person, bot: bot) }
        if contains(where: \.isAnswer) { statements.append(UpdateStatements.notifyOutbox) }
        if contains(where: \.isErrand) { statements.append(IdentificationStatements.notifyErrand) }
        return statements
    }
}

extension Effect {
    fileprivate var isErrand: Bool {
        if case .errand = self { true } else { false }
    }

    /// Whether it speaks to the customer.
    var isAnswer: Bool {
        if case .say = self { true } else { false }
    }

    fileprivate func statements(for person: Person, bot: Int64) -> [Statement] {
        let id = person.id
        switch self {
        case .createUser(let partnerID, let code):
            return IdentificationStatements.createUser(person, partnerID: partnerID, code: code)
        case .updateProfile(let profile):
            return [IdentificationStatements.updateProfile(id, chat: person.chatID, profile: profile)]
        case .setCode(let code): return [IdentificationStatements.setCode(code, of: id)]
        case .setIdentification(let identification): return [IdentificationStatements.set(identification, of: id)]
        case .errand(let kind): return [IdentificationStatements.addErrand(kind, of: id)]
        case .verify(let partnerID): return [IdentificationStatements.verify(id, for: partnerID)]
        case .followPartner: return IdentificationStatements.followPartner(id)
        case .notePhone(let phone): return [IdentificationStatements.notePhone(phone, of: id)]
        case .say(let message): return [UpdateStatements.say(message, to: id, chat: person.chatID)]
        case .store(let message, let text):
            return [
                UpdateStatements.store(message, text: text, from: id), UpdateStatements.touch(id, at: message.date),
            ]
        case .edit(let message, let text):
            return [
                UpdateStatements.store(message, text: text, from: id),
                UpdateStatements.edit(message, text: text, from: id),
            ]
        case .rememberChat(let isBlocked):
            return [
                UpdateStatements.rememberChat(
                    bot: bot, chat: person.chatID, languageCode: person.languageCode,
                    blocked: isBlocked ? Refusal.Reason.blockedByUser.explanation : nil)
            ]
        case .toast: return []
        }
    }
}
