import Installation
import TestSupport
import Testing

extension Schema {
    struct SchemaSnapshotTests {
        @Test(
            "the schema is the one of schema.snapshot (TGWORKER_UPDATE_SNAPSHOT=1 writes it anew)",
            arguments: DemoDatabase.allAvailable)
        func snapshot(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                let worker = try await shop.makeRole("worker")
                try await shop.install(.install(grantTo: [worker]))
                let found = try await shop.describeInstallation(roles: [odoo: "<odoo>", worker: "<worker>"])
                try expect(found, is: .schema, record: kind == .fixture)
            }
        }

        @Test("every table, column, view and function has a comment", arguments: DemoDatabase.allAvailable)
        func comments(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let lacking = try await shop.rows(
                    """
                    select c.relname from pg_class c
                    where c.relnamespace = 'tgworker'::regnamespace and c.relkind in ('r', 'v')
                        and obj_description(c.oid, 'pg_class') is null
                    union all
                    select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
                    where c.relnamespace = 'tgworker'::regnamespace and c.relkind in ('r', 'v') and a.attnum > 0
                        and not a.attisdropped and col_description(c.oid, a.attnum) is null
                    union all
                    select p.oid::regprocedure::text from pg_proc p
                    where p.pronamespace = 'tgworker'::regnamespace and obj_description(p.oid, 'pg_proc') is null
                    """)
                #expect(lacking == [])
                #expect(
                    try await shop.integer(
                        "select count(*) from pg_class where relnamespace = 'tgworker'::regnamespace") > 20)
            }
        }

        @Test(
            "functions that run with their owner's rights have a search_path of their own",
            arguments: DemoDatabase.allAvailable)
        func searchPaths(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let definers = try await shop.rows(
                    """
                    select p.proname, p.proconfig from pg_proc p
                    where p.pronamespace = 'tgworker'::regnamespace and p.prosecdef order by 1
                    """)
                #expect(definers.count == 19)
                for definer in definers {
                    #expect(definer.hasSuffix(#"|{"search_path=pg_catalog, pg_temp"}"#))
                }
            }
        }

        @Test("nobody may call a function who was not given it", arguments: DemoDatabase.allAvailable)
        func functionsAreClosed(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let open = try await shop.rows(
                    """
                    select p.oid::regprocedure from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                    where p.pronamespace = 'tgworker'::regnamespace and a.grantee = 0
                    """)
                #expect(open == [])
            }
        }
    }
}
