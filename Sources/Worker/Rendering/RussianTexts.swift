/// What the bot says in Russian.
struct RussianTexts: Texts {
    func orderHeading(_ status: OrderStatus, number: String) -> RichText {
        "\(status.emoji) Заказ \(bold: number)"
    }

    func orderStatus(_ status: OrderStatus) -> RichText {
        switch status {
        case .draft: "Новый статус: \(bold: "готовим предложение")"
        case .sent: "Новый статус: \(bold: "предложение отправлено")"
        case .sale: "Новый статус: \(bold: "подтверждён")"
        case .done: "Новый статус: \(bold: "выполнен")"
        case .cancel: "Новый статус: \(bold: "отменён")"
        case .other(let label): "Новый статус: \(bold: label)"
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
