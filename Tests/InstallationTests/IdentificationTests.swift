import Installation
import Postgres
import TestSupport
import Testing

extension Schema {
    struct IdentificationTests {
        /// The errands that wait: kind and user.
        private func errands(_ shop: Shop) async throws -> [String] {
            try await shop.rows("select kind, telegram_user_id from tgworker.errand order by id")
        }

        @Test("a code is sent to whoever has a chat and is not verified", arguments: DemoDatabase.allAvailable)
        func sendCode(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                let partner = try await shop.makePartner()
                let waiting = try await shop.makeTelegramUser(of: partner, telegramID: 1, isVerified: false)
                let unset = try await shop.makeTelegramUser(of: partner, telegramID: 2, isVerified: nil)
                let verified = try await shop.makeTelegramUser(of: partner, telegramID: 3)
                let chatless = try await shop.makeTelegramUser(of: partner, telegramID: 0, chatID: 0, isVerified: false)
                for (user, isSent) in [(waiting, "t"), (unset, "t"), (verified, "f"), (chatless, "f"), (-1, "f")] {
                    #expect(try await shop.psql("select tgworker.send_code(\(user))", as: odoo) == isSent)
                }
                #expect(try await errands(shop) == ["code|\(waiting)", "code|\(unset)"])
                try await shop.psql("drop table telegram_user cascade")
                #expect(try await shop.psql("select tgworker.send_code(\(waiting))", as: odoo) == "f")
            }
        }

