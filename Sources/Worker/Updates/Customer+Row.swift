import Postgres

extension Customer {
    /// Reads a row of ``UpdateStatements/customer(_:chat:bot:)``.
    init(_ row: Rows.Row) throws(PostgresError) {
        userID = try row.find("user_id")
        isBlocked = try row.get("is_blocked")
        languageCode = try row.find("language_code")
        guard userID != nil else { return }
        partnerID = try row.find("partner_id")
        isVerified = try row.get("is_verified")
        isLinked = try row.get("is_linked")
        code = VerificationCode(stored: try row.find("verification_code"))
        hasChatAndName = try row.get("has_chat_and_name")
        profile = Profile(
            firstName: try row.find("first_name"), lastName: try row.find("last_name"),
            username: try row.find("username"))
        let seconds: Int = try row.find("locked_seconds") ?? 0
        identification = Identification(
            failures: try row.get("failures"), lockedFor: seconds > 0 ? .seconds(seconds) : nil,
            proof: try row.find("proof").flatMap(Identification.Proof.init(rawValue:)), phone: try row.find("phone"),
            proposedPartnerID: try row.find("proposed_partner_id"),
            grantedPartnerID: try row.find("granted_partner_id"), isCodeUsed: try row.get("is_code_used"))
    }
}

extension Customer.Shop {
    /// Reads the same row.
    init(_ row: Rows.Row) throws(PostgresError) {
        phoneVerifies = try row.get("phone_verifies")
        showsToasts = try row.get("shows_toasts")
        language = MessageLanguage(code: try row.find("default_language"), fallback: .russian)
    }
}
