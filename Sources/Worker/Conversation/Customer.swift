/// What the database knows of whoever wrote.
struct Customer: Sendable, Equatable {
    /// `telegram_user.id`; nil for somebody who never began.
    var userID: Int?
    /// `res_partner.id`.
    var partnerID: Int?
    /// Whether somebody has linked that partner; else it is one made for an unknown customer.
    var isLinked = false
    var isVerified = false
    /// The code to type.
    var code: VerificationCode?
    var identification = Identification()
    /// `telegram_user.first_name`, `last_name` and `username`, and whether it has a chat and a name to show.
    var profile: Profile?
    var hasChatAndName = false
    /// Whether nothing reaches the chat, as far as is known.
    var isBlocked = false
    /// The language of the user's Telegram, when it was last seen.
    var languageCode: String?

    /// The names of a Telegram user as Odoo's table holds them.
    struct Profile: Sendable, Equatable {
        var firstName: String?
        var lastName: String?
        var username: String?
    }

    /// What the shop has set.
    struct Shop: Sendable, Equatable {
        /// Setting `phone_verifies`.
        var phoneVerifies = false
        /// Setting `operator_toast`.
        var showsToasts = true
        /// Setting `default_language`: the operators'.
        var language = MessageLanguage.russian
    }
}

extension Customer.Profile {
    /// The partner's name in Odoo: "first last", else "@username", else "Telegram User <id>".
    func partnerName(id: Int64) -> String { fullName ?? "Telegram User \(id)" }

    /// `telegram_user.display_name`, which the addon computes: "first last", else "@username", else "ID: <id>".
    func displayName(id: Int64) -> String { fullName ?? "ID: \(id)" }

    private var fullName: String? {
        let name = [firstName, lastName].compactMap(\.self).joined(separator: " ")
        return name.isEmpty ? username.map { "@\($0)" } : name
    }
}