        @Test("an invitation is a secret of which only the hash is kept", arguments: DemoDatabase.allAvailable)
        func inviteLink(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                let partner = try await shop.makePartner()
                await #expect(throws: TestSupportError.self, "the bot is not known") {
                    try await shop.psql("select tgworker.invite_link(\(partner))", as: odoo)
                }
                try await shop.psql(
                    "insert into tgworker.bot (id, username) values (1, 'shop_bot'); update tgworker.setting set value = '24' where name = 'invite_hours'"
                )
                await #expect(throws: TestSupportError.self, "there is no such partner") {
                    try await shop.psql("select tgworker.invite_link(-1)", as: odoo)
                }
                let link = try await shop.psql("select tgworker.invite_link(\(partner))", as: odoo)
                let another = try await shop.psql("select tgworker.invite_link(\(partner))", as: odoo)
                #expect(link.hasPrefix("https://t.me/shop_bot?start=") && link != another)
                let token = try #require(link.split(separator: "=").last)
                #expect(token.utf8.count == 32)
                #expect(
                    try await shop.rows(
                        """
                        select partner_id, used_at is null, expires_at - created_at = interval '24 hours' from tgworker.invitation
                        where token_hash = sha256(convert_to('\(token)', 'UTF8'))
                        """) == ["\(partner)|t|t"])
                #expect(
                    try await shop.rows("select 1 from tgworker.invitation i where i::text like '%\(token)%'") == [])
            }
        }

        @Test(
            "a user who is verified or moved to another partner is news; other changes are not",
            arguments: DemoDatabase.allAvailable)
        func userChanged(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                let partner = try await shop.makePartner()
                let other = try await shop.makePartner()
                let user = try await shop.makeTelegramUser(of: partner, telegramID: 5, isVerified: false)
                try await shop.psql("update telegram_user set first_name = 'M', is_verified = false", as: odoo)
                #expect(try await errands(shop) == [])
                try await shop.psql("update telegram_user set partner_id = \(other)", as: odoo)
                try await shop.psql("update telegram_user set partner_id = \(other)", as: odoo)
                #expect(try await errands(shop) == ["link|\(user)"])
                #expect(try await shop.outbox() == [])
                try await shop.psql("update telegram_user set is_verified = true", as: odoo)
                try await shop.psql("update telegram_user set is_verified = true", as: odoo)
                #expect(
                    try await shop.rows("select kind, priority, chat_id, telegram_user_id, event from tgworker.outbox")
                        == [#"answer|0|5|\#(user)|{"verified": {}}"#])
                #expect(try await errands(shop) == ["link|\(user)"])
                // Odoo never notices that what it is told to is gone.
                try await shop.psql("drop table tgworker.errand")
                try await shop.psql("update telegram_user set partner_id = \(partner), is_verified = false", as: odoo)
                try await shop.psql("drop schema tgworker cascade")
                try await shop.psql("update telegram_user set partner_id = \(other), is_verified = true", as: odoo)
            }
        }

        @Test(
            "phone numbers are compared with their country code",
            arguments: [
                ("+7 916 123-45-67", "79161234567"), ("8 (916) 123-45-67", "79161234567"),
                ("916 123 45 67", "79161234567"),
                ("0079161234567", "79161234567"), ("+6591234567", "6591234567"), ("+8 123 456 78 901", "812345678901"),
                ("tel. 123", ""), ("", ""), ("+44 20 7946 0958", "442079460958"),
            ])
        func phones(written: String, normal: String) async throws {
            try await Shop.withInstallation(.fixture) { (shop: Shop) async throws in
                #expect(try await shop.psql("select tgworker.normal_phone('\(written)')") == normal)
            }
        }

        @Test("partners are found by either number, but not archived ones", arguments: DemoDatabase.allAvailable)
        func partnersWithPhone(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let (first, second, third) = (
                    try await shop.makePartner(), try await shop.makePartner(), try await shop.makePartner()
                )
                try await shop.psql(
                    """
                    update res_partner set phone = '8 999 555 44 33' where id = \(first);
                    update res_partner set mobile = '+7 (999) 555-44-33' where id = \(second);
                    update res_partner set phone = '+79995554433', active = false where id = \(third)
                    """)
                #expect(
                    try await shop.rows("select tgworker.partners_with_phone('+79995554433')") == [
                        "\(first)", "\(second)",
                    ])
            }
        }

        @Test(
            "the partner of an unknown customer goes when another is linked, unless somebody has worked with it",
            arguments: DemoDatabase.allAvailable)
        func placeholder(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                func make() async throws -> Int {
                    let partner = try await shop.integer("select tgworker.new_partner('Мария', 'ru')")
                    try await shop.psql(
                        "insert into tgworker.identification (telegram_user_id, placeholder_partner_id) values (-\(partner), \(partner))"
                    )
                    return partner
                }
                func retire(_ partner: Int) async throws -> String {
                    let answer = try await shop.psql("select tgworker.retire_placeholder(\(partner))")
                    #expect(
                        try await shop.psql("select active from res_partner where id = \(partner)")
                            == (answer == "t" ? "f" : "t"))
                    return answer
                }
                let untouched = try await make()
                #expect(try await retire(untouched) == "t")
                let noted = try await make()
                try await shop.psql("select tgworker.note_phone(\(noted), '+79995554433')")
                #expect(
                    try await shop.psql("select phone, phone_sanitized, write_uid from res_partner where id = \(noted)")
                        == "+79995554433|+79995554433|1")
                #expect(try await retire(noted) == "t", "a number that was noted is no work")
                let edited = try await make()
                try await shop.psql("update res_partner set write_uid = 2 where id = \(edited)")
                try await shop.psql("select tgworker.note_phone(\(edited), '+79995554433')")
                #expect(try await retire(edited) == "f")
                let ordering = try await make()
                _ = try await shop.makeOrder(of: ordering)
                #expect(try await retire(ordering) == "f")
                let parent = try await make()
                _ = try await shop.makePartner("Child", of: parent)
                #expect(try await retire(parent) == "f")
                let used = try await make()
                _ = try await shop.makeTelegramUser(of: used, telegramID: 9)
                #expect(try await retire(used) == "f")
                let stranger = try await shop.makePartner()
                try await shop.psql("update res_partner set create_uid = 1, write_uid = 1 where id = \(stranger)")
                #expect(try await retire(stranger) == "f", "only those that were made here")
            }
        }

        @Test(
            "the partner of an unknown customer has all that Odoo computes and stores",
            arguments: DemoDatabase.allAvailable)
        func newPartner(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.integer("select tgworker.new_partner('Мария <b>', 'ru')")
                // What a real Odoo 17 writes for env['res.partner'].create({'name': …, 'lang': 'ru_RU'}), but for its user's time zone.
                #expect(
                    try await shop.rows(
                        """
                        select key, value from res_partner p, jsonb_each_text(to_jsonb(p))
                        where id = \(partner) and value is not null and key not in ('id', 'create_date', 'write_date',
                            'calendar_last_notif_ack', 'commercial_partner_id')
                        order by key
                        """) == [
                            "active|true", "color|0", "complete_name|Мария <b>", "create_uid|1", "customer_rank|0",
                            "invoice_warn|no-message", "is_company|false", "lang|ru_RU", "message_bounce|0",
                            "name|Мария <b>",
                            "partner_share|true", "sale_warn|no-message", "supplier_rank|0", "type|contact",
                            "write_uid|1",
                        ])
                #expect(
                    try await shop.psql(
                        "select commercial_partner_id = id, create_date = write_date from res_partner where id = \(partner)"
                    )
                        == "t|t")
                for (code, language) in [("en", "en_US"), ("en-GB", "en_US"), ("de", "ru_RU"), ("", "ru_RU")] {
                    let id = try await shop.integer("select tgworker.new_partner('X', nullif('\(code)', ''))")
                    #expect(try await shop.psql("select lang from res_partner where id = \(id)") == language, "\(code)")
                }
            }
        }
    }
}
