import Administration
import Testing

@Suite("What the schema should look like", .timeLimit(.minutes(1)))
struct SchemaExpectationTests {
    @Test("functions and indexes are read out of migrations, the last definition of each")
    func reading() {
        let expectation = SchemaExpectation([
            """
            create function tgworker.a(x int) returns int language sql as $$ select 1 $$;
            comment on function tgworker.a(int) is 'none as $$';
            create index one on tgworker.outbox (id);
            create unique index two on tgworker.outbox (id)
                where true;
            """, "create or replace function tgworker.a(x int) returns int language sql as $$ select 2 $$;",
        ])
        #expect(expectation.functions == ["a": " select 2 "])
        #expect(expectation.indexes == ["one", "two"])
    }

    @Test("rights are read out of the function that lists them, one privilege on one object each")
    func rights() {
        let expectation = SchemaExpectation([
            """
            create function tgworker.worker_rights() returns text[] language sql as $$
            select array['usage on schema tgworker', 'select, insert on tgworker.a, tgworker.b',
                'select (id, name) on public.c', 'execute on function tgworker.f(text, int), tgworker.g()',
                'usage on sequence public.c_id_seq']
            $$;
            """
        ])
        #expect(
            expectation.rights.map(\.description) == [
                "usage on tgworker", "select on tgworker.a", "insert on tgworker.a", "select on tgworker.b",
                "insert on tgworker.b", "select (id) on public.c", "select (name) on public.c",
                "execute on tgworker.f(text, int)", "execute on tgworker.g()", "usage on public.c_id_seq",
            ])
    }

    @Test("this program's migrations are understood")
    func current() {
        let current = SchemaExpectation.current
        #expect(current.functions.count >= 30 && current.indexes.count >= 12 && current.rights.count > 100)
        #expect(current.functions.values.allSatisfy { !$0.isEmpty })
    }
}
