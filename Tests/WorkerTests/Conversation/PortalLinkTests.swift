import Testing

@testable import Worker

@Suite("A link to Odoo's portal", .timeLimit(.minutes(5)))
struct PortalLinkTests {
    @Test(
        "leads to the order where customers can reach Odoo",
        arguments: [
            ("https://shop.example", "https://shop.example"),
            ("https://shop.example/", "https://shop.example"),
            ("http://shop.example:8069//", "http://shop.example:8069"),
            ("HTTPS://Shop.Example/odoo", "HTTPS://Shop.Example/odoo"),
            ("https://8.8.8.8", "https://8.8.8.8"),
            ("https://172.15.0.1", "https://172.15.0.1"),
            ("https://172.32.0.1", "https://172.32.0.1"),
            ("https://10.shop.example", "https://10.shop.example"),
            ("https://local.example", "https://local.example"),
        ])
    func reachable(base: String, start: String) throws {
        let link = try #require(PortalLink(baseURL: base))
        #expect(link.order(42, accessToken: "a1-B_~.") == "\(start)/my/orders/42?access_token=a1-B_~.")
    }

    @Test(
        "is not given where they cannot",
        arguments: [
            nil, "", "https://", "https:///x", "shop.example", "ftp://shop.example", "javascript://shop.example",
            "https://localhost", "http://localhost:8069", "https://odoo", "https://odoo.local", "https://odoo.lan:8069",
            "https://odoo.internal", "https://odoo.test/x", "https://ODOO.LOCALDOMAIN", "https://.example",
            "http://127.0.0.1:8069", "http://10.1.2.3", "http://192.168.0.1", "http://172.16.0.1",
            "http://172.31.255.255",
            "http://169.254.1.1", "http://100.64.0.1", "http://0.0.0.0:8069", "http://[::1]:8069",
            "http://[2001:db8::1.2]", "http://user.name@localhost", "https://shop.example/a b",
            "https://shop.example\"x",
            "https://магазин.example", "https://shop.example\n",
        ] as [String?])
    func unreachable(base: String?) {
        #expect(PortalLink(baseURL: base) == nil)
    }

    @Test(
        "is not given with a token that no portal makes", arguments: ["", " ", "a b", "a&b", "a#b", "a/b", "a%20", "я"])
    func token(token: String) throws {
        let link = try #require(PortalLink(baseURL: "https://shop.example"))
        #expect(link.order(42, accessToken: token) == nil)
    }
}
