import Telegram
import Testing

@testable import Worker

@Suite("A conversation with a customer", .timeLimit(.minutes(5)))
struct ConversationTests {
    typealias Bench = ConversationBench

    private static let page = OrderPage(orders: [], isFirst: true)

    // MARK: What must be known

    @Test(
        "knows an invitation by its form",
        arguments: [
            ("0123456789abcdef0123456789abcdef", true), ("0123456789ABCDEF0123456789ABCDEF", false),
            ("0123456789abcdef0123456789abcde", false), ("0123456789abcdef0123456789abcdef0", false),
            ("0123456789abcdef0123456789abcdeg", false), ("", false), ("promo", false),
            (String(repeating: "ё", count: 16), false),
        ])
    func invitationToken(payload: String, isToken: Bool) throws {
        #expect(Conversation.invitationToken(payload) == (isToken ? payload : nil))
        let inquiry = try Bench(.stranger).conversation().inquiry(of: .start(payload: payload))
        #expect(inquiry == (isToken ? .invitation(token: payload) : .nothing))
    }

    @Test(
        "looks orders up for those who are known only",
        arguments: [
            (Customer.verified, true), (.stranger, false), (.newcomer, false), (.linked, false), (.locked, false),
        ])
    func inquiryOfOrders(customer: Customer, isAllowed: Bool) throws {
        let cursor = OrderPage.Cursor(date: 1, id: 2)
        let conversation = try Bench(customer).conversation()
        #expect(conversation.inquiry(of: .orders(after: cursor)) == (isAllowed ? .orders(after: cursor) : .nothing))
        #expect(conversation.inquiry(of: .orders(after: nil)) == (isAllowed ? .orders(after: nil) : .nothing))
    }

