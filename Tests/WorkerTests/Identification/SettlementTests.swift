import Testing

@testable import Worker

@Suite("A settlement", .timeLimit(.minutes(5)))
struct SettlementTests {
    typealias Errands = Set<Settlement.Errand>

    private static let all: [Errands] = [
        [], [.code], [.link], [.proof], [.code, .link], [.code, .proof], [.link, .proof], [.code, .link, .proof],
    ]

    private let newCode: VerificationCode

    init() throws { newCode = try #require(ConversationBench.newCode) }

    private func identification(of customer: Customer, _ change: (inout Identification) -> Void) -> Effect {
        ConversationBench(customer).identification(change)
    }

    // MARK: A manager wants the code to be sent

    @Test("sends the code that is good", arguments: [Customer.newcomer, .linked])
    func goodCode(customer: Customer) throws {
        let customer = customer.with { $0.identification.failures = 3 }
        #expect(try customer.settle([.code]) == [identification(of: customer) { $0.failures = 0 }, .say(.code)])
    }

    @Test(
        "makes a code where there is none that is good",
        arguments: [
            Customer.newcomer.with { $0.code = nil }, .newcomer.with { $0.identification.isCodeUsed = true },
            .linked.with { $0.code = nil }, .linked.with { $0.identification.isCodeUsed = true },
        ])
    func newCode(customer: Customer) throws {
        #expect(
            try customer.settle([.code])
                == [.setCode(newCode), identification(of: customer) { $0.isCodeUsed = false }, .say(.code)])
    }

