import Testing

@testable import Worker

@Suite("A page of orders", .timeLimit(.minutes(5)))
struct OrderPageTests {
    private static let catalog = OdooCatalog(
        currencies: [1: Currency(name: "USD", symbol: "$", position: "before", decimalPlaces: 2)],
        stateLabels: ["packed": #"{"en_US": "Packed"}"#])

    private func text(_ page: OrderPage, _ language: String = "en_US") -> RenderedMessage {
        RenderedMessage(page.text(Self.catalog.style(language: language), catalog: Self.catalog))
    }

    // MARK: Where the next page begins

    @Test(
        "is found again by what its button holds",
        arguments: [
            OrderPage.Cursor(date: 1_764_000_000_000_000, id: 42), OrderPage.Cursor(date: 0, id: 0),
            OrderPage.Cursor(date: -62_135_596_800_000_000, id: 1),
            OrderPage.Cursor(date: 253_402_300_799_999_999, id: Int(Int32.max)),
            OrderPage.Cursor(date: (1 << 58) - 1, id: Int(Int32.min)),
        ])
    func cursor(cursor: OrderPage.Cursor) {
        #expect(OrderPage.Cursor(callbackData: cursor.callbackData) == cursor)
        // A button holds 1 to 64 bytes (Bot API, "InlineKeyboardButton").
        #expect((1...64).contains(cursor.callbackData.utf8.count))
    }

    @Test(
        "is not made of what somebody else put into a button",
        arguments: [
            "", "orders", "orders:", "orders:1", "orders:1:", "orders::1", "orders:1:2:3", "Orders:1:2", " orders:1:2",
            "orders:1:2 ", "orders:a:2", "orders:1:b", "orders:1.5:2", "orders:0x1:2", "orders:١:2", "orders:1:2\0",
            "orders:1:2147483648", "orders:1:-2147483649", "orders:1:9223372036854775808",
            "orders:9223372036854775807:1",
            "orders:-9223372036854775808:1", "orders:9223372036854775808:1", "orders:288230376151711744:1",
            "orders:-288230376151711744:1", "orders:1';drop table x--:1", String(repeating: "orders:", count: 1000),
        ])
    func hostileData(data: String) {
        #expect(OrderPage.Cursor(callbackData: data) == nil)
    }

    // MARK: In words

    @Test("shows an order's name, state, day and total, with a link where there is one")
    func lines() {
        let page = OrderPage(
            orders: [
                OrderPage.Order(
                    name: "S00042", state: "sale", date: "2026-11-23 23:59:59", total: "1234.5", currency: 1,
                    url: "https://shop.example/my/orders/42?access_token=a&b=\"c\""),
                OrderPage.Order(name: "S00041", state: "packed", date: "2026-01-02 00:00:00"),
            ], isFirst: true)
        let message = text(page)
        #expect(
            message.plain == """
                🧾 Your latest orders

                ✅ S00042 — confirmed
                11/23/2026 · $\u{A0}1,234.50

                🔔 S00041 — Packed
                01/02/2026
                """)
        #expect(
            message.html.contains(
                #"✅ <a href="https://shop.example/my/orders/42?access_token=a&amp;b=&quot;c&quot;">S00042</a> — confirmed"#
            ))
        #expect(message.html.contains("🔔 <b>S00041</b> — Packed"))
    }

    @Test("leaves out what makes no sense")
    func senseless() {
        let order = OrderPage.Order(name: "S1", state: "sale", date: "infinity", total: "NaN", currency: 99)
        #expect(text(OrderPage(orders: [order], isFirst: false)).plain == "🧾 Earlier orders\n\n✅ S1 — confirmed")
    }

    @Test(
        "says that there are none",
        arguments: [
            ("en_US", true, "You have no orders yet."), ("en_US", false, "There are no earlier orders."),
            ("ru_RU", true, "У вас пока нет заказов."), ("ru_RU", false, "Более ранних заказов нет."),
        ])
    func none(language: String, isFirst: Bool, expected: String) {
        #expect(text(OrderPage(orders: [], isFirst: isFirst), language).plain == expected)
    }

    @Test(
        "fits into one message whatever its orders are called",
        arguments: [
            "&", "<b>&\"'", "я", "漢", "👍🏽", "👩‍👩‍👧‍👦", "ا", "e\u{301}\u{301}\u{301}", "x\n", "a\u{202E}", "</a>",
        ])
    func hostile(piece: String) throws {
        let value = String(repeating: piece, count: 5000)
        let currency = Currency(name: value, symbol: value, position: "after", decimalPlaces: 2)
        let catalog = OdooCatalog(currencies: [1: currency], stateLabels: [value: #"{"en_US": "\#(value)"}"#])
        let link = try #require(PortalLink(baseURL: "https://shop.example/a&b"))
        let token = String(repeating: "f", count: 36)
        let order = OrderPage.Order(
            name: value, state: value, date: "2026-11-23 14:59:21", total: String(repeating: "9", count: 400),
            currency: 1, url: link.order(Int(Int32.max), accessToken: token))
        let page = OrderPage(orders: Array(repeating: order, count: OrderPage.size), isFirst: true)
        let message = RenderedMessage(page.text(catalog.style(language: "en_US"), catalog: catalog))
        #expect(message.plain.utf16.count < 4096)
        #expect(message.html.utf8.count < 32 << 10)
        // Nothing but our own markup: a link for each order.
        #expect(message.html.count { $0 == "<" } == 2 * OrderPage.size)
        #expect(message.html.count { $0 == ">" } == 2 * OrderPage.size)
        #expect(message.plain.unicodeScalars.count { $0 == "\n" } == 3 * OrderPage.size)
    }
}
