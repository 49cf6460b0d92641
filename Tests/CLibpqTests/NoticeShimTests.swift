import CLibpq
import Testing

@Suite("The libpq shim")
struct NoticeShimTests {
    @Test("keeps the three fields of each notice apart by NUL, whatever is missing")
    func notices() throws {
        var notices = tgw_notices()
        defer { free(notices.data) }
        let result = try #require(PQmakeEmptyPGresult(nil, PGRES_NONFATAL_ERROR))
        defer { PQclear(result) }
        for _ in 0..<1000 { tgw_receive_notice(&notices, result) }
        // A result of libpq's own making has no fields: each is the empty text.
        #expect(notices.length == 3000)
        #expect(notices.capacity >= notices.length)
        let data = try #require(notices.data)
        #expect((0..<3000).allSatisfy { data[$0] == 0 })
        tgw_notices_append(&notices, "NOTICE")
        #expect(notices.length == 3007)
        #expect(String(cString: try #require(notices.data) + 3000) == "NOTICE")
    }

    @Test("finds no fields in a result without an error")
    func fields() throws {
        let result = try #require(PQmakeEmptyPGresult(nil, PGRES_COMMAND_OK))
        defer { PQclear(result) }
        #expect(tgw_error_sqlstate(result) == nil)
        #expect(tgw_error_message(result) == nil)
        #expect(tgw_error_detail(result) == nil)
        #expect(tgw_error_hint(result) == nil)
    }
}
