import Telegram
import Testing

@testable import Worker

/// Every customer with every action, and with every errand: what must hold whatever the branches are.
@Suite("Trust in a customer", .timeLimit(.minutes(5)))
struct TrustTests {
    private struct Situation {
        var bench: ConversationBench
        var action: CustomerAction
        var finding: Conversation.Finding
        var effects: [Effect]

        var customer: Customer { bench.customer }
        /// The customer once the effects are carried out.
        var after: Customer { customer.after(effects) }
    }

    private static let right = VerificationCode(stored: "123456")

    private static func identifications() -> [Identification] {
        var identifications: [Identification] = []
        for isCodeUsed in [false, true] {
            for lock in [nil, Duration.seconds(30)] {
                for proof in [nil, Identification.Proof.code, .phone] {
                    for proposed in [nil, 5, 10] {
                        for granted in [nil, 7, 10] {
                            identifications.append(
                                Identification(
                                    failures: 4, lockedFor: lock, proof: proof, proposedPartnerID: proposed,
                                    grantedPartnerID: granted, isCodeUsed: isCodeUsed))
                        }
                    }
                }
            }
        }
        return identifications
    }

    static func customers() -> [Customer] {
        var customers = [Customer.stranger]
        for isLinked in [false, true] {
            for isVerified in [false, true] {
                for code in [nil, right] {
                    for identification in identifications() {
                        customers.append(
                            Customer.newcomer.with {
                                ($0.isLinked, $0.isVerified, $0.code) = (isLinked, isVerified, code)
                                $0.identification = identification
                            })
                    }
                }
            }
        }
        return customers
    }

    private static func actions() throws -> [(CustomerAction, [Conversation.Finding])] {
        let token = "0123456789abcdef0123456789abcdef"
        let contact = try Message.sample(#""contact":{"phone_number":"7916"}"#)
        let invitations = [nil, 5, 10].flatMap { id in
            [true, false].map { Conversation.Finding.invitation(partnerID: id, isRepeated: $0) }
        }
        let partners = [[], [5], [10], [5, 10]].map { Conversation.Finding.partners($0) }
        return [
            (.start(payload: ""), [.nothing]), (.start(payload: token), invitations),
            (.orders(after: nil), [.nothing, .orders(OrderPage(orders: [], isFirst: true))]), (.help, [.nothing]),
            (.message(try .text("123456")), [.nothing]), (.message(try .text("654321")), [.nothing]),
            (.message(try .text("hello")), [.nothing]), (.edited(try .text("123456")), [.nothing]),
            (.contact(phone: "7916", isOwn: true, contact), partners),
            (.contact(phone: "7916", isOwn: false, contact), [.nothing]), (.unknownButton, [.nothing]),
            (.blocked, [.nothing]), (.returned, [.nothing]),
        ]
    }

    private static func situations() throws -> [Situation] {
        var situations: [Situation] = []
        for customer in customers() {
            for phoneVerifies in [false, true] {
                var bench = ConversationBench(customer)
                bench.shop.phoneVerifies = phoneVerifies
                for (action, findings) in try actions() {
                    for finding in findings {
                        // Only what was asked for can be found.
                        if case .orders = finding, !customer.isVerified { continue }
                        if case .partners = finding, customer.isVerified { continue }
                        situations.append(
                            Situation(
                                bench: bench, action: action, finding: finding,
                                effects: try bench.decide(action, finding)))
                    }
                }
            }
        }
        return situations
    }

    /// The partner that these effects verify the user for.
    static func verified(by effects: [Effect]) -> [Int] {
        effects.compactMap { if case .verify(let partnerID) = $0 { partnerID } else { nil } }
    }

    // MARK: What the customer does

    /// Whether a good invitation or a number that matches stands for the partner.
    private func isGrant(_ partnerID: Int, in situation: Situation) -> Bool {
        switch (situation.action, situation.finding) {
        case (.start, .invitation(let invited, let isRepeated)): partnerID == invited && !isRepeated
        case (.contact(_, isOwn: true, _), .partners(let partners)):
            situation.customer.isLinked
                ? partners.contains(partnerID) && partnerID == situation.customer.partnerID
                : situation.bench.shop.phoneVerifies && partners == [partnerID]
        default: false
        }
    }

    /// Whether the customer has typed the code that is good.
    private func isRightCode(_ situation: Situation) -> Bool {
        guard case .message(let message) = situation.action else { return false }
        let customer = situation.customer
        return message.text == "123456" && customer.code == Self.right && !customer.isVerified
            && customer.identification.lockedFor == nil && !customer.identification.isCodeUsed
    }

    @Test("is asked for by an invitation that is good, the right code, or a number that matches; never else")
    func evidence() throws {
        var (grants, codes, phones) = (0, 0, 0)
        for situation in try Self.situations() {
            let (before, after) = (situation.customer.identification, situation.after.identification)
            // The conversation itself verifies nobody.
            #expect(Self.verified(by: situation.effects).isEmpty, "\(situation)")
            #expect(!situation.effects.contains(.followPartner), "\(situation)")
            #expect(situation.after.isVerified == situation.customer.isVerified, "\(situation)")
            #expect(situation.effects.count(where: \.isErrand) <= 1, "\(situation)")

            let hasErrand = situation.effects.contains(.errand(.proof))
            if after.grantedPartnerID != before.grantedPartnerID {
                grants += 1
                let partnerID = try #require(after.grantedPartnerID, "a grant is lost: \(situation)")
                #expect(hasErrand && isGrant(partnerID, in: situation), "\(situation)")
            }
            if after.proof != before.proof {
                switch try #require(after.proof, "a proof is lost: \(situation)") {
                case .code:
                    codes += 1
                    #expect(hasErrand && isRightCode(situation), "\(situation)")
                case .phone:
                    phones += 1
                    guard case .partners(let partners) = situation.finding else {
                        Issue.record("\(situation)")
                        continue
                    }
                    #expect(hasErrand && partners.count == 1 && partners[0] == after.proposedPartnerID, "\(situation)")
                }
            }
            if after.proposedPartnerID != before.proposedPartnerID {
                guard case .partners(let partners) = situation.finding else {
                    Issue.record("\(situation)")
                    continue
                }
                #expect(hasErrand && after.proposedPartnerID == (partners.count == 1 ? partners[0] : nil))
            }
            if hasErrand {
                let isSharing = if case .partners = situation.finding { true } else { false }
                let isGranted = after.grantedPartnerID.map { isGrant($0, in: situation) } ?? false
                #expect(isGranted || isRightCode(situation) || isSharing, "\(situation)")
            }
        }
        #expect(min(grants, codes, phones) > 20)
    }

