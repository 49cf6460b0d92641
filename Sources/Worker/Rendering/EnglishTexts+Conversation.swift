extension EnglishTexts {
    func codeForStranger(_ code: String) -> RichText {
        RichText(lines: [
            "👋 Hello! One thing is left: to learn who you are.", "",
            "Your code: \(code: code)",
            "Send it here as a message. A manager will find you among our customers, and the news of your orders will come here.",
            "", "It is quicker if you share your phone number: the button is below.",
        ])
    }

    func code(_ code: String) -> RichText {
        RichText(lines: ["🔑 Your code: \(code: code)", "Send it here as a message, and all is done."])
    }

    func linked(code: String) -> RichText {
        RichText(lines: ["👍 A manager has found you among our customers.", "Send your code here: \(code: code)"])
    }

    func codeAccepted() -> RichText {
        RichText(lines: [
            "✅ The code is right.",
            "As soon as a manager finds you among our customers, we will write to you. There is nothing more to do.",
        ])
    }

    func wrongCode(triesLeft: Int) -> RichText {
        "❌ The code is wrong. Tries left: \("\(triesLeft)"). To get the code again: /start"
    }

    func locked(minutes: Int) -> RichText {
        "⏳ Too many wrong codes. Try again in \("\(minutes)") min: send /start to get a new code."
    }

    func codeHasSixDigits() -> RichText { "The code has six digits. To get it again: /start" }

    func noCode() -> RichText { "This code is no longer good. Send /start to get a new one." }

    func stranger() -> RichText { "👋 We have not met yet. Send /start to begin." }

    func codeExpected() -> RichText {
        "To let us know who you are, send the code of six digits here. To get it again: /start"
    }

    func managerExpected() -> RichText {
        "⏳ A manager is still looking for you among our customers. We will write as soon as that is done, and then you can ask."
    }

    func invitationInvalid() -> RichText {
        "This link is no longer good. Ask the manager for a new one, or send /start."
    }

    func phoneNoted() -> RichText {
        "👍 Thank you, we have your number. A manager will check it, and we will write to you."
    }

    func phoneOfSomebodyElse() -> RichText {
        "This is somebody else's number. To share your own, press the button below."
    }

    func sharePhone() -> String { "📱 Share my phone number" }

    func verified() -> RichText {
        RichText(lines: [
            "🎉 Done! From now on the news of your orders comes here.", "",
            "/orders — your orders", "A question to an operator — just write it here.",
        ])
    }

    func welcomeBack() -> RichText {
        RichText(lines: ["👋 Welcome back!", "/orders — your orders", "A question to an operator — just write it here."])
    }

    func help(isVerified: Bool) -> RichText {
        RichText(lines: [
            "ℹ️ What this bot can do", "",
            "/orders — your latest orders", "/help — this help",
            isVerified ? nil : "/start — introduce yourself: orders are not shown before", "",
            isVerified
                ? "News of your orders comes by itself. A question to an operator — just write it here."
                : "After that the news of your orders comes by itself, and you can write to an operator right here.",
        ])
    }

    func ordersHeading(isFirst: Bool) -> RichText { isFirst ? "🧾 Your latest orders" : "🧾 Earlier orders" }

    func noOrders(isFirst: Bool) -> RichText { isFirst ? "You have no orders yet." : "There are no earlier orders." }

    func moreOrders() -> String { "More" }

    func menu(_ command: Command) -> String {
        switch command {
        case .start: "Begin"
        case .orders: "My orders"
        case .help: "Help"
        }
    }

    func placeholder(_ content: MessageContent.Wordless) -> String {
        switch content {
        case .photo: "[Photo]"
        case .video: "[Video]"
        case .animation: "[Animation]"
        case .videoNote: "[Video message]"
        case .document(let name): "[File\(name.map { ": \($0)" } ?? "")]"
        case .audio(let title): "[Audio\(title.map { ": \($0)" } ?? "")]"
        case .voice(let length): "[Voice message\(length.map { ", \($0)" } ?? "")]"
        case .sticker(let emoji): "[Sticker\(emoji.map { " \($0)" } ?? "")]"
        case .location(let link): "[Location: \(link)]"
        case .contact(let details): "[Contact: \(details)]"
        case .poll(let question): "[Poll\(question.map { ": \($0)" } ?? "")]"
        case .dice(let emoji): "[Dice\(emoji.map { " \($0)" } ?? "")]"
        case .other: "[Message without text]"
        }
    }

    func newCustomer() -> String { "A new Telegram user waits to be linked to a customer" }

    func sharedPhone(_ number: String, partners: Int) -> String {
        switch partners {
        case 0: "Phone \(number): no customer has it"
        case 1: "Phone \(number): one customer has it, link them"
        default: "Phone \(number): several customers have it"
        }
    }
}
