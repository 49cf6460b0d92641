import Testing

@testable import Worker

@Suite("A verification code", .timeLimit(.minutes(5)))
struct VerificationCodeTests {
    @Test(
        "is read however a customer types it",
        arguments: [
            "123456", " 123456\n", "123 456", "123-456", "12-34-56", "1 2 3 4 5 6", "123\u{A0}456", "١٢٣٤٥٦", "１２３４５６",
            "१२३४५६",
        ])
    func typed(text: String) throws {
        let code = try #require(VerificationCode(stored: "123456"))
        #expect(VerificationCode.read(text) == .code(code))
    }

    @Test("keeps its leading zeros")
    func zeros() throws {
        #expect(VerificationCode.read("000 007") == .code(try #require(VerificationCode(stored: "000007"))))
    }

    @Test(
        "is told from another number",
        arguments: ["123", "1234", "12345", "1234567", "1234567890", "8 916 123", "2026-11-2"])
    func otherNumber(text: String) {
        #expect(VerificationCode.read(text) == .otherNumber)
    }

    @Test(
        "is told from words",
        arguments: [
            "", " ", "-", "--", "12", "1 2", "hello", "S00042", "123456!", "№123456", "+123456", "123456 please",
            "12345a",
            "123.456", "½½½", "十百千", "12345678901", "+7 916 123-45-67", String(repeating: "1", count: 100_000),
        ])
    func words(text: String) {
        #expect(VerificationCode.read(text) == nil)
    }

    @Test(
        "is none when Odoo's table holds something else",
        arguments: [nil, "", "12345", "1234567", "12345a", " 12345", "１２３４５６", "١٢٣", "12345\n"] as [String?])
    func stored(text: String?) {
        #expect(VerificationCode(stored: text) == nil)
    }

    @Test("is made of six digits, each as likely as the other")
    func random() {
        let codes = (0..<10_000).map { _ in VerificationCode.random() }
        #expect(codes.allSatisfy { VerificationCode(stored: $0.digits) == $0 })
        #expect(Set(codes.map(\.digits)).count > 9_900)
        for place in 0..<6 {
            let digits = codes.map { Array($0.digits)[place] }
            for digit in "0123456789" {
                // A thousand are expected; a sixth off would be five standard deviations.
                #expect((834...1166).contains(digits.count { $0 == digit }), "\(digit) at place \(place)")
            }
        }
    }

    @Test("is the same only when all its digits are")
    func equality() throws {
        let code = try #require(VerificationCode(stored: "123456"))
        #expect(code == VerificationCode(stored: "123456"))
        for other in ["023456", "123457", "123556", "654321"] {
            #expect(code != VerificationCode(stored: other))
        }
    }

    @Test(
        "is compared as secrets are",
        arguments: [
            ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "", false), ("", "a", false),
            ("ab", "abc", false),
            ("é", "e\u{301}", false), ("a\0b", "a\0b", true), ("a\0b", "a\0c", false),
        ])
    func secrets(left: String, right: String, isEqual: Bool) {
        #expect(ConstantTime.areEqual(left, right) == isEqual)
    }
}