    @Test("ends a lock when a manager sends a code, which is a new one: the old one has been guessed at")
    func lockedCode() throws {
        #expect(
            try Customer.locked.settle([.code])
                == [.setCode(newCode), identification(of: .locked) { $0.lockedFor = nil }, .say(.code)])
    }

    @Test("keeps what the customer has shown when a code is sent")
    func keptProof() throws {
        let customer = Customer.newcomer.with {
            $0.identification = Identification(proof: .phone, phone: "+7 916", proposedPartnerID: 5)
        }
        #expect(try customer.settle([.code]) == [identification(of: customer) { _ in }, .say(.code)])
    }

    @Test("sends no code to who has typed it and waits for the manager")
    func typedCode() throws {
        let customer = Customer.newcomer.with { $0.identification.proof = .code }
        #expect(try customer.settle([.code]) == [.say(.managerExpected)])
    }

    @Test("makes a new code in the place of one that was guessed at, says nothing of it, and leaves the lock")
    func renewedCode() throws {
        let customer = Customer.locked.with { $0.identification.isCodeUsed = true }
        let renewed = identification(of: customer) { $0.isCodeUsed = false }
        #expect(try customer.settle([.renew]) == [.setCode(newCode), renewed])
        #expect(try customer.after([.setCode(newCode), renewed]).settle([.renew]) == [], "once")
        #expect(try Customer.verified.settle([.renew]) == [])
    }

    @Test("sends the code, not two messages, when the partner has been linked as well")
    func codeAndLink() throws {
        #expect(
            try Customer.linked.settle([.code, .link])
                == [identification(of: .linked) { _ in }, .say(.code), .followPartner])
    }

    @Test("sends no code to who is verified", arguments: [[.code], [.code, .proof]] as [Errands])
    func codeOfVerified(errands: Errands) throws {
        #expect(try Customer.verified.settle(errands) == [])
    }

    // MARK: A manager has linked the partner

    @Test("tells who was linked, and has shown nothing, to type the code")
    func linked() throws {
        #expect(try Customer.linked.settle([.link]) == [.say(.linked), .followPartner])
        let locked = Customer.linked.with { $0.identification.lockedFor = .seconds(61) }
        #expect(try locked.settle([.link]) == [.say(.linked), .followPartner])
    }

    @Test(
        "says nothing of a code that there is not, or that has done its work",
        arguments: [Customer.linked.with { $0.code = nil }, .linked.with { $0.identification.isCodeUsed = true }])
    func linkedWithoutCode(customer: Customer) throws {
        #expect(try customer.settle([.link]) == [.followPartner])
    }

    @Test("says nothing to who is back at the placeholder")
    func unlinked() throws {
        #expect(try Customer.newcomer.settle([.link]) == [.followPartner])
    }

    @Test(
        "verifies who was linked and has typed the code", arguments: [[.link], [.proof], [.link, .proof]] as [Errands])
    func linkedWithCode(errands: Errands) throws {
        let customer = Customer.linked.with {
            $0.identification = Identification(
                failures: 2, lockedFor: .seconds(5), proof: .code, phone: "+7 916", proposedPartnerID: 5)
        }
        #expect(
            try customer.settle(errands) == [
                .setIdentification(Identification(phone: "+7 916", proposedPartnerID: 5, isCodeUsed: true)),
                .verify(partnerID: 10), .followPartner,
            ])
    }

    @Test(
        "verifies who was linked to the partner that has the shared number",
        arguments: [[.link], [.proof]] as [Errands])
    func linkedWithPhone(errands: Errands) throws {
        let customer = Customer.linked.with {
            $0.identification = Identification(proof: .phone, phone: "+7 916", proposedPartnerID: 10)
        }
        #expect(
            try customer.settle(errands) == [
                .setIdentification(Identification(phone: "+7 916", proposedPartnerID: 10, isCodeUsed: true)),
                .verify(partnerID: 10), .followPartner,
            ])
    }

    @Test("does not take a number as proof for a partner that has another", arguments: [5, nil])
    func linkedWithOtherPhone(proposed: Int?) throws {
        let customer = Customer.linked.with {
            $0.identification = Identification(proof: .phone, phone: "+7 916", proposedPartnerID: proposed)
        }
        #expect(try customer.settle([.link]) == [.say(.linked), .followPartner])
        #expect(try customer.settle([.proof]) == [])
    }

    @Test("lets the messages follow the partner of who is verified already")
    func linkOfVerified() throws {
        #expect(try Customer.verified.settle([.link]) == [.followPartner])
    }

    // MARK: The customer has shown something

    @Test("waits for the manager when the proof comes first", arguments: [Identification.Proof.code, .phone])
    func proofFirst(proof: Identification.Proof) throws {
        let customer = Customer.newcomer.with {
            $0.identification = Identification(proof: proof, proposedPartnerID: proof == .phone ? 5 : nil)
        }
        #expect(try customer.settle([.proof]) == [])
        // Not even for the placeholder's own number.
        let own = customer.with { $0.identification.proposedPartnerID = 10 }
        #expect(try own.settle([.proof]) == [])
    }

    @Test(
        "does nothing for a link without a proof that it was told of before", arguments: [Customer.newcomer, .linked])
    func nothingNew(customer: Customer) throws {
        #expect(try customer.settle([.proof]) == [])
        #expect(try customer.settle([]) == [])
    }

    @Test(
        "verifies for the granted partner, whoever is linked and whatever lock there is",
        arguments: [Customer.newcomer, .linked, .locked], all)
    func granted(customer: Customer, errands: Errands) throws {
        let customer = customer.with { ($0.identification.grantedPartnerID, $0.identification.failures) = (5, 2) }
        #expect(
            try customer.settle(errands) == [
                .setIdentification(Identification(isCodeUsed: true)), .verify(partnerID: 5), .followPartner,
            ])
    }

    @Test("says so to who was verified for another partner, because the database speaks to those who were not")
    func grantedToVerified() throws {
        let customer = Customer.verified.with { $0.identification.grantedPartnerID = 5 }
        let done = Effect.setIdentification(Identification(isCodeUsed: true))
        #expect(
            try customer.settle([.proof]) == [done, .verify(partnerID: 5), .say(.verified), .followPartner])
        // By a manager, meanwhile: nothing new to the customer.
        let same = customer.with { $0.identification.grantedPartnerID = 10 }
        #expect(try same.settle([.proof]) == [done, .verify(partnerID: 10), .followPartner])
    }

    // MARK: What has become of the user

    @Test("has nothing to do for who is gone", arguments: all)
    func gone(errands: Errands) throws {
        let gone = Customer.stranger.with {
            $0.identification = Identification(proof: .code, grantedPartnerID: 5)
        }
        for customer in [Customer.stranger, gone] { #expect(try customer.settle(errands) == []) }
    }

    @Test(
        "clears what was shown when a manager has verified the user meanwhile",
        arguments: [Identification.Proof.code, .phone])
    func verifiedByManager(proof: Identification.Proof) throws {
        let customer = Customer.linked.with {
            $0.isVerified = true
            $0.identification = Identification(failures: 2, proof: proof, phone: "+7 916", proposedPartnerID: 10)
        }
        let cleared = Effect.setIdentification(
            Identification(phone: "+7 916", proposedPartnerID: 10, isCodeUsed: true))
        #expect(try customer.settle([.proof]) == [cleared])
        #expect(try customer.settle([.code]) == [cleared])
        #expect(try customer.settle([.link]) == [cleared, .followPartner])
        #expect(try customer.after([cleared]).settle([.proof]) == [])
    }

    @Test("verifies nobody for no partner", arguments: all)
    func withoutPartner(errands: Errands) throws {
        let customer = Customer.linked.with { ($0.partnerID, $0.identification.proof) = (nil, .code) }
        for case .verify in try customer.settle(errands) { Issue.record("\(errands)") }
    }
}
