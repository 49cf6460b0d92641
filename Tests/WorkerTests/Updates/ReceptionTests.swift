import Testing

@testable import Worker

@Suite("The way in for updates", .timeLimit(.minutes(5)))
struct ReceptionTests {
    @Test(
        "is open to who knows both secrets",
        arguments: [
            ("path-secret", "token", true), ("path-secret", "Token", false), ("path-secret", "", false),
            ("path-secret", nil, false), ("path-secre", "token", false), ("path-secret/", "token", false),
            ("", "token", false),
            ("", nil, false), ("token", "path-secret", false), ("path-secret", "token\0", false),
        ] as [(String, String?, Bool)])
    func admits(path: String, token: String?, isAdmitted: Bool) throws {
        #expect(try Reception.sample().admits(path: path, token: token) == isAdmitted)
    }

    @Test(
        "has a path that holds the secret, percent-encoded",
        arguments: [
            ("0a1B-._~", "0a1B-._~"), ("a b", "a%20b"), ("a/b?c#d", "a%2Fb%3Fc%23d"), ("100%", "100%25"),
            ("ё", "%D1%91"),
            ("👍", "%F0%9F%91%8D"), ("\u{1}\n", "%01%0A"), ("..", ".."), ("+&=", "%2B%26%3D"),
        ])
    func path(secret: String, encoded: String) throws {
        #expect(try Reception.sample(path: secret).webhookPath == "/telegram/webhook/\(encoded)")
    }
}
