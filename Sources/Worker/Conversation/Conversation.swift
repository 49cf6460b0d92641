import Telegram

/// Decides what a customer's action leads to. Knows no database: what it must know is asked for by ``inquiry(of:)``, and
/// what it decides is carried out by ``UpdateHandler``, all in the update's one transaction.
struct Conversation: Sendable {
    /// Who acts.
    let sender: User
    let customer: Customer
    let shop: Customer.Shop
    /// A new code, in case one is needed.
    let newCode: VerificationCode

    /// What has to be looked up before an action can be decided on.
    enum Inquiry: Sendable, Equatable {
        case nothing
        /// Takes the invitation up, if it is good.
        case invitation(token: String)
        case orders(after: OrderPage.Cursor?)
        case partners(phone: String)
    }

    /// What was found.
    enum Finding: Sendable, Equatable {
        case nothing
        /// The partner that an invitation stands for; nil when it is no good. `isRepeated` when the same user had taken
        /// it up before.
        case invitation(partnerID: Int?, isRepeated: Bool)
        case orders(OrderPage)
        case partners([Int])
    }

    /// The invitation's token in the payload of a deep link; nil for any other payload.
    static func invitationToken(_ payload: String) -> String? {
        let isToken =
            payload.utf8.count == 32
            && payload.utf8.allSatisfy { $0.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
        return isToken ? payload : nil
    }

    func inquiry(of action: CustomerAction) -> Inquiry {
        switch action {
        case .start(let payload): Self.invitationToken(payload).map { .invitation(token: $0) } ?? .nothing
        case .orders(let cursor) where customer.isVerified: .orders(after: cursor)
        case .contact(let phone, isOwn: true, _) where !customer.isVerified: .partners(phone: phone)
        default: .nothing
        }
    }

    func decide(_ action: CustomerAction, _ finding: Finding) -> [Effect] {
        chatEffects(action) + profileEffects(action) + effects(of: action, finding)
    }

    // MARK: Who and where

    private func chatEffects(_ action: CustomerAction) -> [Effect] {
        if case .blocked = action { return [.rememberChat(isBlocked: true)] }
        // Whoever acts can be reached.
        let isKnown = !customer.isBlocked && customer.languageCode == sender.languageCode
        return isKnown ? [] : [.rememberChat(isBlocked: false)]
    }

    /// Operators edit this row too, so it is written only when it lacks something, or when the customer begins anew.
    private func profileEffects(_ action: CustomerAction) -> [Effect] {
        guard customer.userID != nil, let known = customer.profile else { return [] }
        var profile = known
        let current = Customer.Profile(sender)
        // Names that somebody has entered stay.
        if known.firstName == nil, known.lastName == nil {
            (profile.firstName, profile.lastName) = (current.firstName, current.lastName)
        }
        profile.username = current.username
        var isDue = !customer.hasChatAndName
        if case .start = action { isDue = isDue || profile != known }
        return isDue ? [.updateProfile(profile)] : []
    }

    private func effects(of action: CustomerAction, _ finding: Finding) -> [Effect] {
        switch (action, finding) {
        case (.start, .invitation(let partnerID, let isRepeated)): accept(partnerID, isRepeated: isRepeated)
        case (.start, _): start()
        case (.orders, .orders(let page)): [.say(.orders(page))]
        case (.orders, _): [.say(nextStep)]
        case (.help, _): [.say(.help)]
        case (.contact(let phone, isOwn: true, _), .partners(let partners)): share(phone, partners)
        case (.contact(_, _, let message), _), (.message(let message), _): receive(message)
        case (.edited(let message), _):
            customer.isVerified
                ? [.edit(message, text: MessageContent.editedMark + text(of: message))] : []
        case (.unknownButton, _), (.blocked, _), (.returned, _): []
        }
    }

    // MARK: On the way to being known

    private func start() -> [Effect] {
        if customer.isVerified { return [.say(.welcomeBack)] }
        guard customer.userID != nil else {
            return [
                .createUser(partnerID: nil, code: newCode), .say(.code), .toast(shop.language.texts.newCustomer()),
            ]
        }
        let identification = customer.identification
        if identification.lockedFor != nil { return [.say(.locked(minutes: identification.minutesLocked))] }
        // A new one is made by whoever can have the row, which a manager may be writing.
        return customer.code == nil || identification.isCodeUsed ? [.errand(.code)] : [.say(.code)]
    }

    private func accept(_ partnerID: Int?, isRepeated: Bool) -> [Effect] {
        guard let partnerID else { return [.say(.invitationInvalid)] }
        if customer.isVerified, customer.partnerID == partnerID { return [.say(.welcomeBack)] }
        // Opened twice, before the first time was carried out.
        if isRepeated, customer.identification.grantedPartnerID == partnerID { return [] }
        guard !isRepeated else { return [.say(.invitationInvalid)] }
        // Of another partner's, too, when a manager has given it to somebody who is known already.
        var identification = customer.identification
        identification.grantedPartnerID = partnerID
        let creation: [Effect] =
            customer.userID == nil ? [.createUser(partnerID: partnerID, code: newCode)] : []
        return creation + [.setIdentification(identification), .errand(.proof)]
    }

    private func enter(_ code: VerificationCode) -> [Effect] {
        guard customer.userID != nil else { return [.say(.stranger)] }
        var identification = customer.identification
        let entry = identification.enter(code, expected: customer.code)
        let change = Effect.setIdentification(identification)
        switch entry {
        case .right: return [change, .errand(.proof)] + (customer.isLinked ? [] : [.say(.codeAccepted)])
        case .wrong(let triesLeft): return [change, .say(.wrongCode(triesLeft: triesLeft))]
        case .lockedNow: return [change, .errand(.renew), .say(.locked(minutes: identification.minutesLocked))]
        case .locked: return [.say(.locked(minutes: identification.minutesLocked))]
        case .noCode: return [.say(.noCode)]
        }
    }

    private func share(_ phone: String, _ partners: [Int]) -> [Effect] {
        var identification = customer.identification
        let result = identification.share(
            phone, partners: partners, linkedTo: customer.isLinked ? customer.partnerID : nil,
            verifies: shop.phoneVerifies)
        var effects: [Effect] = customer.userID == nil ? [.createUser(partnerID: nil, code: newCode)] : []
        effects.append(.setIdentification(identification))
        switch result {
        case .granted: effects.append(.errand(.proof))
        case .noted:
            effects += [
                .notePhone(phone), .errand(.proof),
                // A manager has linked another partner than the one with this number: the code decides.
                .say(customer.isLinked ? .codeExpected : .phoneNoted),
                .toast(shop.language.texts.sharedPhone(phone, partners: partners.count)),
            ]
        }
        return effects
    }

    // MARK: The chat with the operator

    private func receive(_ message: Message) -> [Effect] {
        if customer.isVerified {
            let text = text(of: message)
            return [.store(message, text: text), .toast(text)]
        }
        if customer.userID != nil, case .contact? = message.attachment { return [.say(.phoneOfSomebodyElse)] }
        switch VerificationCode.read(message.text ?? "") {
        case .code(let code): return enter(code)
        case .otherNumber where customer.userID != nil: return [.say(.codeHasSixDigits)]
        case .otherNumber, nil: return [.say(nextStep)]
        }
    }

    private func text(of message: Message) -> String { MessageContent(message, language: shop.language).text }

    /// What somebody who is not known yet has to do next.
    private var nextStep: BotMessage {
        guard customer.userID != nil else { return .stranger }
        if customer.identification.lockedFor != nil {
            return .locked(minutes: customer.identification.minutesLocked)
        }
        return customer.identification.proof != nil ? .managerExpected : .codeExpected
    }
}

extension Customer.Profile {
    /// The names as Telegram has them.
    init(_ user: User) {
        func name(_ text: String?) -> String? {
            let name = text.map { InlineValue.line($0).withoutOuterWhitespace } ?? ""
            return name.isInvisible ? nil : name
        }
        self.init(firstName: name(user.firstName), lastName: name(user.lastName), username: name(user.username))
    }
}

extension String {
    /// Without white space at its ends, no-break spaces included, as Odoo strips names.
    fileprivate var withoutOuterWhitespace: String {
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...last].drop { $0.isWhitespace })
    }

    /// Whether nothing of it would be seen.
    fileprivate var isInvisible: Bool {
        unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0.properties.generalCategory == .format }
    }
}