    @Test("comes from an invitation, from the code and a manager, or from a phone number that matches; never else")
    func verification() throws {
        var verified = 0
        for situation in try Self.situations() where situation.effects.contains(.errand(.proof)) {
            // Who could be verified already is, whatever came now.
            let before = Self.verified(by: try situation.customer.settle([.proof]))
            for partnerID in Self.verified(by: try situation.after.settle([.proof])) where before != [partnerID] {
                verified += 1
                let isRight =
                    isGrant(partnerID, in: situation)
                    || isRightCode(situation) && situation.customer.isLinked
                        && partnerID == situation.customer.partnerID
                #expect(isRight, "\(situation)")
            }
        }
        #expect(verified > 20)
    }

    @Test("opens orders and the operators' ear to those who are known, and to nobody else")
    func access() throws {
        for situation in try Self.situations() where !situation.customer.isVerified {
            for effect in situation.effects {
                switch effect {
                case .store, .edit, .say(.orders), .say(.welcomeBack), .say(.verified): Issue.record("\(situation)")
                default: break
                }
            }
        }
    }

    @Test("is asked for with one answer at most, and a user is entered once and before all that needs one")
    func order() throws {
        for situation in try Self.situations() {
            #expect(situation.effects.count(where: \.isSaid) <= 1, "\(situation)")
            let creations = situation.effects.indices.filter {
                if case .createUser = situation.effects[$0] { true } else { false }
            }
            #expect(creations.count <= (situation.customer.userID == nil ? 1 : 0), "\(situation)")
            guard situation.customer.userID == nil else { continue }
            let needs = situation.effects.indices.filter {
                switch situation.effects[$0] {
                case .updateProfile, .setCode, .setIdentification, .errand, .verify, .followPartner, .notePhone,
                    .store, .edit:
                    true
                case .createUser, .say, .rememberChat, .toast: false
                }
            }
            if let first = needs.first { #expect(creations.first ?? .max < first, "\(situation)") }
        }
    }
}

extension Effect {
    var isErrand: Bool {
        if case .errand = self { true } else { false }
    }

    var isSaid: Bool {
        if case .say = self { true } else { false }
    }
}
