import CLibcurl
import Testing

@Suite("The libcurl shim")
struct TransferShimTests {
    private func receive(_ count: Int, _ transfer: inout tgw_transfer) -> Int {
        var bytes = (0..<count).map { CChar(truncatingIfNeeded: $0) }
        return tgw_receive(&bytes, 1, count, &transfer)
    }

    @Test("puts together what is received in pieces")
    func pieces() throws {
        var transfer = tgw_transfer()
        transfer.limit = 1 << 20
        defer { free(transfer.data) }
        for count in [0, 1, 1023, 1, 5000, 100_000] { #expect(receive(count, &transfer) == count) }
        #expect(transfer.length == 106_025)
        #expect(transfer.capacity >= transfer.length)
        let data = try #require(transfer.data)
        #expect((0..<5000).allSatisfy { data[1025 + $0] == CChar(truncatingIfNeeded: $0) })
    }

    @Test("takes a body up to its limit and not a byte more")
    func limit() {
        var transfer = tgw_transfer()
        transfer.limit = 100
        defer { free(transfer.data) }
        #expect(receive(99, &transfer) == 99)
        #expect(receive(2, &transfer) == 0)
        #expect(receive(1, &transfer) == 1)
        #expect(receive(1, &transfer) == 0)
        #expect(transfer.length == 100)
    }

    @Test(
        "takes the time out of the header Date, and forgets that of an answer before",
        arguments: [
            ("Date: Fri, 27 Nov 2026 17:00:00 GMT\r\n", 1_795_798_800), ("Date: never\r\n", -1), ("Date:", -1),
            ("Dat", -1), ("", -1), ("Date: \(String(repeating: "1", count: 200))\r\n", -1),
        ] as [(String, Int64)])
    func date(header: String, date: Int64) {
        var transfer = tgw_transfer()
        for line in ["Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n", "HTTP/1.1 200 OK\r\n", header] {
            var bytes = line.utf8.map { CChar(bitPattern: $0) }
            #expect(tgw_receive_header(&bytes, 1, bytes.count, &transfer) == bytes.count)
        }
        #expect(transfer.date == date)
    }

    @Test("lets a transfer write its request once")
    func oneRequest() {
        var transfer = tgw_transfer()
        #expect(tgw_about_to_request(&transfer, nil, nil, 0, 0) == CURL_PREREQFUNC_OK)
        #expect(tgw_about_to_request(&transfer, nil, nil, 0, 0) == CURL_PREREQFUNC_ABORT)
        #expect(transfer.requests_begun == 2)
    }

    @Test("names a handle by an integer and refuses other protocols than HTTP")
    func handle() throws {
        let easy = try #require(curl_easy_init())
        defer { curl_easy_cleanup(easy) }
        #expect(tgw_easy_id(easy) == 0)
        for id: UInt in [1, UInt.max] {
            #expect(tgw_easy_set_id(easy, id) == CURLE_OK)
            #expect(tgw_easy_id(easy) == id)
        }
        #expect(tgw_easy_only_http(easy) == CURLE_OK)
        #expect(tgw_easy_setopt_string(easy, CURLOPT_URL, "file:///etc/hostname") == CURLE_OK)
        #expect(curl_easy_perform(easy) == CURLE_UNSUPPORTED_PROTOCOL)
        #expect(tgw_easy_status(easy) == 0)
    }
}
