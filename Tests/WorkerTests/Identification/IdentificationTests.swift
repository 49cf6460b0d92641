import TestSupport
import Testing

@testable import Worker

@Suite("An identification", .timeLimit(.minutes(5)))
struct IdentificationTests {
    private let right: VerificationCode
    private let wrong: VerificationCode

    init() throws {
        right = try #require(VerificationCode(stored: "123456"))
        wrong = try #require(VerificationCode(stored: "123457"))
    }

    // MARK: Codes

    @Test("remembers the right code, as often as it comes", arguments: [nil, Identification.Proof.code, .phone])
    func remembered(proof: Identification.Proof?) {
        var identification = Identification(failures: 4, proof: proof)
        for _ in 1...3 {
            #expect(identification.enter(right, expected: right) == .right)
            #expect(identification == Identification(proof: .code))
        }
    }

    @Test("has used up what led to it once it is complete, the code among it")
    func complete() {
        var identification = Identification(
            failures: 4, lockedFor: .seconds(5), proof: .code, phone: "7916", proposedPartnerID: 5, grantedPartnerID: 6)
        identification.complete()
        #expect(identification == Identification(phone: "7916", proposedPartnerID: 5, isCodeUsed: true))
        for code in [right, wrong] {
            let before = identification
            #expect(identification.enter(code, expected: right) == .noCode)
            #expect(identification == before)
        }
    }

    @Test("locks after five wrong tries, and says how many are left")
    func locks() {
        var identification = Identification()
        for left in [4, 3, 2, 1] {
            #expect(identification.enter(wrong, expected: right) == .wrong(triesLeft: left))
            #expect(identification.lockedFor == nil)
        }
        #expect(identification.enter(wrong, expected: right) == .lockedNow)
        #expect(identification.lockedFor == .seconds(900))
        #expect(identification.minutesLocked == 15)
        #expect(identification.failures == 0, "after the lock there are five tries again")
        #expect(identification.isCodeUsed, "with another code")
    }

    @Test("looks at no code while it is locked, right or wrong")
    func locked() {
        let locked = Identification(lockedFor: .seconds(1))
        for code in [right, wrong] {
            var identification = locked
            for _ in 1...10 { #expect(identification.enter(code, expected: right) == .locked) }
            #expect(identification == locked)
        }
    }

    @Test("counts wrong tries in a row only")
    func inARow() {
        var identification = Identification(failures: 4)
        #expect(identification.enter(right, expected: right) == .right)
        #expect(identification.enter(wrong, expected: right) == .wrong(triesLeft: 4))
        #expect(identification.proof == .code, "what was shown stays shown")
    }

    @Test("counts nothing where there is no code to compare with")
    func noCode() {
        for identification in [Identification(failures: 4), Identification(failures: 4, isCodeUsed: true)] {
            var after = identification
            let expected = identification.isCodeUsed ? right : nil
            for code in [right, wrong] {
                #expect(after.enter(code, expected: expected) == .noCode)
                #expect(after == identification)
            }
        }
    }

    @Test("begins anew with a new code, but keeps what was shown")
    func renewed() {
        var identification = Identification(
            failures: 3, lockedFor: .seconds(5), proof: .phone, phone: "7916", proposedPartnerID: 5,
            grantedPartnerID: 6, isCodeUsed: true)
        identification.renewCode()
        #expect(
            identification
                == Identification(proof: .phone, phone: "7916", proposedPartnerID: 5, grantedPartnerID: 6))
    }

    // MARK: Phone numbers

    struct Sharing: Sendable, CustomTestStringConvertible {
        var partners: [Int]
        var linkedTo: Int?
        var verifies = false
        var result: Identification.Sharing
        var proposal: Int?
        var proof: Identification.Proof?

        var testDescription: String { "\(partners), linked to \(linkedTo ?? 0)\(verifies ? ", verifies" : "")" }
    }

