import Testing

@testable import tgworker

@Suite("An address to listen on", .timeLimit(.minutes(5)))
struct ListenAddressTests {
    @Test(
        "is a host and a port",
        arguments: [
            ("127.0.0.1:8080", "127.0.0.1", 8080), ("localhost:0", "localhost", 0), ("[::1]:65535", "::1", 65535),
        ])
    func read(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "8080", ":8080", "localhost", "localhost:", "localhost:65536", "localhost:-1", "::1:80", "[]:80",
            "a b:1", "http://a:1",
        ])
    func refused(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
