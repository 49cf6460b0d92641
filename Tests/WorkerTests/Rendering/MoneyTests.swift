import Testing

@testable import Worker

@Suite("An amount", .timeLimit(.minutes(5)))
struct MoneyTests {
    private static let russian = Language.standard(for: .russian)
    private static let english = Language.standard(for: .english)
    private static let indian = Language(
        code: "en_IN", dateFormat: "", timeFormat: "", decimalPoint: ".", thousandsSeparator: ",", grouping: "[3,2,0]")
    private static let plain = Language(
        code: "pl_PL", dateFormat: "", timeFormat: "", decimalPoint: ",", thousandsSeparator: nil, grouping: "[]")
    private static let spaced = Language(
        code: "cs_CZ", dateFormat: "", timeFormat: "", decimalPoint: ",", thousandsSeparator: " ", grouping: "[3,0]")

    private static let rouble = Currency(name: "RUB", symbol: "₽", position: "after", decimalPlaces: 2)
    private static let dollar = Currency(name: "USD", symbol: "$", position: "before", decimalPlaces: 2)
    private static let yen = Currency(name: "JPY", symbol: "¥", position: "before", decimalPlaces: 0)
    private static let dinar = Currency(name: "KWD", symbol: "", position: nil, decimalPlaces: 3)

    @Test(
        "is written as the customer's language and the currency want",
        arguments: [
            ("1234.5", rouble, russian, "1\u{A0}234,50\u{A0}₽"),
            ("1234567.891", rouble, russian, "1\u{A0}234\u{A0}567,89\u{A0}₽"),
            ("0", rouble, russian, "0,00\u{A0}₽"),
            ("862.50", dollar, english, "$\u{A0}862.50"),
            ("1234.5", dollar, english, "$\u{A0}1,234.50"),
            ("-1234.5", dollar, english, "$\u{A0}-\u{FEFF}1,234.50"),
            ("-1234.5", rouble, russian, "-\u{FEFF}1\u{A0}234,50\u{A0}₽"),
            ("-0.004", dollar, english, "$\u{A0}0.00"),
            ("-0.005", dollar, english, "$\u{A0}-\u{FEFF}0.01"),
            ("12345678.9", dollar, indian, "$\u{A0}1,23,45,678.90"),
            ("12345678.9", rouble, plain, "12345678,90\u{A0}₽"),
            ("12345678.9", rouble, spaced, "12\u{A0}345\u{A0}678,90\u{A0}₽"),
            ("1999.5", yen, english, "¥\u{A0}2,000"),
            ("1.2345", dinar, english, "1.235\u{A0}KWD"),
            (
                "99999999999999999999.995", rouble, russian,
                "100\u{A0}000\u{A0}000\u{A0}000\u{A0}000\u{A0}000\u{A0}000,00\u{A0}₽"
            ),
        ])
    func formatted(amount: String, currency: Currency, language: Language, text: String) throws {
        let money = Money(amount: try #require(DecimalNumber(amount)), currency: currency)
        #expect(Array(money.formatted(in: language).unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test(
        "is rounded half away from zero, digit by digit",
        arguments: [
            ("2.675", 2, "2.68"), ("1.005", 2, "1.01"), ("-1.005", 2, "-1.01"), ("0.994999", 2, "0.99"),
            ("0.995", 2, "1.00"), ("9.99", 1, "10.0"), ("999.5", 0, "1000"), ("0.5", 0, "1"), ("-0.5", 0, "-1"),
            ("-0.49", 0, "0"), ("7", 2, "7.00"), ("7.1", 3, "7.100"), ("007.10", 1, "7.1"), ("0.00", 2, "0.00"),
            ("-0", 2, "0.00"),
        ])
    func rounding(text: String, places: Int, expected: String) throws {
        let rounded = try #require(DecimalNumber(text)).rounded(toPlaces: places)
        let written =
            (rounded.isNegative ? "-" : "") + rounded.whole + (rounded.fraction.isEmpty ? "" : "." + rounded.fraction)
        #expect(written == expected)
    }

    @Test(
        "that is no number is none",
        arguments: [
            "NaN", "Infinity", "-Infinity", "", "-", ".", "1.", ".5", "1,5", "1e3", "+1", "--1", "1.2.3", "١", " 1",
            "1 ", "-\u{301}1", "1\u{301}", "1.5\u{301}", "1..5", "1.-5",
        ])
    func noNumber(text: String) {
        #expect(DecimalNumber(text) == nil)
    }

    /// The table of Odoo's own test (`odoo/addons/base/tests/test_res_lang.py`), as far as it has digits only, and the
    /// groupings of Odoo's languages.
    @Test(
        "has its digits grouped as Odoo groups them",
        arguments: [
            ("", "[]", ""), ("0", "[]", "0"), ("123456789", "[]", "123456789"), ("0", "[1]", "0"), ("0", "[200]", "0"),
            ("12345678", "[1]", "1234567.8"), ("12345678", "[2]", "123456.78"), ("12345678", "[2,1]", "12345.6.78"),
            ("12345678", "[2,0]", "12.34.56.78"), ("12345678", "[-1,2]", "12345678"),
            ("12345678", "[2,-1]", "123456.78"), ("12345678", "[2,0,1]", "12.34.56.78"),
            ("12345678", "[2,0,0]", "12.34.56.78"), ("12345678", "[2,0,-1]", "12.34.56.78"),
            ("12345678", "[3,3,3,3]", "12.345.678"), ("123456", "[3,0]", "123.456"), ("123", "[3,0]", "123"),
            ("1234", "[3, 0]", "1.234"), ("1234567890", "[3,3]", "1234.567.890"),
            ("123456789", "[3,2,0]", "12.34.56.789"),
            ("123456789", "[3,2,-1]", "1234.56.789"), ("123456789", "[0]", "123456789"), ("1234", "", "1234"),
            ("1234", "3,0", "1234"), ("1234", "[3,x]", "1234"),
        ])
    func grouping(digits: String, notation: String, expected: String) {
        #expect(DigitGrouping(notation).grouped(digits, separator: ".") == expected)
    }
}