    @Test(
        "by phone needs a partner that a manager linked, or the shop's trust in a number that only one has",
        arguments: [
            Sharing(partners: [], result: .noted),
            Sharing(partners: [], verifies: true, result: .noted),
            Sharing(partners: [5], result: .noted, proposal: 5, proof: .phone),
            Sharing(partners: [5], verifies: true, result: .granted(partnerID: 5), proposal: 5),
            Sharing(partners: [5, 6], result: .noted),
            Sharing(partners: [5, 6], verifies: true, result: .noted),
            Sharing(partners: [5], linkedTo: 5, result: .granted(partnerID: 5), proposal: 5),
            Sharing(partners: [6, 5], linkedTo: 5, result: .granted(partnerID: 5)),
            // The manager and the number disagree: nobody is taken at their word.
            Sharing(partners: [6], linkedTo: 5, verifies: true, result: .noted, proposal: 6, proof: .phone),
            Sharing(partners: [], linkedTo: 5, verifies: true, result: .noted),
        ])
    func share(sharing: Sharing) {
        var identification = Identification(failures: 2)
        let result = identification.share(
            "7916", partners: sharing.partners, linkedTo: sharing.linkedTo, verifies: sharing.verifies)
        #expect(result == sharing.result)
        let granted: Int? = if case .granted(let partnerID) = sharing.result { partnerID } else { nil }
        #expect(
            identification
                == Identification(
                    failures: 2, proof: sharing.proof, phone: "7916", proposedPartnerID: sharing.proposal,
                    grantedPartnerID: granted))
    }

    @Test("keeps a typed code as the better proof, and forgets a proposal that the next number does not bear out")
    func proofs() {
        var identification = Identification(proof: .code)
        #expect(identification.share("7916", partners: [5], linkedTo: nil, verifies: false) == .noted)
        #expect(identification.proof == .code)
        #expect(identification.proposedPartnerID == 5)
        #expect(identification.share("7917", partners: [], linkedTo: nil, verifies: false) == .noted)
        #expect(identification.proposedPartnerID == nil)
        #expect(identification.phone == "7917")
    }

    // MARK: Whatever comes

    @Test("never takes a wrong code, nor grants a partner without a match", arguments: UInt64(0)..<50)
    func property(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            var identification = Identification()
            var failures = 0
            for _ in 0..<12 {
                let before = identification
                switch random.pick(0, 1, 1, 2, 3, 4) {
                case 0:
                    let entry = identification.enter(right, expected: right)
                    let isLookedAt = before.lockedFor == nil && !before.isCodeUsed
                    #expect((entry == .right) == isLookedAt, "seed \(seed)")
                    #expect(identification.proof == (isLookedAt ? .code : before.proof), "seed \(seed)")
                    if isLookedAt { failures = 0 }
                case 1:
                    let entry = identification.enter(wrong, expected: right)
                    #expect(entry != .right && identification.proof == before.proof, "seed \(seed)")
                    guard before.lockedFor == nil, !before.isCodeUsed else { break }
                    failures += 1
                    #expect((entry == .lockedNow) == (failures == 5), "seed \(seed)")
                    if failures == 5 { failures = 0 }
                case 2:
                    let partners = random.pick([], [5], [5, 6])
                    let linkedTo = random.happens(0.3) ? random.pick(5, 7) : nil
                    let verifies = random.happens(0.5)
                    let result = identification.share("7", partners: partners, linkedTo: linkedTo, verifies: verifies)
                    guard case .granted(let id) = result else {
                        #expect(identification.grantedPartnerID == before.grantedPartnerID, "seed \(seed)")
                        break
                    }
                    #expect(identification.grantedPartnerID == id, "seed \(seed)")
                    #expect(partners.contains(id), "seed \(seed)")
                    #expect(linkedTo == id || (linkedTo == nil && verifies && partners == [id]), "seed \(seed)")
                case 3:
                    identification.complete()
                    failures = 0
                default:
                    identification.renewCode()
                    failures = 0
                }
            }
        }
    }

    @Test(
        "says the minutes of a lock, rounded up",
        arguments: [(nil, 0), (1, 1), (59, 1), (60, 1), (61, 2), (899, 15), (900, 15)] as [(Int?, Int)])
    func minutes(seconds: Int?, minutes: Int) {
        #expect(Identification(lockedFor: seconds.map { .seconds($0) }).minutesLocked == minutes)
    }
}
