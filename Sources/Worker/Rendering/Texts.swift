/// Everything the bot says to customers. A language is a type that says all of it, so a missing translation does not
/// compile.
///
/// Sentences are functions of their values, never glued from fragments: word order is each language's own affair.
protocol Texts: OrderTexts, ConversationTexts, OperatorTexts {}

/// What the bot says about orders.
protocol OrderTexts: Sendable {
    /// The first line of a notification.
    func orderHeading(_ status: OrderStatus, number: String) -> RichText
    /// The line with the new status.
    func orderStatus(_ status: OrderStatus) -> RichText
    /// The status by itself, as part of a list.
    func statusName(_ status: OrderStatus) -> String
    /// The line with the time of the change.
    func orderChanged(at moment: String) -> RichText
    /// The line with the total.
    func orderTotal(_ amount: String) -> RichText
    /// A friendly last line, if the status has one.
    func orderClosing(_ status: OrderStatus) -> RichText?
}

extension MessageLanguage {
    /// The texts in this language.
    var texts: any Texts {
        switch self {
        case .russian: RussianTexts()
        case .english: EnglishTexts()
        }
    }
}
