import TestSupport
import Testing

@testable import Postgres

@Suite("A query", .timeLimit(.minutes(5)))
struct QueryingTests {
    @Test(
        "takes parameters of every kind",
        arguments: [
            ("select $1::text", Parameter.null, String?.none),
            ("select $1::text", .text(""), ""),
            ("select $1::text", .text(#"it's "quoted" \ $1 ; -- %s 'x"#), #"it's "quoted" \ $1 ; -- %s 'x"#),
            ("select $1::text", .text("Заказ №5 😀\n\t\r e\u{301}"), "Заказ №5 😀\n\t\r e\u{301}"),
            ("select $1::int8 + 1", .integer(Int64.max - 1), "9223372036854775807"),
            ("select $1::int is null", .integer(Int?.none), "t"),
            ("select not $1::bool", .boolean(true), "f"),
            ("select $1::float8 * 2", .double(0.1), "0.2"),
            ("select $1::float8", .double(.infinity), "Infinity"),
            ("select extract(epoch from $1::interval)", .interval(.milliseconds(-1500)), "-1.500000"),
            ("select extract(epoch from $1::interval)", .interval(.microseconds(1)), "0.000001"),
            ("select cardinality($1::int8[])", .array([Int]()), "0"),
            ("select ($1::int8[])[2]", .array([1, Int.min]), "-9223372036854775808"),
            (
                "select array_to_json($1::text[])",
                .array([Parameter.text(#"a"b\c,{d}"#), .text("ж"), .null, .text("NULL"), .text(" ")]),
                #"["a\"b\\c,{d}","ж",null,"NULL"," "]"#
            ),
            ("select $1::jsonb -> 'a' ->> 0", .text(#"{"a": ["\u043f"]}"#), "п"),
        ])
    func parameters(sql: String, parameter: Parameter, expected: String?) async throws {
        try await withConnection { connection async throws in
            #expect(try await connection.value(sql, [parameter]) == expected)
            // Twice prepared: the second time runs the kept plan.
            for _ in 0..<2 { #expect(try await connection.value(sql, [parameter], prepared: true) == expected) }
        }
    }

    @Test("tells the server's error with SQLSTATE, DETAIL and HINT, and leaves the connection usable")
    func serverError() async throws {
        try await withConnection { connection async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query(
                    """
                    do $$ begin raise exception 'no %', 1 using errcode = 'P0123', detail = 'why', hint = 'do so'; end $$
                    """)
            }
            #expect(
                error == PostgresError(.server, sqlState: "P0123", message: "no 1", detail: "why", hint: "do so"))
            let typo = await #expect(throws: PostgresError.self) { try await connection.query("selec 1") }
            #expect(typo?.sqlState == "42601")
            #expect(try await connection.value("select 1") == "1")
        }
    }

    @Test("is not sent when libpq could not take it whole, and does not break the connection")
    func unsendable() async throws {
        try await withConnection { connection async throws in
            let many = Array(repeating: Parameter.integer(1), count: 65_536)
            let tooMany = await #expect(throws: PostgresError.self) { try await connection.query("select 1", many) }
            #expect(tooMany?.sqlState == "54000")
            let cut = await #expect(throws: PostgresError.self) {
                try await connection.query("select $1::text", [.text("a\0b")])
            }
            #expect(cut?.sqlState == "22021")
            #expect(try await connection.value("select $1::text", [.text("ab")]) == "ab")
        }
    }

    @Test("may not be a COPY, which ends the connection instead of hanging it", arguments: ["script", "query"])
    func copy(way: String) async throws {
        let received = Received()
        try await withConnection(handlers: received.handlers) { connection async throws in
            let sql = "copy (select 1) to stdout"
            await #expect(throws: PostgresError.self) {
                if way == "script" { try await connection.script(sql) } else { try await connection.query(sql) }
            }
            #expect(await !connection.isOpen)
            #expect(received.losses.count == 1)
        }
    }

    @Test("is one of a thousand that wait for their turn")
    func queue() async throws {
        try await withConnection { connection async throws in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...1000 {
                    group.addTask {
                        let rows = try await connection.query("select $1::int as n", [.integer(number)], prepared: true)
                        return try rows[0].get("n") == number ? number : 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 500_500)
        }
    }

    @Test("brings a hundred thousand rows")
    func manyRows() async throws {
        try await withConnection { connection async throws in
            let rows = try await connection.query(
                "select n, repeat('x', n % 100) as text from generate_series(1, 100000) n")
            #expect(rows.count == 100_000)
            #expect(try rows.reduce(0) { try $0 + $1.get("n", as: Int.self) } == 5_000_050_000)
            #expect(try rows[98].get("text") == String(repeating: "x", count: 99))
        }
    }

    @Test("takes a parameter of ten megabytes")
    func largeParameter() async throws {
        try await withConnection { connection async throws in
            let text = String(repeating: "0123456789", count: 1_000_000)
            let rows = try await connection.query(
                "select length($1::text) as length, md5($1) = md5(repeat('0123456789', 1000000)) as same", [.text(text)]
            )
            #expect(try rows[0].get("length") == 10_000_000)
            #expect(try rows[0].get("same"))
        }
    }

    @Test("does not lock up when the answers fill the network while the request is still being sent")
    func bothDirections() async throws {
        try await withConnection { connection async throws in
            let text = String(repeating: "x", count: 200_000)
            let statements = (1...100).map { Statement("select $1::text as t, \($0) as n", [.text(text)]) }
            let answers = try await connection.group(statements)
            #expect(answers.count == 100)
            for (index, rows) in answers.enumerated() {
                #expect(try rows[0].get("n") == index + 1)
                #expect(try rows[0].get("t", as: String.self).utf8.count == 200_000)
            }
        }
    }
}

@Suite("A group of statements", .timeLimit(.minutes(5)))
struct GroupTests {
    @Test("has one answer for each statement")
    func answers() async throws {
        try await withConnection { connection async throws in
            let answers = try await connection.group([
                Statement("create temporary table t (n int)"),
                Statement("insert into t values ($1), ($2)", [.integer(1), .integer(2)]),
                Statement("select sum(n) as sum from t", prepared: true),
            ])
            #expect(answers.map(\.commandTag) == ["CREATE TABLE", "INSERT 0 2", "SELECT 1"])
            #expect(try answers[2][0].get("sum") == 3)
            #expect(try await connection.group([]).isEmpty)
        }
    }

    @Test("has no effect when one of them fails, and the connection stays usable")
    func atomic() async throws {
        try await withConnection { connection async throws in
            try await connection.query("create temporary table t (n int primary key)")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.group([
                    Statement("insert into t values (1)"), Statement("insert into t values (2), (2)"),
                    Statement("insert into t values (3)"),
                ])
            }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(try await connection.value("select count(*) from t") == "0")
        }
    }

    @Test("keeps prepared statements for the next time, those of a failed group too, but not refused ones")
    func prepared() async throws {
        try await withConnection { connection async throws in
            for number in 1...5 {
                #expect(try await connection.value("select $1::int", [.integer(number)], prepared: true) == "\(number)")
            }
            await #expect(throws: PostgresError.self) {
                try await connection.group([
                    Statement("select 'kept'", prepared: true), Statement("select 1/0"),
                    Statement("select 'skipped'", prepared: true),
                ])
            }
            await #expect(throws: PostgresError.self) { try await connection.query("table later", prepared: true) }
            try await connection.query("create temporary table later (n int)")
            #expect(try await connection.query("table later", prepared: true).isEmpty)
            #expect(try await connection.value("select 'kept'", prepared: true) == "kept")
            #expect(try await connection.value("select 'skipped'", prepared: true) == "skipped")
            let kept = try await connection.query("select statement from pg_prepared_statements order by prepare_time")
            #expect(
                try kept.map { try $0.get("statement", as: String.self) }
                    == ["select $1::int", "select 'kept'", "table later", "select 'skipped'"])
        }
    }
}

@Suite("A script", .timeLimit(.minutes(5)))
struct ScriptTests {
    @Test("has one answer for each of its statements")
    func answers() async throws {
        try await withConnection { connection async throws in
            let answers = try await connection.script("select 1 as n; create temporary table t (n int); select 2 as n;")
            #expect(answers.map(\.commandTag) == ["SELECT 1", "CREATE TABLE", "SELECT 1"])
            #expect(try answers[2][0].get("n") == 2)
            #expect(try await connection.script("").map(\.count) == [0])
        }
    }

    @Test("throws its first error and has no effect, and the connection stays usable")
    func failure() async throws {
        try await withConnection { connection async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.script("create temporary table t (n int); select 1/0; select 1")
            }
            #expect(error?.sqlState == "22012")
            #expect(try await connection.value("select to_regclass('t')") == nil)
        }
    }
}
