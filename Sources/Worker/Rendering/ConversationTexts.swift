/// What the bot answers to customers.
protocol ConversationTexts: Sendable {
    // MARK: On the way to being known

    /// The code to type, for somebody whom no manager has linked to a customer yet.
    func codeForStranger(_ code: String) -> RichText
    /// The code to type, for somebody who is linked already.
    func code(_ code: String) -> RichText
    /// A manager has linked the customer, who is still to type the code.
    func linked(code: String) -> RichText
    /// The code was right, and a manager still has to link the customer.
    func codeAccepted() -> RichText
    /// The code was wrong.
    func wrongCode(triesLeft: Int) -> RichText
    /// Too many wrong codes: nothing is accepted for some minutes.
    func locked(minutes: Int) -> RichText
    /// A number that is not a code.
    func codeHasSixDigits() -> RichText
    /// There is no code to compare with.
    func noCode() -> RichText
    /// Somebody who never began writes something.
    func stranger() -> RichText
    /// Somebody who has a code to type writes something else.
    func codeExpected() -> RichText
    /// Somebody who has done everything waits for the manager.
    func managerExpected() -> RichText
    /// The invitation cannot be used.
    func invitationInvalid() -> RichText
    /// The phone number was noted; a manager will look.
    func phoneNoted() -> RichText
    /// The contact is somebody else's.
    func phoneOfSomebodyElse() -> RichText
    /// What the button says that shares the phone number.
    func sharePhone() -> String
    /// All is done.
    func verified() -> RichText
    /// `/start` of somebody who is known.
    func welcomeBack() -> RichText

    // MARK: Commands

    /// What the bot can do; `isVerified` for whom.
    func help(isVerified: Bool) -> RichText
    /// The head of the list of orders, for the first page and for the following ones.
    func ordersHeading(isFirst: Bool) -> RichText
    /// There are no orders, or no more.
    func noOrders(isFirst: Bool) -> RichText
    /// What the button for the next page says.
    func moreOrders() -> String
    /// What the menu says of `/start`, `/orders` and `/help`.
    func menu(_ command: Command) -> String
}

/// What operators read in Odoo.
protocol OperatorTexts: Sendable {
    /// A message without words, in words.
    func placeholder(_ content: MessageContent.Wordless) -> String
    /// A new customer wants to be linked.
    func newCustomer() -> String
    /// A customer has shared a phone number; how many partners have it.
    func sharedPhone(_ number: String, partners: Int) -> String
}