    @Test(
        "looks the own phone number up, of those who are not known yet",
        arguments: [
            (Customer.stranger, true, true), (.newcomer, true, true), (.linked, true, true), (.newcomer, false, false),
            (.verified, true, false),
        ])
    func inquiryOfPhone(customer: Customer, isOwn: Bool, isAsked: Bool) throws {
        let action = CustomerAction.contact(phone: "7916", isOwn: isOwn, try .sample(#""contact":{}"#))
        let inquiry = try Bench(customer).conversation().inquiry(of: action)
        #expect(inquiry == (isAsked ? .partners(phone: "7916") : .nothing))
    }

    @Test("needs nothing for anything else", arguments: [Customer.stranger, .newcomer, .verified])
    func inquiryOfOthers(customer: Customer) throws {
        let conversation = try Bench(customer).conversation()
        let message = try Message.text("123456")
        for action in [CustomerAction.help, .message(message), .edited(message), .unknownButton, .blocked, .returned] {
            #expect(conversation.inquiry(of: action) == .nothing)
        }
    }

    // MARK: The chat with the operator

    @Test("hands what a known customer writes to the operators", arguments: ["Where is it?", "123456", "000000", "12"])
    func store(text: String) throws {
        let message = try Message.text(text)
        #expect(try Bench(.verified).decide(.message(message)) == [.store(message, text: text), .toast(text)])
    }

    @Test("names what has no words in the operators' language")
    func storeWordless() throws {
        var bench = Bench(.verified)
        let message = try Message.sample(#""photo":[]"#)
        #expect(try bench.decide(.message(message)) == [.store(message, text: "[Photo]"), .toast("[Photo]")])
        bench.shop.language = .russian
        #expect(try bench.decide(.message(message)) == [.store(message, text: "[Фото]"), .toast("[Фото]")])
    }

    @Test("hands a contact of a known customer to the operators, whosever it is", arguments: [true, false])
    func storeContact(isOwn: Bool) throws {
        let message = try Message.sample(#""contact":{"phone_number":"7916"}"#)
        #expect(
            try Bench(.verified).decide(.contact(phone: "7916", isOwn: isOwn, message))
                == [.store(message, text: "[Contact: 7916]"), .toast("[Contact: 7916]")])
    }

    @Test("marks what a known customer has changed; of others nothing is kept")
    func edit() throws {
        let message = try Message.text("two, not one")
        #expect(try Bench(.verified).decide(.edited(message)) == [.edit(message, text: "✏️ two, not one")])
        for customer in [Customer.stranger, .newcomer, .linked, .locked] {
            #expect(try Bench(customer).decide(.edited(message)) == [])
        }
    }

    @Test(
        "tells somebody who is not known yet what to do next",
        arguments: [
            (Customer.stranger, BotMessage.stranger), (.newcomer, .codeExpected), (.linked, .codeExpected),
            (Customer.newcomer.with { $0.identification.proof = .code }, .managerExpected),
            (Customer.newcomer.with { $0.identification.proof = .phone }, .managerExpected),
            (.locked, .locked(minutes: 2)),
            (Customer.locked.with { $0.identification.proof = .code }, .locked(minutes: 2)),
        ])
    func nextStep(customer: Customer, message: BotMessage) throws {
        let bench = Bench(customer)
        #expect(try bench.write("Where is my order?") == [.say(message)])
        #expect(try bench.write("12") == [.say(message)])
        #expect(try bench.decide(.message(.sample(#""photo":[],"caption":"123456""#))) == [.say(message)])
        // Not even when orders were looked up.
        #expect(try bench.decide(.orders(after: nil)) == [.say(message)])
    }

    // MARK: Commands and buttons

    @Test("shows a known customer the orders, and what the bot can do to everybody")
    func commands() throws {
        #expect(try Bench(.verified).decide(.orders(after: nil), .orders(Self.page)) == [.say(.orders(Self.page))])
        for customer in [Customer.stranger, .newcomer, .locked, .verified] {
            #expect(try Bench(customer).decide(.help) == [.say(.help)])
        }
    }

    @Test("does nothing for a button that means nothing, nor for a return", arguments: [Customer.stranger, .verified])
    func nothing(customer: Customer) throws {
        #expect(try Bench(customer).decide(.unknownButton) == [])
        #expect(try Bench(customer).decide(.returned) == [])
    }

    // MARK: The chat and the names

    @Test("remembers that it was blocked, and that it can be reached again", arguments: [Customer.stranger, .verified])
    func blocked(customer: Customer) throws {
        #expect(try Bench(customer).decide(.blocked) == [.rememberChat(isBlocked: true)])
        let blocked = Bench(customer.with { $0.isBlocked = true })
        #expect(try blocked.decide(.blocked) == [.rememberChat(isBlocked: true)])
        #expect(try blocked.decide(.returned) == [.rememberChat(isBlocked: false)])
        #expect(try blocked.decide(.help) == [.rememberChat(isBlocked: false), .say(.help)])
    }

    @Test("remembers the language of the customer's Telegram when it is another one")
    func language() throws {
        var bench = Bench(.verified)
        bench.language = "en"
        #expect(try bench.decide(.help) == [.rememberChat(isBlocked: false), .say(.help)])
        bench.customer.languageCode = "en"
        #expect(try bench.decide(.help) == [.say(.help)])
    }

    @Test(
        "takes Telegram's names only where Odoo has neither first nor last name, when the customer begins anew",
        arguments: [
            (Customer.Profile(firstName: "Анна", username: "anna"), Customer.Profile?.none),
            (Customer.Profile(firstName: "Анна", lastName: "Каренина", username: "anna"), nil),
            (Customer.Profile(lastName: "Каренина", username: "anna"), nil),
            (Customer.Profile(username: "anna"), Customer.Profile(firstName: "Анна-Мария", username: "anna")),
            (Customer.Profile(), Customer.Profile(firstName: "Анна-Мария", username: "anna")),
        ])
    func names(known: Customer.Profile, written: Customer.Profile?) throws {
        var bench = Bench(Customer.verified.with { $0.profile = known })
        bench.firstName = "Анна-Мария"
        #expect(try bench.decide(.help) == [.say(.help)])
        let start = try bench.decide(.start(payload: ""))
        #expect(start == (written.map { [.updateProfile($0)] } ?? []) + [.say(.welcomeBack)])
        // Once is enough.
        bench.customer = bench.customer.after(start)
        #expect(try bench.decide(.start(payload: "")) == [.say(.welcomeBack)])
    }

    @Test(
        "lets the user name follow Telegram's when the customer begins anew",
        arguments: [("anna", "anna_k"), ("anna", nil), (nil, "anna")] as [(String?, String?)])
    func username(known: String?, current: String?) throws {
        let profile = Customer.Profile(firstName: "А.", lastName: "К.", username: known)
        var bench = Bench(Customer.verified.with { $0.profile = profile })
        (bench.firstName, bench.username) = ("Анна-Мария", current)
        #expect(try bench.decide(.help) == [.say(.help)])
        let followed = Customer.Profile(firstName: "А.", lastName: "К.", username: current)
        #expect(try bench.decide(.start(payload: "")) == [.updateProfile(followed), .say(.welcomeBack)])
    }

    @Test("writes the chat and a name as soon as there is none, whatever the customer does")
    func chatAndName() throws {
        var bench = Bench(Customer.verified.with { $0.hasChatAndName = false })
        bench.firstName = "Анна-Мария"
        let kept = Customer.Profile(firstName: "Анна", username: "anna")
        #expect(try bench.decide(.help) == [.updateProfile(kept), .say(.help)])
        bench.customer.profile = Customer.Profile()
        let taken = Customer.Profile(firstName: "Анна-Мария", username: "anna")
        #expect(try bench.decide(.help) == [.updateProfile(taken), .say(.help)])
        // There is no row to write them to.
        #expect(try Bench(.stranger).decide(.help) == [.say(.help)])
    }
}
