import Testing

@testable import Postgres

@Suite("An answer", .timeLimit(.minutes(5)))
struct RowsTests {
    @Test("gives its values as the types that they are read as")
    func values() async throws {
        try await withConnection { connection async throws in
            let rows = try await connection.query(
                #"""
                select 1::int2 as small, -2::int4 as middle, 9007199254740993::int8 as large, 1.5::float8 as fraction,
                    'NaN'::float8 as nan, true as yes, false as no, 'ü€😀'::text as text, ''::text as empty,
                    null::text as nothing, 12.340::numeric as money, 7 as "Upper ""case"""
                """#)
            let row = rows[0]
            #expect(try row.get("small", as: Int16.self) == 1)
            #expect(try row.get("middle", as: Int32.self) == -2)
            #expect(try row.get("large", as: Int64.self) == 9_007_199_254_740_993)
            #expect(try row.get("large", as: Int.self) == 9_007_199_254_740_993)
            #expect(try row.get("fraction", as: Double.self) == 1.5)
            #expect(try row.get("nan", as: Double.self).isNaN)
            #expect(try row.get("yes", as: Bool.self))
            #expect(try !row.get("no", as: Bool.self))
            #expect(try row.get("text", as: String.self) == "ü€😀")
            #expect(try row.get("empty", as: String.self) == "")
            #expect(try row.find("nothing", as: String.self) == nil)
            #expect(try row.find("nothing", as: Int.self) == nil)
            #expect(try row.get("money", as: String.self) == "12.340")
            #expect(try row.get(#"Upper "case""#, as: Int.self) == 7)
            #expect(rows.columns.first == "small")
            #expect(rows.columns.count == 12)
        }
    }

    @Test(
        "throws what is not as the caller expects it, and names the column",
        arguments: [
            ("missing", "the answer has no column missing"),
            ("nothing", "column nothing is NULL"),
            ("text", "column text is not of type Int16"),
            ("large", "column large is not of type Int16"),
            ("fraction", "column fraction is not of type Int16"),
            ("yes", "column yes is not of type Int16"),
        ])
    func errors(column: String, message: String) async throws {
        try await withConnection { connection async throws in
            let rows = try await connection.query(
                "select null as nothing, 'x' as text, 32768 as large, 1.0 as fraction, true as yes")
            let error = #expect(throws: PostgresError.self) { try rows[0].get(column, as: Int16.self) }
            #expect(error == PostgresError(.unexpectedResult, message: message))
            #expect(throws: PostgresError.self) { try rows[0].get("large", as: Bool.self) }
            #expect(throws: PostgresError.self) { try rows[0].get("text", as: Bool.self) }
            #expect(throws: PostgresError.self) { try rows[0].get("text", as: Double.self) }
        }
    }

    @Test(
        "reads whole numbers as Swift does, to their very ends",
        arguments: [
            "0", "-0", "+7", "007", "32767", "-32768", "32768", "-32769", "99999999999999999999", "", "-", "+", "--1",
            "1a", " 1", "1.0", "１",
        ])
    func wholeNumbers(text: String) {
        let values = Array(text.utf8).withUnsafeBufferPointer { (Int16(columnText: $0), Int64(columnText: $0)) }
        #expect(values == (Int16(text), Int64(text)))
    }

    @Test(
        "tells what the statement did",
        arguments: [
            ("insert into work select generate_series(1, 5)", "INSERT 0 5", 5, 0),
            ("update work set n = n where n > 3", "UPDATE 2", 2, 0),
            ("delete from work where n = 1 returning n", "DELETE 1", 1, 1),
            ("select n from work order by n", "SELECT 4", 4, 4),
            ("select n from work where false", "SELECT 0", 0, 0),
            ("set work_mem to default", "SET", 0, 0),
            ("", "", 0, 0),
        ])
    func tags(sql: String, tag: String, affected: Int, count: Int) async throws {
        try await withConnection { connection async throws in
            try await connection.script(
                "create temporary table work (n int); insert into work values (1), (2), (4), (5)")
            if sql.hasPrefix("insert") { try await connection.query("truncate work") }
            let rows = try await connection.query(sql)
            #expect(rows.commandTag == tag)
            #expect(rows.affected == affected)
            #expect(rows.count == count)
            #expect(rows.isEmpty == (count == 0))
        }
    }

    @Test("stays readable after the connection has been closed, from any task")
    func outlives() async throws {
        let rows = try await withConnection { try await $0.query("select n from generate_series(1, 1000) n") }
        let sums = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { try rows.reduce(0) { try $0 + $1.get("n", as: Int.self) } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sums == Array(repeating: 500_500, count: 4))
        #expect(try rows.map { try $0.get("n", as: Int.self) } == Array(1...1000))
        #expect(try rows.last?.get("n") == 1000)
    }
}
