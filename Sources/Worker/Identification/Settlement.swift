/// Decides what follows for a Telegram user from what a manager did in Odoo, and from what the customer has shown: the one
/// place where somebody becomes verified by the worker. Knows no database.
///
/// It runs after the transactions that ask for it (see `tgworker.errand`), so that a customer and a manager who act at
/// the same moment cannot miss each other: whoever is the later one leaves an errand, and then both are seen.
struct Settlement: Sendable {
    /// What is to be looked after.
    enum Errand: String, Sendable {
        /// The code is to be sent: a manager wants it, or the customer needs a new one.
        case code
        /// The code was guessed at too often: a new one is to be made.
        case renew
        /// The partner was changed in Odoo.
        case link
        /// The customer has shown who they are.
        case proof
    }

    let errands: Set<Errand>
    let customer: Customer
    /// A new code, in case one is needed.
    let newCode: VerificationCode

    func decide() -> [Effect] {
        guard customer.userID != nil else { return [] }
        var effects: [Effect] = []
        if let partnerID = verifiablePartnerID {
            var identification = customer.identification
            identification.complete()
            effects += [.setIdentification(identification), .verify(partnerID: partnerID)]
            // The trigger speaks to those who are newly verified.
            if customer.isVerified, customer.partnerID != partnerID { effects.append(.say(.verified)) }
        } else if customer.isVerified {
            // By a manager: what the customer had shown before has served its turn.
            if customer.identification.proof != nil {
                var identification = customer.identification
                identification.complete()
                effects.append(.setIdentification(identification))
            }
        } else {
            if errands.contains(.code) {
                effects += sendCode()
            } else if errands.contains(.renew), customer.identification.isCodeUsed {
                var identification = customer.identification
                identification.isCodeUsed = false
                effects += [.setCode(newCode), .setIdentification(identification)]
            } else if errands.contains(.link), customer.isLinked, hasGoodCode {
                effects.append(.say(.linked))
            }
        }
        if errands.contains(.link) || verifiablePartnerID != nil { effects.append(.followPartner) }
        return effects
    }

    /// The partner that the user is verified for now, if there is one that somebody has linked, invited or shares the
    /// phone number with.
    private var verifiablePartnerID: Int? {
        let identification = customer.identification
        if let granted = identification.grantedPartnerID { return granted }
        guard !customer.isVerified, customer.isLinked, let partnerID = customer.partnerID else { return nil }
        switch identification.proof {
        case .code: return partnerID
        // The number speaks for the partner that has it, not for any other.
        case .phone: return partnerID == identification.proposedPartnerID ? partnerID : nil
        case nil: return nil
        }
    }

    private var hasGoodCode: Bool { customer.code != nil && !customer.identification.isCodeUsed }

    private func sendCode() -> [Effect] {
        // Who has typed it already would wonder what for.
        if customer.identification.proof == .code { return [.say(.managerExpected)] }
        var identification = customer.identification
        let mustRenew = !hasGoodCode || identification.lockedFor != nil
        identification.renewCode()
        return (mustRenew ? [.setCode(newCode)] : []) + [.setIdentification(identification), .say(.code)]
    }
}
