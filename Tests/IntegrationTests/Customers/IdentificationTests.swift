import TestSupport
import Testing

@Suite("A customer becomes known", .timeLimit(.minutes(20)))
struct IdentificationTests {
    @Test(
        "by a code that the manager sends from Odoo (variant 1)", arguments: DemoDatabase.allAvailable, Way.allCases)
    func codeFromManager(kind: DemoDatabase, way: Way) async throws {
        let shop = try await Shop.openForCustomers(kind)
        try await shop.database.psql("update res_partner set lang = 'ru_RU' where id = 10")
        let receiver = try await shop.startReceiver(way)
        let maria = shop.guest(4_503_599_627_370_001)
        #expect(try await maria.ask("добрый день").contains("/start"))
        // The manager enters the number that the customer has read out; Odoo's form leaves the chat empty.
        let user = try await shop.number(
            """
            insert into telegram_user (telegram_id, chat_id, partner_id, verification_code, is_verified, create_uid, write_uid)
            values (\(maria.id), 0, 10, '042137', false, 2, 2) returning id
            """)
        #expect(try await shop.database.psql("select tgworker.send_code(\(user))") == "t")
        #expect(try await maria.read().text.contains("042137"))
        #expect(try await maria.ask("042 138").contains("4"), "the tries that are left")
        #expect(try await maria.ask("042-137").contains("Готово"))
        #expect(
            try await shop.database.psql(
                "select is_verified, verified_date is not null, chat_id, partner_id, write_uid, display_name from telegram_user where id = \(user)"
            ) == "t|t|\(maria.id)|10|1|Мария")
        #expect(try await shop.database.psql("select tgworker.send_code(\(user))") == "f", "there is nothing to send")
        try await shop.change([try await shop.order("S-1", partner: 10)], to: "sale")
        #expect(try await maria.read().text.contains("S-1"))
        await receiver.process.terminate()
    }

    @Test(
        "by /start, a code typed early, and the manager's link (variant 2)", arguments: DemoDatabase.allAvailable,
        Way.allCases)
    func startAndLink(kind: DemoDatabase, way: Way) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(way)
        let maria = shop.guest(4_503_599_627_370_001, name: "  Мария <b>&\n")
        let welcome = try await maria.ask("/start")
        let code = try await shop.code(of: maria.id)
        #expect(code.count == 6 && welcome.contains(code))
        #expect(try await maria.ask("/start").contains(code), "the same code again")
        #expect(
            try await shop.database.psql(
                """
                select u.chat_id = u.telegram_id, u.is_verified, u.display_name, u.first_name, u.create_uid, u.create_date = u.write_date,
                    p.name, p.complete_name, p.commercial_partner_id = p.id, p.type, p.active, p.is_company, p.partner_share, p.lang,
                    p.color, p.customer_rank, p.supplier_rank, p.sale_warn, p.invoice_warn, p.message_bounce, p.create_uid,
                    abs(extract(epoch from p.create_date - now() at time zone 'UTC')) < 600
                from telegram_user u join res_partner p on p.id = u.partner_id where u.telegram_id = \(maria.id)
                """)
                == "t|f|Мария <b>&|Мария <b>&|1|t|Мария <b>&|Мария <b>&|t|contact|t|f|t|ru_RU|0|0|0|no-message|no-message|0|1|t"
        )
        let placeholder = try await shop.number("select partner_id from telegram_user")
        #expect(try await maria.ask("Когда привезут?").contains("код"), "what to do next")
        #expect(try await maria.ask(code).contains("верный"))
        #expect(try await maria.ask("Когда привезут?").contains("Менеджер"))
        #expect(try await shop.database.psql("select is_verified from telegram_user") == "f", "nobody has linked")

        let partner = try await shop.partner("Мария Петрова")
        try await shop.manage(
            "update telegram_user set partner_id = \(partner), write_uid = 2 where telegram_id = \(maria.id)")
        #expect(try await maria.read().text.contains("Готово"))
        #expect(
            try await shop.database.psql("select is_verified, partner_id from telegram_user") == "t|\(partner)")
        #expect(try await shop.database.psql("select active from res_partner where id = \(placeholder)") == "f")
        #expect(try await maria.ask("/start").contains("возвращением"))
        #expect(try await maria.hasReadAll())
        await receiver.process.terminate()
    }

    @Test("by the manager's link first and the code then, each step told", arguments: DemoDatabase.allAvailable)
    func linkThenCode(kind: DemoDatabase) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(.polling)
        let ivan = shop.guest(77, name: "Ivan", language: "en-GB")
        #expect(try await ivan.ask("/start").contains("Hello"))
        let code = try await shop.code(of: ivan.id)
        let partner = try await shop.partner("Ivan Petrov", language: "en_US")
        try await shop.manage("update telegram_user set partner_id = \(partner) where telegram_id = 77")
        let linked = try await ivan.read().text
        #expect(linked.contains("manager") && linked.contains(code))
        #expect(try await ivan.ask(code).contains("Done"))
        #expect(try await shop.database.psql("select is_verified from telegram_user") == "t")
        await receiver.process.terminate()
    }

    @Test("by the manager alone, who presses Verify", arguments: [DemoDatabase.fixture])
    func verifiedByManager(kind: DemoDatabase) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(.polling)
        let maria = shop.guest(77)
        _ = try await maria.ask("/start")
        try await shop.manage("update telegram_user set is_verified = true where telegram_id = 77")
        #expect(try await maria.read().text.contains("Готово"))
        await receiver.process.terminate()
    }

    @Test("by an invitation, with one tap, once", arguments: DemoDatabase.allAvailable, Way.allCases)
    func invitation(kind: DemoDatabase, way: Way) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(way)
        let partner = try await shop.partner("Мария Петрова")
        let link = try await shop.database.psql("select tgworker.invite_link(\(partner))")
        let token = try #require(link.split(separator: "=").last)
        #expect(link == "https://t.me/simulator_123456_bot?start=\(token)")
        #expect(token.utf8.count <= 64 && token.allSatisfy { $0.isLetter || $0.isNumber })
        #expect(
            try await shop.number(
                "select count(*) from tgworker.invitation i where i::text like '%\(token)%'") == 0, "hashed at rest")

        let maria = shop.guest(77)
        #expect(try await maria.ask("/start \(token)").contains("Готово"))
        #expect(
            try await shop.database.psql("select is_verified, partner_id, create_uid from telegram_user")
                == "t|\(partner)|1")
        #expect(try await shop.number("select count(*) from res_partner where name = 'Мария'") == 0)
        #expect(try await maria.ask("/start \(token)").contains("возвращением"), "tapped twice")

        let thief = shop.guest(78)
        #expect(try await thief.ask("/start \(token)").contains("больше не действует"))
        #expect(try await shop.number("select count(*) from telegram_user where is_verified") == 1)

        // Somebody who came by /start before and was not linked gets the right partner; what was written moves along.
        let pavel = shop.guest(79, name: "Павел")
        _ = try await pavel.ask("/start")
        let second = try await shop.database.psql("select tgworker.invite_link(\(partner))")
        let placeholder = try await shop.number("select partner_id from telegram_user where telegram_id = 79")
        #expect(try await pavel.ask("/start \(second.split(separator: "=").last ?? "")").contains("Готово"))
        #expect(
            try await shop.database.psql(
                "select u.partner_id, p.active from telegram_user u, res_partner p where u.telegram_id = 79 and p.id = \(placeholder)"
            ) == "\(partner)|f")

        let expired = try await shop.database.psql("select tgworker.invite_link(\(partner))")
        try await shop.database.psql("update tgworker.invitation set expires_at = now() where used_at is null")
        #expect(
            try await thief.ask("/start \(expired.split(separator: "=").last ?? "")").contains("больше не действует"))
        await receiver.process.terminate()
    }

    @Test(
        "by the phone number: proposed to the manager, or enough where the shop says so",
        arguments: DemoDatabase.allAvailable, Way.allCases)
    func phone(kind: DemoDatabase, way: Way) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(way)
        let partner = try await shop.partner("Мария Петрова", phone: "8 (999) 555-44-33")
        let maria = shop.guest(77)
        let welcome = try await { () -> Simulator.SentMessage in
            try await maria.write("/start")
            return try await maria.read()
        }()
        #expect("\(String(describing: welcome.replyMarkup))".lowercased().contains("contact"), "a button to share it")
        let foreign: JSON = ["phone_number": "79995554433", "first_name": "Друг", "user_id": 78]
        #expect(try await maria.ask(nil, ["contact": foreign]).contains("чужой"))
        let nobodys: JSON = ["phone_number": "79995554433", "first_name": "Друг"]
        #expect(try await maria.ask(nil, ["contact": nobodys]).contains("чужой"))
        let own: JSON = ["phone_number": "79995554433", "first_name": "Мария", "user_id": 77]
        #expect(try await maria.ask(nil, ["contact": own]).contains("Спасибо"))
        #expect(
            try await shop.database.psql(
                "select i.proposed_partner_id, i.phone, u.is_verified, p.phone from tgworker.identification i, telegram_user u, res_partner p where p.id = u.partner_id"
            ) == "\(partner)|+79995554433|f|+79995554433")
        try await shop.manage("update telegram_user set partner_id = \(partner)")
        #expect(try await maria.read().text.contains("Готово"), "the manager agrees with the number")

        try await shop.database.psql("update tgworker.setting set value = 'true' where name = 'phone_verifies'")
        let another = try await shop.partner("Павел", mobile: "+7 999 111-22-33")
        let pavel = shop.guest(79)
        let pavels: JSON = ["phone_number": "+79991112233", "first_name": "Павел", "user_id": 79]
        #expect(try await pavel.ask(nil, ["contact": pavels]).contains("Готово"))
        #expect(
            try await shop.database.psql("select is_verified, partner_id from telegram_user where telegram_id = 79")
                == "t|\(another)")
        _ = try await shop.partner("Двойник", phone: "+79991112233")
        let olga = shop.guest(80)
        let shared: JSON = ["phone_number": "+79991112233", "first_name": "Ольга", "user_id": 80]
        #expect(try await olga.ask(nil, ["contact": shared]).contains("Спасибо"), "two have it: nobody is verified")
        #expect(
            try await shop.database.psql(
                "select is_verified, i.proposed_partner_id is null from telegram_user u join tgworker.identification i on i.telegram_user_id = u.id where telegram_id = 80"
            ) == "f|t")
        await receiver.process.terminate()
    }

    @Test("five wrong codes lock for a quarter of an hour and make a new code", arguments: DemoDatabase.allAvailable)
    func lock(kind: DemoDatabase) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(.polling)
        let maria = shop.guest(77)
        _ = try await maria.ask("/start")
        let old = try await shop.code(of: 77)
        let wrong = old == "000000" ? "000001" : "000000"
        for left in [4, 3, 2, 1] { #expect(try await maria.ask(wrong).contains("\(left)")) }
        #expect(try await maria.ask(wrong).contains("15"))
        try await eventually("a new code") { try await shop.code(of: 77) != old }
        let new = try await shop.code(of: 77)
        #expect(try await maria.ask(new).contains("Слишком много"), "not even the right one")
        #expect(try await maria.ask("/start").contains("Слишком много"))
        #expect(
            try await shop.database.psql(
                "select proof is null, locked_until between now() + interval '13 min' and now() + interval '15 min' from tgworker.identification"
            ) == "t|t")
        try await shop.database.psql("update tgworker.identification set locked_until = now() - interval '1 second'")
        #expect(try await maria.ask(old).contains("4"))
        #expect(try await maria.ask("12345").contains("шесть"))
        #expect(try await maria.ask(new).contains("верный"))

        // The manager's button ends a lock, and sends another code than the one that was guessed at.
        try await shop.database.psql(
            "update tgworker.identification set proof = null, locked_until = now() + interval '10 minutes'")
        _ = try await shop.database.psql("select tgworker.send_code(id) from telegram_user")
        let sent = try await maria.read().text
        let fresh = try await shop.code(of: 77)
        #expect(fresh != new && sent.contains(fresh))
        #expect(try await maria.ask(fresh).contains("верный"))
        await receiver.process.terminate()
    }

    @Test("a user whom Odoo has without any number keeps nobody else waiting")
    func numberless() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let receiver = try await shop.startReceiver(.polling)
        let partner = try await shop.partner("Мария Петрова")
        try await shop.database.psql(
            "insert into telegram_user (telegram_id, chat_id, partner_id, verification_code) values (0, 0, 10, '123456')"
        )
        let maria = shop.guest(77)
        _ = try await maria.ask("/start")
        #expect(try await maria.ask(try await shop.code(of: 77)).contains("верный"))
        try await shop.manage("update telegram_user set partner_id = \(partner)")
        #expect(try await maria.read().text.contains("Готово"))
        try await eventually("no errand is left") { try await shop.number("select count(*) from tgworker.errand") == 0 }
        #expect(try await shop.number("select count(*) from tgworker.outbox where chat_id = 0") == 0)
        await receiver.process.terminate()
    }

    @Test("the ledger and the history hold no codes")
    func codesStayPrivate() async throws {
        let shop = try await Shop.openForCustomers(.fixture)
        let receiver = try await shop.startReceiver(.polling)
        let maria = shop.guest(77)
        _ = try await maria.ask("/start")
        let code = try await shop.code(of: 77)
        try await shop.queueDrained()
        #expect(
            try await shop.number("select count(*) from tgworker.delivery d where d::text like '%\(code)%'") == 0)
        #expect(try await shop.number("select count(*) from tgworker.delivery where kind = 'answer'") == 1)
        #expect(try await shop.number("select count(*) from telegram_message") == 0)
        await receiver.process.terminate()
        _ = try await receiver.process.exit()
        #expect(await !receiver.process.text(ofErrors: true).contains(code))
    }
}
