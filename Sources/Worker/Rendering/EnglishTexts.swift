/// What the bot says in English.
struct EnglishTexts: Texts {
    func orderHeading(_ status: OrderStatus, number: String) -> RichText {
        "\(status.emoji) Order \(bold: number)"
    }

    func orderStatus(_ status: OrderStatus) -> RichText {
        "New status: \(bold: statusName(status))"
    }

    func statusName(_ status: OrderStatus) -> String {
        switch status {
        case .draft: "preparing a quotation"
        case .sent: "quotation sent"
        case .sale: "confirmed"
        case .done: "completed"
        case .cancel: "cancelled"
        case .other(let label): label
        }
    }

    func orderChanged(at moment: String) -> RichText {
        "Changed: \(moment)"
    }

    func orderTotal(_ amount: String) -> RichText {
        "Total: \(amount)"
    }

    func orderClosing(_ status: OrderStatus) -> RichText? {
        switch status {
        case .draft, .other: nil
        case .sent: "If you have any questions, just write here."
        case .sale: "Thank you for your order!"
        case .done: "Thank you for choosing us!"
        case .cancel: "If this is a mistake, just write here."
        }
    }
}
