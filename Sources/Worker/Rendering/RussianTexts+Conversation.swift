extension RussianTexts {
    func codeForStranger(_ code: String) -> RichText {
        RichText(lines: [
            "👋 Здравствуйте! Осталось узнать, кто вы.", "",
            "Ваш код: \(code: code)",
            "Отправьте его сюда сообщением. Менеджер найдёт вас среди клиентов, и сюда начнут приходить новости о ваших заказах.",
            "", "Быстрее будет, если вы поделитесь номером телефона: кнопка внизу.",
        ])
    }

    func code(_ code: String) -> RichText {
        RichText(lines: ["🔑 Ваш код: \(code: code)", "Отправьте его сюда сообщением, и всё готово."])
    }

    func linked(code: String) -> RichText {
        RichText(lines: ["👍 Менеджер нашёл вас среди клиентов.", "Отправьте сюда ваш код: \(code: code)"])
    }

    func codeAccepted() -> RichText {
        RichText(lines: [
            "✅ Код верный.",
            "Как только менеджер найдёт вас среди клиентов, мы сразу напишем. Больше ничего делать не нужно.",
        ])
    }

    func wrongCode(triesLeft: Int) -> RichText {
        "❌ Код неверный. Осталось попыток: \("\(triesLeft)"). Получить код ещё раз: /start"
    }

    func locked(minutes: Int) -> RichText {
        "⏳ Слишком много неверных кодов. Попробуйте через \("\(minutes)") мин: отправьте /start, и придёт новый код."
    }

    func codeHasSixDigits() -> RichText { "В коде шесть цифр. Получить его ещё раз: /start" }

    func noCode() -> RichText { "Этот код больше не действует. Отправьте /start, и придёт новый." }

    func stranger() -> RichText { "👋 Мы ещё не знакомы. Отправьте /start, чтобы начать." }

    func codeExpected() -> RichText {
        "Чтобы мы узнали вас, отправьте сюда код из шести цифр. Получить его ещё раз: /start"
    }

    func managerExpected() -> RichText {
        "⏳ Менеджер ещё ищет вас среди клиентов. Как только найдёт, мы сразу напишем, и можно будет задать вопрос."
    }

    func invitationInvalid() -> RichText {
        "Эта ссылка больше не действует. Попросите у менеджера новую или отправьте /start."
    }

    func phoneNoted() -> RichText { "👍 Спасибо, номер получен. Менеджер проверит его, и мы сразу напишем." }

    func phoneOfSomebodyElse() -> RichText {
        "Это чужой номер. Чтобы поделиться своим, нажмите кнопку внизу."
    }

    func sharePhone() -> String { "📱 Поделиться номером телефона" }

    func verified() -> RichText {
        RichText(lines: [
            "🎉 Готово! Теперь новости о ваших заказах приходят сюда.", "",
            "/orders — ваши заказы", "Вопрос оператору — просто напишите его сюда.",
        ])
    }

    func welcomeBack() -> RichText {
        RichText(lines: ["👋 С возвращением!", "/orders — ваши заказы", "Вопрос оператору — просто напишите его сюда."])
    }

    func help(isVerified: Bool) -> RichText {
        RichText(lines: [
            "ℹ️ Что умеет бот", "",
            "/orders — последние заказы", "/help — эта справка",
            isVerified ? nil : "/start — познакомиться: без этого заказы не видны", "",
            isVerified
                ? "Новости о заказах приходят сами. Вопрос оператору — просто напишите его сюда."
                : "После знакомства новости о заказах приходят сами, а оператору можно писать прямо сюда.",
        ])
    }

    func ordersHeading(isFirst: Bool) -> RichText { isFirst ? "🧾 Ваши последние заказы" : "🧾 Более ранние заказы" }

    func noOrders(isFirst: Bool) -> RichText { isFirst ? "У вас пока нет заказов." : "Более ранних заказов нет." }

    func moreOrders() -> String { "Ещё" }

    func menu(_ command: Command) -> String {
        switch command {
        case .start: "Начать"
        case .orders: "Мои заказы"
        case .help: "Справка"
        }
    }

    func placeholder(_ content: MessageContent.Wordless) -> String {
        switch content {
        case .photo: "[Фото]"
        case .video: "[Видео]"
        case .animation: "[Анимация]"
        case .videoNote: "[Видеосообщение]"
        case .document(let name): "[Файл\(name.map { ": \($0)" } ?? "")]"
        case .audio(let title): "[Аудио\(title.map { ": \($0)" } ?? "")]"
        case .voice(let length): "[Голосовое сообщение\(length.map { ", \($0)" } ?? "")]"
        case .sticker(let emoji): "[Стикер\(emoji.map { " \($0)" } ?? "")]"
        case .location(let link): "[Геопозиция: \(link)]"
        case .contact(let details): "[Контакт: \(details)]"
        case .poll(let question): "[Опрос\(question.map { ": \($0)" } ?? "")]"
        case .dice(let emoji): "[Кубик\(emoji.map { " \($0)" } ?? "")]"
        case .other: "[Сообщение без текста]"
        }
    }

    func newCustomer() -> String { "Новый пользователь Telegram ждёт, чтобы его связали с клиентом" }

    func sharedPhone(_ number: String, partners: Int) -> String {
        switch partners {
        case 0: "Телефон \(number): такого нет ни у одного клиента"
        case 1: "Телефон \(number): есть у одного клиента, свяжите их"
        default: "Телефон \(number): есть у нескольких клиентов"
        }
    }
}
