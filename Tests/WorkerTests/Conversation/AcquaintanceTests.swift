import Telegram
import Testing

@testable import Worker

@Suite("Getting to know a customer", .timeLimit(.minutes(5)))
struct AcquaintanceTests {
    typealias Bench = ConversationBench

    // MARK: /start

    @Test("begins with a code, and tells the operators", arguments: ["", "promo", "0123456789ABCDEF0123456789ABCDEF"])
    func stranger(payload: String) throws {
        let code = try #require(Bench.newCode)
        #expect(
            try Bench(.stranger).decide(.start(payload: payload))
                == [
                    .createUser(partnerID: nil, code: code), .say(.code),
                    .toast("A new Telegram user waits to be linked to a customer"),
                ])
    }

    @Test("repeats the code, without making another", arguments: [Customer.newcomer, .linked])
    func repeated(customer: Customer) throws {
        #expect(try Bench(customer).decide(.start(payload: "")) == [.say(.code)])
    }

    @Test(
        "makes a code for who has none that is good",
        arguments: [
            Customer.newcomer.with { $0.code = nil },
            Customer.newcomer.with { $0.identification.isCodeUsed = true },
            Customer.linked.with { ($0.code, $0.identification.failures) = (nil, 3) },
        ])
    func renewed(customer: Customer) throws {
        let code = try #require(Bench.newCode)
        #expect(try Bench(customer).decide(.start(payload: "")) == [.errand(.code)])
        // By whoever can have the row, which a manager may be writing.
        let renewed = Bench(customer).identification { $0.renewCode() }
        #expect(try customer.settle([.code]) == [.setCode(code), renewed, .say(.code)])
    }

    @Test("makes no code while there is a lock: that would end it")
    func lockedStart() throws {
        #expect(try Bench(.locked).decide(.start(payload: "")) == [.say(.locked(minutes: 2))])
        let bench = Bench(Customer.locked.with { $0.code = nil })
        #expect(try bench.decide(.start(payload: "")) == [.say(.locked(minutes: 2))])
    }

    @Test("welcomes who is known already")
    func known() throws {
        #expect(try Bench(.verified).decide(.start(payload: "")) == [.say(.welcomeBack)])
        #expect(try Bench(Customer.verified.with { $0.code = nil }).decide(.start(payload: "")) == [.say(.welcomeBack)])
    }

    // MARK: Invitations

    private func accept(_ customer: Customer, _ partnerID: Int?, isRepeated: Bool = false) throws -> [Effect] {
        try Bench(customer).decide(
            .start(payload: "0123456789abcdef0123456789abcdef"),
            .invitation(partnerID: partnerID, isRepeated: isRepeated))
    }

    /// Whom the user is verified for once the worker has looked after the errand.
    private func verification(of customer: Customer, after effects: [Effect]) throws -> [Effect] {
        #expect(effects.contains(.errand(.proof)))
        return try customer.after(effects).settle([.proof])
    }

    private func verification(for partnerID: Int, _ change: (inout Identification) -> Void = { _ in }) -> [Effect] {
        var done = Identification(isCodeUsed: true)
        change(&done)
        return [.setIdentification(done), .verify(partnerID: partnerID), .followPartner]
    }

    @Test("takes an invitation as proof")
    func invitation() throws {
        let code = try #require(Bench.newCode)
        let granted = Effect.setIdentification(Identification(grantedPartnerID: 5))
        let effects = try accept(.stranger, 5)
        #expect(effects == [.createUser(partnerID: 5, code: code), granted, .errand(.proof)])
        #expect(try verification(of: .stranger, after: effects) == verification(for: 5))
        for customer in [
            Customer.newcomer, .linked, .locked, Customer.newcomer.with { $0.identification.proof = .code },
        ] {
            let effects = try accept(customer, 5)
            #expect(effects == [Bench(customer).identification { $0.grantedPartnerID = 5 }, .errand(.proof)])
            #expect(try verification(of: customer, after: effects) == verification(for: 5))
        }
    }

    @Test(
        "takes no invitation that is no good", arguments: [Customer.stranger, .newcomer, .linked, .locked, .verified])
    func badInvitation(customer: Customer) throws {
        #expect(try accept(customer, nil) == [.say(.invitationInvalid)])
        #expect(try accept(customer, nil, isRepeated: true) == [.say(.invitationInvalid)])
    }

    @Test("takes an invitation up once", arguments: [Customer.stranger, .newcomer, .linked, .locked])
    func repeatedInvitation(customer: Customer) throws {
        #expect(try accept(customer, 5, isRepeated: true) == [.say(.invitationInvalid)])
    }

    @Test("welcomes who is known and follows the own invitation; another's leads to that partner, once")
    func invitationOfKnown() throws {
        #expect(try accept(.verified, 10) == [.say(.welcomeBack)])
        #expect(try accept(.verified, 10, isRepeated: true) == [.say(.welcomeBack)])
        let effects = try accept(.verified, 5)
        #expect(effects == [Bench(.verified).identification { $0.grantedPartnerID = 5 }, .errand(.proof)])
        #expect(
            try verification(of: .verified, after: effects) == [
                .setIdentification(Identification(isCodeUsed: true)), .verify(partnerID: 5), .say(.verified),
                .followPartner,
            ])
        #expect(try accept(.verified, 5, isRepeated: true) == [.say(.invitationInvalid)])
    }

    // MARK: Codes

    @Test("verifies who types the code and was linked", arguments: ["123456", " 123 456\\n", "123-456", "١٢٣٤٥٦"])
    func rightCode(text: String) throws {
        let bench = Bench(Customer.linked.with { $0.identification.failures = 4 })
        let effects = try bench.write(text)
        #expect(effects == [.setIdentification(Identification(proof: .code)), .errand(.proof)])
        #expect(try verification(of: bench.customer, after: effects) == verification(for: 10))
    }

    @Test("remembers that who is not linked yet has typed the code")
    func rightCodeUnlinked() throws {
        let bench = Bench(.newcomer)
        let effects = try bench.write("123456")
        #expect(effects == [bench.identification { $0.proof = .code }, .errand(.proof), .say(.codeAccepted)])
        #expect(try verification(of: .newcomer, after: effects) == [])
        // The manager comes later, or has come at the same moment.
        for errands in [[.link], [.link, .proof]] as [Set<Settlement.Errand>] {
            let linked = Customer.newcomer.after(effects).with { $0.isLinked = true }
            #expect(try linked.settle(errands) == verification(for: 10))
        }
    }

    @Test("counts wrong codes, and locks with a new code after the last", arguments: [Customer.newcomer, .linked])
    func wrongCode(customer: Customer) throws {
        var bench = Bench(customer)
        let code = try #require(Bench.newCode)
        for failures in 0..<4 {
            bench.customer.identification.failures = failures
            #expect(
                try bench.write("654321")
                    == [
                        bench.identification { $0.failures = failures + 1 }, .say(.wrongCode(triesLeft: 4 - failures)),
                    ])
        }
        bench.customer.identification.failures = 4
        let effects = try bench.write("654321")
        let locked = Identification(lockedFor: Identification.lock, isCodeUsed: true)
        #expect(effects == [.setIdentification(locked), .errand(.renew), .say(.locked(minutes: 15))])
        let after = bench.customer.after(effects)
        #expect(
            try after.settle([.renew])
                == [.setCode(code), .setIdentification(Identification(lockedFor: Identification.lock))])
    }

    @Test("looks at no code while there is a lock", arguments: ["123456", "654321"])
    func lockedCode(text: String) throws {
        let bench = Bench(Customer.linked.with { $0.identification.lockedFor = .seconds(899) })
        #expect(try bench.write(text) == [.say(.locked(minutes: 15))])
    }

    @Test(
        "knows when there is no code to compare with",
        arguments: [
            Customer.linked.with { $0.code = nil }, Customer.linked.with { $0.identification.isCodeUsed = true },
        ])
    func noCode(customer: Customer) throws {
        #expect(try Bench(customer).write("123456") == [.say(.noCode)])
    }

    @Test("says that a code has six digits, but not to who has none", arguments: ["12345", "1234567", "123"])
    func otherNumber(text: String) throws {
        #expect(try Bench(.newcomer).write(text) == [.say(.codeHasSixDigits)])
        #expect(try Bench(.stranger).write(text) == [.say(.stranger)])
    }

    @Test("takes no code from who never began")
    func codeOfStranger() throws {
        #expect(try Bench(.stranger).write("123456") == [.say(.stranger)])
        // Who has no partner is verified for none.
        let half = Customer.linked.with { $0.partnerID = nil }
        #expect(try verification(of: half, after: Bench(half).write("123456")) == [])
    }

    // MARK: Phone numbers

    private func share(_ bench: Bench, _ partners: [Int]) throws -> [Effect] {
        try bench.decide(.contact(phone: "+7 916", isOwn: true, .sample(#""contact":{}"#)), .partners(partners))
    }

    @Test("notes a number that does not prove anything, and tells the operators", arguments: [[], [5], [5, 6]])
    func notedPhone(partners: [Int]) throws {
        let bench = Bench(.newcomer)
        let only = partners.count == 1 ? partners[0] : nil
        let noted: [Effect] = [
            bench.identification {
                ($0.phone, $0.proposedPartnerID, $0.proof) = ("+7 916", only, only == nil ? nil : .phone)
            },
            .notePhone("+7 916"), .errand(.proof), .say(.phoneNoted),
            .toast(EnglishTexts().sharedPhone("+7 916", partners: partners.count)),
        ]
        #expect(try share(bench, partners) == noted)
        #expect(try verification(of: .newcomer, after: noted) == [])
        let code = try #require(Bench.newCode)
        #expect(try share(Bench(.stranger), partners) == [.createUser(partnerID: nil, code: code)] + noted)
    }

    @Test("verifies by a number that only one partner has, where the shop wants that")
    func phoneVerifies() throws {
        var bench = Bench(.newcomer)
        bench.shop.phoneVerifies = true
        let granted = bench.identification {
            ($0.phone, $0.proposedPartnerID, $0.grantedPartnerID) = ("+7 916", 5, 5)
        }
        let done = verification(for: 5) { ($0.phone, $0.proposedPartnerID) = ("+7 916", 5) }
        #expect(try share(bench, [5]) == [granted, .errand(.proof)])
        #expect(try verification(of: bench.customer, after: share(bench, [5])) == done)
        #expect(try verification(of: bench.customer, after: share(bench, [5, 6])) == [])
        bench.customer = .stranger
        let code = try #require(Bench.newCode)
        #expect(try share(bench, [5]) == [.createUser(partnerID: nil, code: code), granted, .errand(.proof)])
        #expect(try verification(of: .stranger, after: share(bench, [5])) == done)
        #expect(try verification(of: .stranger, after: share(bench, [5, 6])) == [])
    }

    @Test("verifies by the number of the partner that a manager has linked")
    func phoneOfLinked() throws {
        for partners in [[10], [5, 10]] {
            let effects = try share(Bench(.linked), partners)
            let only = partners.count == 1 ? 10 : nil
            let granted = Identification(phone: "+7 916", proposedPartnerID: only, grantedPartnerID: 10)
            #expect(effects == [.setIdentification(granted), .errand(.proof)])
            #expect(
                try verification(of: .linked, after: effects)
                    == verification(for: 10) { ($0.phone, $0.proposedPartnerID) = ("+7 916", only) })
        }
        var bench = Bench(.linked)
        bench.shop.phoneVerifies = true
        // The manager's word and the number disagree.
        #expect(try share(bench, [5]).contains(.say(.codeExpected)))
        #expect(try verification(of: .linked, after: share(bench, [5])) == [])
    }

    @Test("does not take somebody else's number")
    func foreignPhone() throws {
        let message = try Message.sample(#""contact":{"phone_number":"7916"}"#)
        for customer in [Customer.newcomer, .linked, .locked] {
            #expect(
                try Bench(customer).decide(.contact(phone: "7916", isOwn: false, message)) == [
                    .say(.phoneOfSomebodyElse)
                ])
        }
        #expect(try Bench(.stranger).decide(.contact(phone: "7916", isOwn: false, message)) == [.say(.stranger)])
    }
}
