import Postgres

/// The statements that make a Telegram user a known customer. Rows are as Odoo's ORM would have written them.
enum IdentificationStatements {
    /// Enters a Telegram user, for a partner, or for a new one, which is then remembered as a placeholder.
    static func createUser(_ person: Person, partnerID: Int?, code: VerificationCode) -> [Statement] {
        let profile = person.profile
        let user = Statement(
            """
            insert into public.telegram_user (
                telegram_id, chat_id, partner_id, username, first_name, last_name, display_name, verification_code,
                is_verified, create_uid, write_uid, create_date, write_date)
            select $1, $2, coalesce($3::integer, tgworker.new_partner($4, $5)), $6, $7, $8, $9, $10, false, 1, 1,
                now() at time zone 'UTC', now() at time zone 'UTC'
            """,
            [
                .integer(person.id), .integer(person.chatID), .integer(partnerID),
                .text(profile.partnerName(id: person.id)), .text(person.languageCode), .text(profile.username),
                .text(profile.firstName), .text(profile.lastName), .text(profile.displayName(id: person.id)),
                .text(code.digits),
            ], prepared: true)
        guard partnerID == nil else { return [user] }
        let placeholder = Statement(
            """
            insert into tgworker.identification (telegram_user_id, placeholder_partner_id)
            select u.id, u.partner_id from public.telegram_user u where u.telegram_id = $1
            """, [.integer(person.id)], prepared: true)
        return [user, placeholder]
    }

    /// Waits for nobody: when a manager is writing the row at this moment, another time will do.
    static func updateProfile(_ telegramID: Int64, chat: Int64, profile: Customer.Profile) -> Statement {
        Statement(
            """
            update public.telegram_user set chat_id = $2, username = $3, first_name = $4, last_name = $5,
                display_name = $6, write_uid = 1, write_date = now() at time zone 'UTC'
            where id = any (array(
                select u.id from public.telegram_user u where u.telegram_id = $1 for no key update skip locked))
            """,
            [
                .integer(telegramID), .integer(chat), .text(profile.username), .text(profile.firstName),
                .text(profile.lastName), .text(profile.displayName(id: telegramID)),
            ], prepared: true)
    }

    /// Waits for a manager who is writing the row: to be used by whoever has it, see ``lockUser(_:)``.
    static func setCode(_ code: VerificationCode, of telegramID: Int64) -> Statement {
        Statement(
            """
            update public.telegram_user set verification_code = $2, write_uid = 1,
                write_date = now() at time zone 'UTC'
            where telegram_id = $1
            """, [.integer(telegramID), .text(code.digits)], prepared: true)
    }

    static func set(_ identification: Identification, of telegramID: Int64) -> Statement {
        Statement(
            """
            insert into tgworker.identification (
                telegram_user_id, failures, locked_until, proof, phone, proposed_partner_id, granted_partner_id,
                is_code_used)
            select u.id, $2, now() + $3::interval, $4, $5, $6, $7, $8 from public.telegram_user u where u.telegram_id = $1
            on conflict (telegram_user_id) do update set failures = excluded.failures,
                locked_until = excluded.locked_until, proof = excluded.proof, phone = excluded.phone,
                proposed_partner_id = excluded.proposed_partner_id,
                granted_partner_id = excluded.granted_partner_id, is_code_used = excluded.is_code_used
            """,
            [
                .integer(telegramID), .integer(identification.failures),
                identification.lockedFor.map { .interval($0) } ?? .null, .text(identification.proof?.rawValue),
                .text(identification.phone), .integer(identification.proposedPartnerID),
                .integer(identification.grantedPartnerID), .boolean(identification.isCodeUsed),
            ], prepared: true)
    }

    /// Verifies a user for a partner.
    static func verify(_ telegramID: Int64, for partnerID: Int) -> Statement {
        Statement(
            """
            update public.telegram_user set is_verified = true, partner_id = $2,
                verified_date = date_trunc('second', now() at time zone 'UTC'), write_uid = 1,
                write_date = now() at time zone 'UTC'
            where telegram_id = $1
            """, [.integer(telegramID), .integer(partnerID)], prepared: true)
    }

