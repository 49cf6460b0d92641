import Installation
import Postgres
import TestSupport
import Testing

extension Schema {
    struct GrantTests {
        /// What a role may do in the database, one line for each right; rights that follow from others are left out.
        private func rights(of role: String, in shop: Shop) async throws -> Set<String> {
            Set(
                try await shop.rows(
                    """
                    set search_path = pg_catalog;
                    with subject as (
                        select c.oid, c.oid::regclass as name, c.relkind from pg_class c
                        join pg_namespace n on n.oid = c.relnamespace
                        where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
                    )
                    select p || ' ' || s.name from subject s,
                        unnest('{select,insert,update,delete,truncate,references,trigger}'::text[]) p
                    where s.relkind in ('r', 'v', 'm', 'p', 'f') and has_table_privilege('\(role)', s.oid, p)
                    union
                    select p || ' ' || s.name || '.' || a.attname from subject s join pg_attribute a on a.attrelid = s.oid,
                        unnest('{select,insert,update,references}'::text[]) p
                    where s.relkind in ('r', 'v', 'm', 'p', 'f') and a.attnum > 0 and not a.attisdropped
                        and has_column_privilege('\(role)', s.oid, a.attnum, p) and not has_table_privilege('\(role)', s.oid, p)
                    union
                    select p || ' ' || s.name from subject s, unnest('{usage,select,update}'::text[]) p
                    where s.relkind = 'S' and has_sequence_privilege('\(role)', s.oid, p)
                    union
                    select 'execute ' || f.oid::regprocedure from pg_proc f join pg_namespace n on n.oid = f.pronamespace
                    where n.nspname not in ('pg_catalog', 'information_schema') and has_function_privilege('\(role)', f.oid, 'execute')
                    union
                    select p || ' ' || n.nspname from pg_namespace n, unnest('{usage,create}'::text[]) p
                    where has_schema_privilege('\(role)', n.oid, p)
                    union
                    select p || ' database' from unnest('{create,connect,temporary}'::text[]) p
                    where has_database_privilege('\(role)', current_database(), p)
                    """))
        }

        /// The lines that a right of `tgworker.worker_rights()` should make, such as "select (id) on public.sale_order".
        private func lines(of right: String) throws -> [String] {
            let match = try #require(
                right.wholeMatch(of: /([a-z, ]+?) (?:\(([a-z_, ]+)\) )?on (?:function |sequence |schema )?(.*)/))
            let objects = String(match.3)
                .replacing(", text)", with: ",text)").replacing("(bigint, bigint)", with: "(bigint,bigint)").replacing(
                    "timestamptz", with: "timestamp with time zone")
            return String(match.1).split(separator: ", ").flatMap { privilege in
                objects.split(separator: ", ").flatMap { object in
                    match.2.map { columns in
                        columns.split(separator: ", ").map { "\(privilege) \(object).\($0)" }
                    } ?? ["\(privilege) \(object)"]
                }
            }
        }

        @Test("a login role gets exactly the worker's rights, once", arguments: DemoDatabase.allAvailable)
        func exactly(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                let worker = try await shop.makeRole("worker")
                let nobody = try await shop.makeRole("nobody")
                #expect(
                    try await shop.install(.install(grantTo: [worker])).changes.last
                        == "granted the worker's rights to role \(worker)")
                let granted = try await rights(of: worker, in: shop).subtracting(rights(of: nobody, in: shop))
                let wanted = try await shop.rows("select unnest(tgworker.worker_rights())").flatMap(lines)
                #expect(wanted.count > 50)
                #expect(granted.subtracting(wanted) == [], "and nothing more")
                #expect(Set(wanted).subtracting(granted) == [])

