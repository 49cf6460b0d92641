import Installation
import Postgres
import TestSupport
import Testing

extension Schema {
    struct WideningTests {
        /// Makes the columns what the addon makes them, as Odoo does when the addon is upgraded.
        static let narrowSQL = """
            alter table telegram_user alter column telegram_id type integer using telegram_id::integer;
            alter table telegram_user alter column chat_id type integer using chat_id::integer;
            alter table telegram_message alter column message_id type integer using message_id::integer;
            """

        static let widened = [
            "widened public.telegram_message.message_id to bigint",
            "widened public.telegram_user.chat_id to bigint",
            "widened public.telegram_user.telegram_id to bigint",
        ]

        @Test(
            "Odoo can make the ids narrow again while tgworker is installed, and the next run widens them",
            arguments: DemoDatabase.allAvailable)
        func again(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                try await shop.psql(Self.narrowSQL)
                #expect(try await shop.install().changes == Self.widened)
                try expect(try await shop.describeAddonTables(), is: .addon)
                #expect(try await shop.install() == [.upToDate])
            }
        }

        @Test("rows, constraints and indexes outlive the widening", arguments: DemoDatabase.allAvailable)
        func keepsData(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                try await shop.psql(Self.narrowSQL)
                try await shop.psql(
                    """
                    insert into telegram_user (telegram_id, chat_id, partner_id, is_verified)
                    select 1000000 + n, case when n % 3 > 0 then 1000000 + n end, \(partner), n % 2 = 0 from generate_series(1, 500) n;
                    insert into telegram_message (telegram_user_id, direction, message_date, message_id, text)
                    select id, 'incoming', '2026-03-10', nullif(id % 7, 0), 'text ' || id from telegram_user;
                    """)
                let rowsSQL = """
                    select 'u', u.id, u.telegram_id, u.chat_id, u.partner_id, u.is_verified from telegram_user u
                    union all
                    select 'm', m.id, m.telegram_user_id, m.message_id, length(m.text), m.is_read from telegram_message m
                    order by 1, 2
                    """
                let before = try await shop.rows(rowsSQL)
                #expect(before.count >= 1000)
                #expect(try await shop.install().changes == Self.widened)
                #expect(try await shop.rows(rowsSQL) == before)

                await #expect(throws: (any Error).self, "telegram_id is unique") {
                    try await shop.makeTelegramUser(of: partner, telegramID: 1_000_001)
                }
                await #expect(throws: (any Error).self, "telegram_id is not null") {
                    try await shop.psql("update telegram_user set telegram_id = null")
                }
                let plan = try await shop.psql(
                    "set enable_seqscan = off; explain select id from telegram_user where telegram_id = 1000001::bigint"
                )
                #expect(plan.contains("Index"))
            }
        }

        @Test(
            "ids above 2³¹ and of 52 bits fit", arguments: DemoDatabase.allAvailable,
            [2_147_483_648, 4_503_599_627_370_495])
        func wideIDs(kind: DemoDatabase, id: Int) async throws {
            try await Shop.withInstallation(kind) { shop in
                let partner = try await shop.makePartner()
                let user = try await shop.makeTelegramUser(of: partner, telegramID: id, chatID: id)
                try await shop.psql(
                    """
                    insert into telegram_message (telegram_user_id, direction, message_date, message_id)
                    values (\(user), 'incoming', now(), \(id))
                    """)
                let order = try await shop.makeOrder(of: partner)
                try await shop.write("sale", to: order)
                #expect(try await shop.outbox() == ["order_state|2|\(id)|\(user)|\(order)|sale"])
            }
        }

        @Test("a table is rewritten once, whatever the number of columns", arguments: DemoDatabase.allAvailable)
        func rewritesOnce(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                try await shop.psql(Self.narrowSQL)
                try await shop.psql(
                    """
                    create table rewrite (relation text);
                    create function count_rewrite() returns event_trigger language plpgsql as $$
                    begin
                        insert into public.rewrite values (pg_event_trigger_table_rewrite_oid()::regclass);
                    end
                    $$;
                    create event trigger count_rewrite on table_rewrite execute function count_rewrite();
                    """)
                try await shop.install()
                #expect(
                    try await shop.rows("select relation from rewrite order by 1") == [
                        "public.telegram_message", "public.telegram_user",
                    ])
            }
        }
    }
}
