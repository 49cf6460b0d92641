/// How far a Telegram user has come on the way to being a known customer: decides what a code or a phone number leads to.
/// Knows no database and no clock. It is the row of `tgworker.identification`.
struct Identification: Sendable, Equatable {
    /// What the customer has shown before a manager linked the partner.
    enum Proof: String, Sendable { case code, phone }

    /// Wrong codes until the lock.
    static let tries = 5
    /// How long nothing is accepted then.
    static let lock = Duration.seconds(15 * 60)

    /// Wrong codes in a row.
    var failures = 0
    /// How long no code is looked at from now on.
    var lockedFor: Duration?
    var proof: Proof?
    /// The number that the customer has shared.
    var phone: String?
    /// The one partner with that number.
    var proposedPartnerID: Int?
    /// The partner that an invitation or the number has identified the user as.
    var grantedPartnerID: Int?
    /// Whether the code is not good any more: it has verified the user once, or was guessed at too often.
    var isCodeUsed = false

    /// What a code led to.
    enum Entry: Sendable, Equatable {
        /// It was right, which is remembered: a manager may still have to link the partner.
        case right
        case wrong(triesLeft: Int)
        /// It was wrong once too often: nothing is accepted for a while, and the code must be made anew.
        case lockedNow
        /// Nothing is accepted now; the code was not looked at.
        case locked
        /// There is no code to compare with.
        case noCode
    }

    /// The customer typed a code.
    ///
    /// - Parameter expected: the code that was sent.
    mutating func enter(_ code: VerificationCode, expected: VerificationCode?) -> Entry {
        guard lockedFor == nil else { return .locked }
        guard let expected, !isCodeUsed else { return .noCode }
        guard code == expected else {
            failures += 1
            guard failures >= Self.tries else { return .wrong(triesLeft: Self.tries - failures) }
            failures = 0
            lockedFor = Self.lock
            isCodeUsed = true
            return .lockedNow
        }
        failures = 0
        proof = .code
        return .right
    }

    /// What a shared phone number led to.
    enum Sharing: Sendable, Equatable {
        /// The customer is this partner.
        case granted(partnerID: Int)
        /// A manager has to look; a proposal is there when exactly one partner has the number.
        case noted
    }

    /// The customer shared the own phone number.
    ///
    /// - Parameters:
    ///   - partners: those who have the number.
    ///   - linkedTo: the partner that somebody has linked.
    ///   - verifies: whether a number that exactly one partner has is enough.
    mutating func share(_ phone: String, partners: [Int], linkedTo: Int?, verifies: Bool) -> Sharing {
        self.phone = phone
        proposedPartnerID = partners.count == 1 ? partners.first : nil
        // Linked by a manager, and the number is that partner's: both sides agree.
        if let linkedTo, partners.contains(linkedTo) {
            grantedPartnerID = linkedTo
            return .granted(partnerID: linkedTo)
        }
        if verifies, linkedTo == nil, let only = proposedPartnerID {
            grantedPartnerID = only
            return .granted(partnerID: only)
        }
        if proposedPartnerID != nil, proof == nil { proof = .phone }
        return .noted
    }

    /// The customer is verified: whatever led here is used up.
    mutating func complete() {
        failures = 0
        lockedFor = nil
        proof = nil
        grantedPartnerID = nil
        isCodeUsed = true
    }

    /// A new code was made.
    mutating func renewCode() {
        failures = 0
        lockedFor = nil
        isCodeUsed = false
    }

    /// The minutes to name to a customer who has to wait.
    var minutesLocked: Int {
        lockedFor.map { max(1, Int(($0.components.seconds + 59) / 60)) } ?? 0
    }
}
