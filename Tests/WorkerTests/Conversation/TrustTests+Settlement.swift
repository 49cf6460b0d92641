import Testing

@testable import Worker

/// What the worker makes of it.
extension TrustTests {
    private static let errands: [Set<Settlement.Errand>] = [
        [], [.code], [.link], [.proof], [.code, .link], [.code, .proof], [.link, .proof], [.code, .link, .proof],
        [.renew], [.renew, .code], [.renew, .link], [.renew, .proof], [.renew, .code, .link, .proof],
    ]

    /// Every customer with every set of errands, and what follows.
    private static func settlements() throws -> [(Customer, Set<Settlement.Errand>, [Effect])] {
        let half = Customer.linked.with { ($0.partnerID, $0.identification.proof) = (nil, .code) }
        return try (customers() + [half]).flatMap { customer in
            try errands.map { (customer, $0, try customer.settle($0)) }
        }
    }

    @Test("is complete for a granted partner, or a linked one with the code or its own number; never else")
    func settlement() throws {
        var verified = 0
        for (customer, errands, effects) in try Self.settlements() {
            let partners = Self.verified(by: effects)
            verified += partners.count
            #expect(partners.count <= 1)
            let identification = customer.identification
            let isShown =
                identification.proof == .code
                || identification.proof == .phone && identification.proposedPartnerID == customer.partnerID
            for partnerID in partners {
                let isRight =
                    identification.grantedPartnerID.map { $0 == partnerID }
                    ?? (!customer.isVerified && customer.isLinked && customer.partnerID == partnerID && isShown)
                #expect(customer.userID != nil && isRight, "\(customer) \(errands)")
            }
            // Nor is anybody forgotten.
            let isDue =
                identification.grantedPartnerID != nil
                || !customer.isVerified && customer.isLinked && customer.partnerID != nil && isShown
            #expect(partners.isEmpty != (isDue && customer.userID != nil), "\(customer) \(errands)")
        }
        #expect(verified > 100)
    }

    @Test("is carried through: what led to it is used up, and nothing is left to be done")
    func completion() throws {
        for (customer, errands, effects) in try Self.settlements() {
            let after = customer.after(effects)
            if let partnerID = Self.verified(by: effects).first {
                #expect(after.isVerified && after.partnerID == partnerID && after.isLinked)
                let before = customer.identification
                #expect(
                    after.identification
                        == Identification(
                            phone: before.phone, proposedPartnerID: before.proposedPartnerID, isCodeUsed: true),
                    "\(customer) \(errands)")
                #expect(effects.contains(.followPartner), "\(customer) \(errands)")
            } else {
                #expect(after.isVerified == customer.isVerified && after.partnerID == customer.partnerID)
                #expect(effects.contains(.followPartner) == (errands.contains(.link) && customer.userID != nil))
            }
            #expect(try after.settle([]) == [], "\(customer) \(errands)")
            #expect(try after.settle([.proof]) == [], "\(customer) \(errands)")
        }
    }

    @Test("is settled with one answer at most, which shows a code to nobody who needs none")
    func answers() throws {
        for (customer, errands, effects) in try Self.settlements() {
            let after = customer.after(effects)
            #expect(effects.count(where: \.isSaid) <= 1, "\(customer) \(errands)")
            for effect in effects {
                switch effect {
                case .say(.code):
                    #expect(errands.contains(.code) && !after.isVerified && after.code != nil)
                    // The code that is sent can be typed.
                    #expect(after.identification.lockedFor == nil && !after.identification.isCodeUsed)
                case .say(.linked):
                    #expect(errands.contains(.link) && after.isLinked && !after.isVerified)
                    #expect(after.code != nil && !after.identification.isCodeUsed)
                case .say(.verified): #expect(customer.isVerified && after.partnerID != customer.partnerID)
                case .setCode:
                    // Made anew to be sent, or because the old one was guessed at too often.
                    #expect(effects.contains(.say(.code)) || errands.contains(.renew))
                    #expect(
                        customer.code == nil || customer.identification.isCodeUsed
                            || customer.identification.lockedFor != nil)
                case .say(.managerExpected): #expect(errands.contains(.code) && customer.identification.proof == .code)
                case .setIdentification, .verify, .followPartner: break
                case .say, .createUser, .updateProfile, .errand, .notePhone, .store, .edit, .rememberChat, .toast:
                    Issue.record("\(customer) \(errands)")
                }
            }
        }
    }
}
