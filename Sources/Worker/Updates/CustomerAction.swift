import Telegram

/// What a customer did, out of an update.
enum CustomerAction: Sendable, Equatable {
    /// `/start`, with the payload of a deep link if there was one (Bot API, "Deep linking").
    case start(payload: String)
    case orders(after: OrderPage.Cursor?)
    /// `/help`, or a command that the bot does not have.
    case help
    /// Any other message.
    case message(Message)
    case edited(Message)
    /// The phone number of a contact, which is the sender's own or not.
    case contact(phone: String, isOwn: Bool, Message)
    /// A button that means nothing (any more).
    case unknownButton
    case blocked
    case returned
}

/// An update as far as it is for this bot to act on.
enum Incoming: Sendable, Equatable {
    /// A person, who is alone with the bot, did something.
    case action(CustomerAction, by: User, chatID: Int64, callbackID: String?)
    /// Nothing to do, and why.
    case ignored(String)

    /// - Parameter bot: the bot's user name, if it is known.
    init(_ update: Update, bot: String?) {
        switch update.content {
        case .message(let message): self = Self.read(message, bot: bot)
        case .editedMessage(let message):
            if case .location? = message.attachment {
                // Each step of somebody who shares where they are.
                self = .ignored("a location that moves")
                return
            }
            self = Self.private(message) { Command.read($0.text ?? "", bot: bot) == nil ? .edited($0) : nil }
        case .callbackQuery(let query):
            // A message that is too old comes without its chat; buttons are only ever in private ones.
            guard query.chat?.isPrivate ?? true, !query.from.isBot else {
                self = .ignored("not a private chat")
                return
            }
            let cursor = query.data.flatMap { OrderPage.Cursor(callbackData: $0) }
            self = .action(
                cursor.map { .orders(after: $0) } ?? .unknownButton, by: query.from,
                chatID: query.chat?.id ?? query.from.id, callbackID: query.id)
        case .myChatMember(let change):
            guard change.chat.isPrivate else {
                self = .ignored("not a private chat")
                return
            }
            self = .action(
                change.status == "kicked" ? .blocked : .returned, by: change.from, chatID: change.chat.id,
                callbackID: nil)
        case .other: self = .ignored("of a kind that the bot has no use for")
        }
    }

    private static func read(_ message: Message, bot: String?) -> Incoming {
        self.private(message) { message in
            if case .contact(let contact)? = message.attachment {
                // Telegram's numbers have their country code, but often no plus sign.
                let number = InlineValue.line(contact.phoneNumber)
                let phone = InlineValue.line(number.hasPrefix("+") ? number : "+" + number, limit: 32)
                return .contact(phone: phone, isOwn: contact.userID == message.from?.id, message)
            }
            switch Command.read(message.text ?? "", bot: bot) {
            case .known(.start, let payload): return .start(payload: payload)
            case .known(.orders, _): return .orders(after: nil)
            case .known(.help, _), .unknown: return .help
            case nil: return .message(message)
            }
        }
    }

    /// Only a person, alone with the bot, is answered: nothing of a customer may show in a group.
    private static func `private`(_ message: Message, _ read: (Message) -> CustomerAction?) -> Incoming {
        guard message.chat.isPrivate else { return .ignored("not a private chat") }
        guard let sender = message.from, !sender.isBot else { return .ignored("not from a person") }
        guard let action = read(message) else { return .ignored("a changed command") }
        return .action(action, by: sender, chatID: message.chat.id, callbackID: nil)
    }
}
