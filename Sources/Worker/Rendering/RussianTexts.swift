/// What the bot says in Russian.
struct RussianTexts: Texts {
    func orderHeading(_ status: OrderStatus, number: String) -> RichText {
        "\(status.emoji) Заказ \(bold: number)"
    }

    func orderStatus(_ status: OrderStatus) -> RichText {
        "Новый статус: \(bold: statusName(status))"
    }

    func statusName(_ status: OrderStatus) -> String {
        switch status {
        case .draft: "готовим предложение"
        case .sent: "предложение отправлено"
        case .sale: "подтверждён"
        case .done: "выполнен"
        case .cancel: "отменён"
        case .other(let label): label
        }
    }

    func orderChanged(at moment: String) -> RichText {
        "Дата изменения: \(moment)"
    }

    func orderTotal(_ amount: String) -> RichText {
        "Сумма: \(amount)"
    }

    func orderClosing(_ status: OrderStatus) -> RichText? {
        switch status {
        case .draft, .other: nil
        case .sent: "Если есть вопросы, просто напишите сюда."
        case .sale: "Спасибо за заказ!"
        case .done: "Спасибо, что выбрали нас!"
        case .cancel: "Если это ошибка, просто напишите сюда."
        }
    }
}
