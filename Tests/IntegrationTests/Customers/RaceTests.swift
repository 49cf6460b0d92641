import TestSupport
import Testing

@Suite("Customers, workers and managers at the same time", .timeLimit(.minutes(20)))
struct RaceTests {
    private func update(_ id: Int, _ text: String, from person: Int64) -> String {
        #"{"update_id":\#(id),"message":{"message_id":\#(id),"date":1795000000,"text":"\#(text)","#
            + #""chat":{"id":\#(person),"type":"private"},"from":{"id":\#(person),"is_bot":false,"first_name":"R\#(person)"}}}"#
    }

    @Test(
        "two workers take the same webhooks while managers edit, link and invite: nobody twice, no deadlock",
        arguments: DemoDatabase.allAvailable)
    func everybody(kind: DemoDatabase) async throws {
        let people = 40
        let shop = try await Shop.openForCustomers(kind)
        let first = try await shop.startReceiver(.webhook)
        let second = try await shop.startReceiver(.webhook, awaiting: "standing by")
        try await shop.telegram.call("deleteWebhook")
        for person in 1...people { try await shop.telegram.registerChat(Int64(person)) }
        let deadlocks = try await shop.number(
            "select deadlocks from pg_stat_database where datname = current_database()")

        // Managers edit whoever is there, as Odoo does: REPEATABLE READ, and once more when it could not be serialized.
        let managers = try await (1...3).asyncMap { _ in
            try await ChildProcess.start(
                "psql", ["-X", "-q", "-d", shop.database.url],
                input: String(
                    repeating: """
                        begin isolation level repeatable read;
                        update telegram_user set first_name = 'M' || (random() * 1000)::int, write_date = now()
                        where id = (select id from telegram_user order by random() limit 1);
                        select pg_sleep(0.002);
                        select tgworker.send_code(id) from telegram_user where not is_verified order by random() limit 1;
                        select tgworker.invite_link(10);
                        commit;

                        """, count: 400))
        }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for person in 1...people {
                group.addTask {
                    // One person's updates in order, each by both workers at once, and once more.
                    for (step, text) in ["/start", "/start", "111111", "hello", "/orders", "/help"].enumerated() {
                        let body = update(person * 100 + step, text, from: Int64(person))
                        async let one = first.post(body.utf8)
                        async let two = second.post(body.utf8)
                        async let three = first.post(body.utf8)
                        let statuses = try await [one, two, three]
                        if statuses != [200, 200, 200] { return 0 }
                    }
                    return 1
                }
            }
            let done = try await group.reduce(0, +)
            #expect(done == people)
        }
        for manager in managers {
            _ = try await manager.exit()
            let errors = await manager.text(ofErrors: true)
            #expect(!errors.contains("deadlock"))
            #expect(
                errors.split(separator: "\n").allSatisfy { $0.contains("serialize") || $0.contains("aborted") },
                "\(errors)")
        }
        #expect(
            try await shop.database.psql(
                """
                select (select count(*) from telegram_user), (select count(distinct telegram_id) from telegram_user),
                    (select count(*) from res_partner where name ~ '^R[0-9]+$'), (select count(*) from tgworker.update_log),
                    (select count(*) from tgworker.update_log where outcome <> 'handled'),
                    (select count(*) from tgworker.identification where placeholder_partner_id is not null)
                """) == "\(people)|\(people)|\(people)|\(people * 6)|0|\(people)")
        #expect(
            try await shop.number("select deadlocks from pg_stat_database where datname = current_database()")
                == deadlocks)

        // All of them are linked by managers at the same time as they type their codes.
        let partner = try await shop.partner("Все")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for person in 1...people {
                group.addTask {
                    let code = try await shop.code(of: Int64(person))
                    async let typed = (person.isMultiple(of: 2) ? first : second).post(
                        update(person * 100 + 50, code, from: Int64(person)).utf8)
                    // Odoo repeats what could not be serialized.
                    for _ in 1...5 {
                        do {
                            try await shop.manage(
                                "update telegram_user set partner_id = \(partner) where telegram_id = \(person)")
                            break
                        } catch let error as TestSupportError where error.description.contains("serialize") {}
                    }
                    #expect(try await typed == 200)
                }
            }
            try await group.waitForAll()
        }
        try await eventually("everybody is verified") {
            try await shop.number("select count(*) from telegram_user where is_verified and partner_id = \(partner)")
                == people
        }
        try await shop.queueDrained()
        let greeted = try await shop.telegram.sent(count: 0).filter { $0.text.contains("Готово") }
        #expect(Set(greeted.map(\.chatId)).count == people)
        #expect(greeted.count == people, "nobody is congratulated twice")
        await first.process.terminate()
        await second.process.terminate()
    }

    @Test(
        "a manager's long transaction on a customer's row keeps nobody waiting, and what it changes is followed up",
        arguments: DemoDatabase.allAvailable)
    func longTransaction(kind: DemoDatabase) async throws {
        let shop = try await Shop.openForCustomers(kind)
        let receiver = try await shop.startReceiver(.polling)
        let (maria, pavel) = (shop.guest(77), shop.guest(78, name: "Павел"))
        for guest in [maria, pavel] { _ = try await guest.ask("/start") }
        let partner = try await shop.partner("Мария Петрова")
        try await shop.manage("update telegram_user set partner_id = \(partner) where telegram_id = 78")
        #expect(try await pavel.read().text.contains("Менеджер нашёл"))
        // The manager's transaction ends when the holder of the lock that it waits for does.
        let holder = try await ChildProcess.start(
            "psql", ["-X", "-q", "-d", shop.database.url], environment: ["PGAPPNAME": "holder"],
            input: "select 'held', pg_advisory_lock(4711); select pg_sleep(600);")
        _ = try await holder.line(containing: "held")
        let manager = try await ChildProcess.start(
            "psql", ["-X", "-q", "-d", shop.database.url],
            input: """
                begin isolation level repeatable read;
                update telegram_user set first_name = 'Правка', partner_id = \(partner) where telegram_id = 77;
                insert into telegram_user (telegram_id, partner_id, is_verified) values (79, \(partner), false);
                update telegram_user set last_name = 'Правка' where telegram_id = 78 returning 'locked' as state;
                select pg_advisory_lock(4711);
                commit;
                """)
        _ = try await manager.line(containing: "locked")
        // Whoever the manager is entering has to wait, but alone.
        let olga = shop.guest(79, name: "Ольга")
        try await olga.write("/start")
        #expect(try await maria.ask(try await shop.code(of: 77)).contains("верный"), "who is linked meanwhile")
        try await pavel.write(try await shop.code(of: 78))
        #expect(try await maria.ask("/help").contains("бот"))
        #expect(try await shop.database.psql("select count(*) from telegram_user where is_verified") == "0")
        try await shop.database.psql(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'holder' and datname = current_database()
            """)
        #expect(try await manager.exit() == .exited(0))
        #expect(try await maria.read().text.contains("Готово"))
        #expect(try await pavel.read().text.contains("Готово"))
        #expect(try await olga.read().text.contains("Ваш код"))
        #expect(
            try await shop.database.psql(
                "select telegram_id, first_name, last_name, partner_id from telegram_user order by 1")
                == "77|Правка||\(partner)\n78|Павел|Правка|\(partner)\n79|Ольга||\(partner)")
        await receiver.process.terminate()
    }
}

extension Sequence where Element: Sendable {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