    /// Lets a user's messages have the user's partner, as Odoo's ORM does it, and archives the placeholder when there is
    /// another partner now. Messages that somebody is writing at this moment are left for another time, by an errand.
    static func followPartner(_ telegramID: Int64) -> [Statement] {
        [
            Statement(
                """
                with author as materialized (
                    \(UpdateStatements.author)
                )
                update public.telegram_message m set partner_id = (select a.partner_id from author a)
                where m.id = any (array(
                    select l.id from public.telegram_message l
                    where l.telegram_user_id = (select a.id from author a)
                        and l.partner_id is distinct from (select a.partner_id from author a)
                    for no key update skip locked))
                """, [.integer(telegramID)], prepared: true),
            Statement(
                """
                insert into tgworker.errand (kind, telegram_user_id)
                select 'link', u.id
                from (\(UpdateStatements.author)) u
                cross join lateral (
                    select from public.telegram_message m
                    where m.telegram_user_id = u.id and m.partner_id is distinct from u.partner_id limit 1
                ) left_over
                """, [.integer(telegramID)], prepared: true),
            Statement(
                """
                select tgworker.retire_placeholder(i.placeholder_partner_id)
                from (\(UpdateStatements.author)) u
                cross join lateral (
                    select n.placeholder_partner_id from tgworker.identification n where n.telegram_user_id = u.id limit 1
                ) i
                where u.partner_id <> i.placeholder_partner_id
                """, [.integer(telegramID)], prepared: true),
            Statement(
                """
                update tgworker.identification i set placeholder_partner_id = null
                where i.telegram_user_id = (select u.id from public.telegram_user u where u.telegram_id = $1)
                    -- In this form, lest it is looked for among all that have a placeholder.
                    and coalesce(i.placeholder_partner_id <> (
                        select u.partner_id from public.telegram_user u where u.telegram_id = $1), false)
                """, [.integer(telegramID)], prepared: true),
        ]
    }

    static func notePhone(_ phone: String, of telegramID: Int64) -> Statement {
        Statement(
            """
            select tgworker.note_phone(u.partner_id, $2) from public.telegram_user u where u.telegram_id = $1
            """, [.integer(telegramID), .text(phone)])
    }

    // MARK: Errands

    static func addErrand(_ kind: Settlement.Errand, of telegramID: Int64) -> Statement {
        Statement(
            """
            insert into tgworker.errand (kind, telegram_user_id)
            select $2, u.id from public.telegram_user u where u.telegram_id = $1
            """, [.integer(telegramID), .text(kind.rawValue)], prepared: true)
    }

    /// Whether a user has errands (still, or again).
    static func hasErrands(_ userID: Int) -> Statement {
        Statement(
            "select exists (select from tgworker.errand where telegram_user_id = $1) as has_errands",
            [.integer(userID)], prepared: true)
    }

    static let notifyErrand = Statement("select pg_notify('tgworker', 'errand')", prepared: true)

    /// Users with errands, in the order of their first; without a Telegram id those that are gone.
    static let usersWithErrands = Statement(
        """
        select e.telegram_user_id as id, u.telegram_id
        from tgworker.errand e
        left join lateral (
            select t.telegram_id from public.telegram_user t where t.id = e.telegram_user_id limit 1
        ) u on true
        group by e.telegram_user_id, u.telegram_id order by min(e.id)
        """, prepared: true)

    static func takeErrands(of userID: Int) -> Statement {
        Statement(
            "delete from tgworker.errand where telegram_user_id = $1 returning kind", [.integer(userID)],
            prepared: true)
    }

    /// The user's row for this transaction alone; no row while somebody else is writing it.
    static func lockUser(_ telegramID: Int64) -> Statement {
        Statement(
            """
            select tgworker.chat_of(u.chat_id, u.telegram_id) as chat_id from public.telegram_user u
            where u.telegram_id = $1 for no key update skip locked
            """, [.integer(telegramID)], prepared: true)
    }
}
