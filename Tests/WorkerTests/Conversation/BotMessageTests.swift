import Telegram
import Testing

@testable import Worker

@Suite("What the bot says", .timeLimit(.minutes(5)))
struct BotMessageTests {
    private static let catalog = OdooCatalog()
    private static let page = OrderPage(
        orders: [
            OrderPage.Order(
                name: "S1\n<b>&\"", state: "sale", date: "2026-11-23 14:59:21", total: "12.50", currency: 1,
                url: "https://shop.example/my/orders/1?access_token=x"),
            OrderPage.Order(name: "S2", state: "draft", date: "2026-11-22 14:59:21"),
        ], isFirst: true, more: OrderPage.Cursor(date: 1_764_000_000_000_000, id: 2))

    /// Each kind, with its form in the ledger.
    static let all: [(message: BotMessage, event: String?)] = [
        (.code, #"{"code":{}}"#), (.linked, #"{"linked":{}}"#), (.codeAccepted, #"{"codeAccepted":{}}"#),
        (.wrongCode(triesLeft: 3), #"{"wrongCode":{"triesLeft":3}}"#),
        (.locked(minutes: 15), #"{"locked":{"minutes":15}}"#),
        (.codeHasSixDigits, #"{"codeHasSixDigits":{}}"#), (.noCode, #"{"noCode":{}}"#),
        (.stranger, #"{"stranger":{}}"#),
        (.codeExpected, #"{"codeExpected":{}}"#), (.managerExpected, #"{"managerExpected":{}}"#),
        (.invitationInvalid, #"{"invitationInvalid":{}}"#), (.phoneNoted, #"{"phoneNoted":{}}"#),
        (.phoneOfSomebodyElse, #"{"phoneOfSomebodyElse":{}}"#), (.verified, #"{"verified":{}}"#),
        (.welcomeBack, #"{"welcomeBack":{}}"#), (.help, #"{"help":{}}"#), (.orders(page), nil),
    ]

    /// Somebody whom this message is for.
    private static func addressee(of message: BotMessage, language: String) -> Addressee {
        let isVerified =
            switch message {
            case .verified, .welcomeBack, .help, .orders: true
            default: false
            }
        return Addressee(language: language, code: "123456", isVerified: isVerified, isLinked: true)
    }

    @Test("is there in a test for every kind")
    func kinds() {
        // A new kind does not compile here; then give it a line above.
        let kinds = Set(
            Self.all.map { line in
                switch line.message {
                case .code: 1
                case .linked: 2
                case .codeAccepted: 3
                case .wrongCode: 4
                case .locked: 5
                case .codeHasSixDigits: 6
                case .noCode: 7
                case .stranger: 8
                case .codeExpected: 9
                case .managerExpected: 10
                case .invitationInvalid: 11
                case .phoneNoted: 12
                case .phoneOfSomebodyElse: 13
                case .verified: 14
                case .welcomeBack: 15
                case .help: 16
                case .orders: 17
                }
            })
        #expect(kinds == Set(1...17))
    }

    // MARK: In the ledger

    @Test("is read from the ledger as it was written there", arguments: all)
    func event(message: BotMessage, event: String?) {
        #expect(BotMessage(event: message.event) == message)
        if let event { #expect(message.event == event) }
    }

    @Test(
        "is read as triggers write it, and as PostgreSQL's jsonb shows it",
        arguments: [
            (#"{"verified": {}}"#, BotMessage.verified), (#"{"linked": {}}"#, .linked),
            (#"{"wrongCode": {"triesLeft": 3}}"#, .wrongCode(triesLeft: 3)),
        ])
    func triggers(event: String, message: BotMessage) {
        #expect(BotMessage(event: event) == message)
    }

    @Test(
        "is not guessed from what another version wrote",
        arguments: [
            "", "{}", "null", #""code""#, #"{"new": {}}"#, #"{"wrongCode": {}}"#, #"{"wrongCode": {"triesLeft": "3"}}"#,
            #"{"code": {}, "linked": {}}"#, #"{"orders": {}}"#, #"{"order": "S1", "state": "sale"}"#,
        ])
    func foreign(event: String) {
        #expect(BotMessage(event: event) == nil)
    }

    @Test("does not put a code into the ledger, and is not kept where it shows one")
    func secrets() throws {
        for (message, event) in Self.all {
            let addressee = Self.addressee(of: message, language: "en_US")
            let spoken = try #require(message.speak(to: addressee, catalog: Self.catalog))
            #expect(spoken.rendered.plain.contains("123456") == message.isConfidential, "\(message)")
            #expect(event?.contains("123456") != true)
        }
    }

    // MARK: To the customer

    @Test("is said in both languages, within Telegram's limits", arguments: all.map(\.message))
    func languages(message: BotMessage) throws {
        let texts = try ["ru_RU", "en_GB"].map { language in
            try #require(message.speak(to: Self.addressee(of: message, language: language), catalog: Self.catalog))
        }
        #expect(texts[0].rendered.plain.contains { ("а"..."я").contains($0) })
        #expect(texts[1].rendered.plain.unicodeScalars.allSatisfy { !("а"..."я").contains($0) })
        for text in texts {
            #expect((1...4096).contains(text.rendered.plain.utf16.count))
            #expect(!text.rendered.plain.contains("\n\n\n"))
            if case .button(let label, let data)? = text.replyMarkup {
                #expect(!label.isEmpty && data.utf8.count <= 64)
            }
        }
    }

    @Test(
        "is in the partner's language, else in the Telegram's, else in the shop's",
        arguments: [
            ("en_US", "ru", true), ("ru_RU", "en", false), (nil, "en-GB", true), (nil, "ru", false),
            ("ja_JP", "en", true),
            (nil, nil, false), (nil, "ja", false),
        ] as [(String?, String?, Bool)])
    func choice(partner: String?, telegram: String?, isEnglish: Bool) throws {
        let spoken = try #require(
            BotMessage.stranger.speak(
                to: Addressee(language: partner, languageCode: telegram), catalog: Self.catalog))
        #expect(spoken.rendered.plain.contains("We have not met") == isEnglish)
    }

    @Test("names its numbers")
    func numbers() throws {
        let addressee = Addressee(language: "en_US", code: "012345")
        func say(_ message: BotMessage) throws -> RenderedMessage {
            try #require(message.speak(to: addressee, catalog: Self.catalog)).rendered
        }
        #expect(try say(.wrongCode(triesLeft: 4)).plain.contains("Tries left: 4."))
        #expect(try say(.locked(minutes: 15)).plain.contains("in 15 min"))
        for message in [BotMessage.code, .linked] {
            // Telegram copies it at a touch.
            #expect(try say(message).html.contains("<code>012345</code>"))
        }
    }

    @Test(
        "is not said when it is no longer true",
        arguments: [
            (BotMessage.code, Addressee(code: "123456", isVerified: true)), (.code, Addressee(code: nil)),
            (.linked, Addressee(code: "123456", isVerified: true, isLinked: true)),
            (.linked, Addressee(isLinked: true)),
            (.verified, Addressee(code: "123456", isLinked: true)), (.orders(page), Addressee(code: "123456")),
        ])
    func untrue(message: BotMessage, addressee: Addressee) {
        #expect(message.speak(to: addressee, catalog: Self.catalog) == nil)
        let outbox = OutboxMessage.sample(content: .answer(message, to: addressee))
        #expect(
            DeliveryText.prepare(outbox, catalog: Self.catalog)
                == .nothing(.discarded, reason: "it is no longer of use"))
    }

    @Test("asks for the phone number who has to be found yet, and takes that button away in the end")
    func keyboards() throws {
        func markup(_ message: BotMessage, _ addressee: Addressee) throws -> ReplyMarkup? {
            try #require(message.speak(to: addressee, catalog: Self.catalog)).replyMarkup
        }
        let unlinked = Addressee(language: "en_US", code: "123456")
        let linked = Addressee(language: "en_US", code: "123456", isLinked: true)
        let verified = Addressee(language: "en_US", isVerified: true, isLinked: true)
        #expect(try markup(.code, unlinked) == .contactRequest(text: "📱 Share my phone number"))
        #expect(try markup(.phoneOfSomebodyElse, unlinked) == .contactRequest(text: "📱 Share my phone number"))
        #expect(try markup(.code, linked) == nil)
        #expect(try markup(.phoneNoted, unlinked) == .removeKeyboard)
        #expect(try markup(.verified, verified) == .removeKeyboard)
        #expect(try markup(.welcomeBack, verified) == .removeKeyboard)
        #expect(try markup(.help, verified) == nil)
        let data = "orders:1764000000000000:2"
        #expect(try markup(.orders(Self.page), verified) == .button(text: "More", data: data))
        var last = Self.page
        last.more = nil
        #expect(try markup(.orders(last), verified) == nil)
    }

    @Test("explains /start only to who is not known yet", arguments: ["en_US", "ru_RU"])
    func help(language: String) throws {
        for isVerified in [true, false] {
            let addressee = Addressee(language: language, isVerified: isVerified)
            let text = try #require(BotMessage.help.speak(to: addressee, catalog: Self.catalog)).rendered.plain
            #expect(text.contains("/start") == !isVerified)
            #expect(text.contains("/orders") && text.contains("/help"))
        }
    }

    @Test("has no markup but its own, whatever the data holds", arguments: ["<b>&\"", "</code>", "&lt;", "a\n<i>"])
    func markup(value: String) throws {
        let order = OrderPage.Order(
            name: value, state: value, date: value, url: "https://shop.example/?a=1&b=\"\(value)\"")
        let page = OrderPage(orders: [order], isFirst: true)
        for message in [BotMessage.code, .linked, .orders(page)] {
            var addressee = Self.addressee(of: message, language: "en_US")
            addressee.code = value
            let html = try #require(message.speak(to: addressee, catalog: Self.catalog)).rendered.html
            let tags = html.matches(of: #/<[^>]*>/#).map { String($0.output) }
            #expect(tags.count == 2, "\(html)")
            #expect(["</code>", "</a>"].contains(tags.last))
            #expect(!html.replacing(#/<[^>]*>/#, with: "").contains { $0 == "<" || $0 == ">" })
            #expect(html.matches(of: #/&(?!amp;|lt;|gt;|quot;)/#).isEmpty)
        }
    }

    // MARK: As it is sent

    @Test("goes out with its keyboard, in two forms, and is noted in the ledger unless it shows a code")
    func delivery() throws {
        let stranger = Addressee(language: "en_US", code: "123456")
        let spoken = try #require(BotMessage.code.speak(to: stranger, catalog: Self.catalog))
        let markup = try #require(spoken.replyMarkup).json
        #expect(
            DeliveryText.prepare(.sample(content: .answer(.code, to: stranger)), catalog: Self.catalog)
                == .text(
                    DeliveryText(
                        message: SendMessage(
                            chatID: 10, text: spoken.rendered.html, format: .html, replyMarkup: markup),
                        plainMessage: SendMessage(chatID: 10, text: spoken.rendered.plain, replyMarkup: markup),
                        parts: 1, text: nil)))
        let help = DeliveryText.prepare(.sample(content: .answer(.help, to: stranger)), catalog: Self.catalog)
        guard case .text(let text) = help else {
            Issue.record("\(help)")
            return
        }
        #expect(text.text == text.plainMessage?.text)
        #expect(text.text?.contains("/help") == true)
    }
}