                #expect(try await shop.install(.install(grantTo: [worker])) == [.upToDate])
                #expect(try await shop.rows("select role_name from tgworker.granted_role") == [worker])
                #expect(try await rights(of: odoo, in: shop).contains("execute tgworker.retry(bigint)"))
            }
        }

        @Test(
            "what was granted before stays as it is when the worker's role loses it",
            arguments: DemoDatabase.allAvailable)
        func othersKeepTheirs(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let worker = try await shop.makeRole("worker")
                let reader = try await shop.makeRole("reader")
                try await shop.psql("grant select on sale_order to \(reader)")
                let before = try await rights(of: reader, in: shop)
                let fresh = try await rights(of: worker, in: shop)
                try await shop.install(.install(grantTo: [worker]))
                #expect(try await rights(of: reader, in: shop) == before)
                try await shop.uninstall()
                #expect(try await rights(of: reader, in: shop) == before)
                #expect(try await rights(of: worker, in: shop) == fresh)
            }
        }

        @Test("several roles, awkward names among them", arguments: DemoDatabase.allAvailable)
        func severalRoles(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let roles = [try await shop.makeRole("tg-Worker"), try await shop.makeRole("it's")]
                let plan = InstallationPlan.install(grantTo: roles)
                let changes = try await shop.install(plan).changes
                #expect(changes.suffix(2) == roles.map { "granted the worker's rights to role \($0)" })
                #expect(try await shop.rows(plan.script) == [])
                #expect(try await shop.uninstall().changes.filter { $0.hasPrefix("revoked") }.count == 2)
            }
        }

        @Test(
            "a role that has its rights gets them again on a table that Odoo made anew",
            arguments: DemoDatabase.allAvailable)
        func renewed(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let worker = try await shop.makeRole("worker")
                try await shop.install(.install(grantTo: [worker]))
                let before = try await rights(of: worker, in: shop)
                try await shop.psql("drop table telegram_message cascade")
                #expect(try await shop.install().changes.last == "granted the worker's rights to role \(worker)")
                #expect(try await rights(of: worker, in: shop) == before)
                #expect(try await shop.install() == [.upToDate])
            }
        }

        @Test(
            "the worker's role reads three of Odoo's parameters and none of its secrets",
            arguments: DemoDatabase.allAvailable)
        func secrets(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                _ = try await shop.handOver()
                let worker = try await shop.makeRole("worker")
                try await shop.install(.install(grantTo: [worker]))
                try await shop.psql(
                    """
                    delete from ir_config_parameter where key = 'database.secret';
                    insert into ir_config_parameter (key, value) values ('database.secret', 'hush');
                    """)
                let uuid = try await shop.psql("select value from ir_config_parameter where key = 'database.uuid'")
                #expect(try await shop.psql("select tgworker.odoo_parameter('database.uuid')", as: worker) == uuid)
                #expect(
                    try await shop.psql("select tgworker.odoo_parameter('database.secret') is null", as: worker) == "t")
                for secret in [
                    "value from ir_config_parameter", "password from res_users", "signature from res_users",
                    "email from res_partner",
                ] {
                    await #expect(throws: (any Error).self, "\(secret)") {
                        try await shop.psql("select \(secret)", as: worker)
                    }
                }
            }
        }

        @Test(
            "what looks into Odoo's tables runs with the rights of their owner, not of the DBA",
            arguments: DemoDatabase.allAvailable)
        func definers(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                let partner = try await shop.makePartner()
                // Odoo's role puts a view in the place of its table; what the view calls must not run as the superuser.
                try await shop.psql(
                    """
                    create table witness (who text);
                    create function testify() returns boolean language plpgsql as $$
                    begin
                        insert into public.witness values (current_user);
                        return true;
                    end
                    $$;
                    alter table telegram_user rename to telegram_user_before;
                    create view telegram_user as select 1 as id, 2::bigint as chat_id, 3::bigint as telegram_id,
                        \(partner) as partner_id, public.testify() as is_verified;
                    """, as: odoo)
                try await shop.write("sale", to: shop.makeOrder(of: partner))
                #expect(try await shop.rows("select distinct who from witness") == [odoo])
            }
        }
    }
}
