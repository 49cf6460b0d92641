/// The news that an order has a new status.
struct OrderNotification: Sendable, Equatable {
    /// `sale_order.name`.
    var orderName: String
    var status: OrderStatus
    /// When it changed, on the customer's clock.
    var changedAt: LocalDateTime
    /// Shown behind the time. Set it only when the customer's own zone is unknown, so that the time is not misread.
    var timeZoneName: String?
    /// The order's total; nil when it is no number, and then the line is left out.
    var total: Money?
    /// How dates and numbers are written.
    var language: Language
    /// The language of the text.
    var messageLanguage: MessageLanguage

    /// The message. Whatever the values hold, it is well-formed HTML and fits into one Telegram message.
    func render() -> RenderedMessage {
        let texts = messageLanguage.texts
        return RenderedMessage(
            RichText(lines: [
                texts.orderHeading(status, number: orderName),
                texts.orderStatus(status),
                texts.orderChanged(at: moment),
                total.map { texts.orderTotal($0.formatted(in: language)) },
                texts.orderClosing(status),
            ]))
    }

    private var moment: String {
        let date = language.dateFormat.string(from: changedAt, in: messageLanguage)
        let time = language.timeFormat.string(from: changedAt, in: messageLanguage)
        let zone = timeZoneName.map { " (\($0))" } ?? ""
        return date + " " + time + zone
    }
}
