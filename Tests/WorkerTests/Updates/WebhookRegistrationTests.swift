import Telegram
import Testing

@testable import Worker

@Suite("The webhook at Telegram", .timeLimit(.minutes(5)))
struct WebhookRegistrationTests {
    private func registration(_ publicURL: String?) throws -> WebhookRegistration {
        WebhookRegistration(reception: try .sample(path: "s e", publicURL: publicURL))
    }

    @Test(
        "is at the public address",
        arguments: [
            ("https://shop.example", "https://shop.example"), ("https://shop.example///", "https://shop.example"),
            ("HTTPS://shop.example/odoo/", "HTTPS://shop.example/odoo"),
            ("https://shop.example:443", "https://shop.example:443"),
            ("https://shop.example:8443/x", "https://shop.example:8443/x"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]"),
            ("https://[2001:db8::1]:88", "https://[2001:db8::1]:88"),
            ("https://shop.example:80", "https://shop.example:80"),
        ])
    func address(publicURL: String, start: String) throws {
        let registration = try registration(publicURL)
        #expect(try registration.address() == "\(start)/telegram/webhook/s%20e")
        #expect(registration.shownAddress == "\(start)/telegram/webhook/…")
    }

    @Test(
        "is shown without the credentials that stand in its address", arguments: ["user", "user:password", "user:8443"])
    func credentials(user: String) throws {
        let registration = try registration("https://\(user)@shop.example/x")
        #expect(try registration.address() == "https://\(user)@shop.example/x/telegram/webhook/s%20e")
        #expect(registration.shownAddress == "https://shop.example/x/telegram/webhook/…")
    }

    @Test(
        "is nowhere without an address that Telegram delivers to, and the reason says what to do",
        arguments: [
            (nil, "--public-url"), ("", "https only"), ("http://shop.example", "https only"),
            ("shop.example", "https only"),
            ("https://", "https only"), ("https://shop.example?db=x", "https only"),
            ("https://shop.example#x", "https only"),
            ("https://shop example", "https only"), ("https://магазин.example", "https only"),
            ("https:///x", "no host"),
            ("https://shop.example:8069", "443, 80, 88 and 8443"), ("https://shop.example:", "443, 80, 88 and 8443"),
            ("https://[2001:db8::1]:8069", "443, 80, 88 and 8443"),
            ("https://shop.example:x/y", "443, 80, 88 and 8443"),
        ] as [(String?, String)])
    func noAddress(publicURL: String?, reason: String) throws {
        let registration = try registration(publicURL)
        let problem = #expect(throws: WebhookProblem.self) { try registration.address() }
        #expect(problem?.description.contains(reason) == true)
        #expect(problem?.description.contains("\n") == false)
        #expect(registration.shownAddress == "")
    }

    @Test("does not show a password in the reason either")
    func noPassword() throws {
        let registration = try registration("http://user:password@shop.example")
        let problem = try #require(#expect(throws: WebhookProblem.self) { try registration.address() })
        #expect(!problem.description.contains("password"))
        #expect(problem.description.contains("http://shop.example"))
    }

    @Test(
        "is known by its path",
        arguments: [
            ("", WebhookRegistration.State.missing),
            ("https://shop.example/telegram/webhook/s%20e", .ours),
            ("https://shop.example:8443/odoo/telegram/webhook/s%20e", .ours),
            ("https://shop.example/telegram/webhook/other", .foreign(host: "shop.example")),
            ("https://shop.example/telegram/webhook/s%20e/", .foreign(host: "shop.example")),
            ("https://user:password@elsewhere.example:8443/bot?secret", .foreign(host: "elsewhere.example:8443")),
            ("https://elsewhere.example?secret", .foreign(host: "elsewhere.example")),
            ("nonsense", .foreign(host: "nonsense")),
        ])
    func state(url: String, expected: WebhookRegistration.State) throws {
        let info = try decoded(#"{"url":"\#(url)","pending_update_count":0}"#, as: Webhook.Info.self)
        #expect(WebhookRegistration.state(of: info, for: try .sample(path: "s e")) == expected)
    }
}
