import Testing

@testable import Worker

@Suite("The notification of an order", .timeLimit(.minutes(5)))
struct OrderNotificationTests {
    private func notification(
        _ status: OrderStatus, in language: MessageLanguage, name: String = "S00042"
    ) throws -> OrderNotification {
        let rouble = Currency(name: "RUB", symbol: "₽", position: "after", decimalPlaces: 2)
        return OrderNotification(
            orderName: name, status: status,
            changedAt: try #require(LocalDateTime("2026-11-23 14:59:21.123456")),
            total: Money(amount: try #require(DecimalNumber("12345.6")), currency: rouble),
            language: .standard(for: language), messageLanguage: language)
    }

    @Test("in Russian is what a customer expects")
    func russian() throws {
        let message = try notification(.sale, in: .russian).render()
        #expect(
            message.html == """
                ✅ Заказ <b>S00042</b>
                Новый статус: <b>подтверждён</b>
                Дата изменения: 23.11.2026 14:59
                Сумма: 12\u{A0}345,60\u{A0}₽
                Спасибо за заказ!
                """)
        #expect(
            message.plain == """
                ✅ Заказ S00042
                Новый статус: подтверждён
                Дата изменения: 23.11.2026 14:59
                Сумма: 12\u{A0}345,60\u{A0}₽
                Спасибо за заказ!
                """)
    }

    @Test("in English is what a customer expects")
    func english() throws {
        var notification = try notification(.cancel, in: .english)
        notification.timeZoneName = "UTC"
        #expect(
            notification.render().html == """
                🚫 Order <b>S00042</b>
                New status: <b>cancelled</b>
                Changed: 11/23/2026 14:59 (UTC)
                Total: 12,345.60\u{A0}₽
                If this is a mistake, just write here.
                """)
    }

    @Test("names a status of an addon and leaves out a total that is no number")
    func otherStatus() throws {
        var notification = try notification(.other(label: "Собран "), in: .russian)
        notification.total = nil
        #expect(
            notification.render().html == """
                🔔 Заказ <b>S00042</b>
                Новый статус: <b>Собран</b>
                Дата изменения: 23.11.2026 14:59
                """)
    }

    @Test("shows hostile values as they are, on their lines")
    func hostile() throws {
        var notification = try notification(
            .other(label: "\u{202E}<a href=\"tg://x\">\n\nFree</a>\u{0}"), in: .english, name: "<b>S_0*1`&amp;</b>\r\n")
        notification.timeZoneName = "</b>"
        notification.total?.currencySymbol("<i>&")
        #expect(
            notification.render().html == """
                🔔 Order <b>&lt;b&gt;S_0*1`&amp;amp;&lt;/b&gt;</b>
                New status: <b>&lt;a href="tg://x"&gt; Free&lt;/a&gt;</b>
                Changed: 11/23/2026 14:59 (&lt;/b&gt;)
                Total: 12,345.60\u{A0}&lt;i&gt;&amp;
                """)
    }

    @Test("fits into one message whatever the length of its values", arguments: ["x", "<", "я", "👩‍👩‍👧‍👦", "\u{301}", "ط"])
    func endless(unit: String) throws {
        let endless = String(repeating: unit, count: 10_000)
        var notification = try notification(.other(label: endless), in: .russian, name: endless)
        notification.timeZoneName = endless
        notification.total?.currencySymbol(endless)
        let message = notification.render()
        #expect(message.plain.utf16.count < 4096)
        #expect(message.html.utf8.count < 1 << 15)
        #expect(message.plain.split(separator: "\n").count == 4)
    }

    @Test("keeps the order's number apart from text that runs the other way")
    func rightToLeft() throws {
        let message = try notification(.sale, in: .russian, name: "طلب-7").render()
        #expect(message.html.hasPrefix("✅ Заказ <b>\u{2068}طلب-7\u{2069}</b>\n"))
    }
}

extension Money {
    fileprivate mutating func currencySymbol(_ symbol: String) {
        self = Money(
            amount: amount, currency: Currency(name: "XXX", symbol: symbol, position: "after", decimalPlaces: 2))
    }
}
