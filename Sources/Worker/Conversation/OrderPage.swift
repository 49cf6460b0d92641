/// One page of a customer's orders, newest first.
struct OrderPage: Sendable, Equatable, Codable {
    /// Orders on a page.
    static let size = 10

    /// A line of the list.
    struct Order: Sendable, Equatable, Codable {
        /// `sale_order.name`.
        var name: String
        /// `sale_order.state`.
        var state: String
        /// `sale_order.date_order` on the customer's clock, `YYYY-MM-DD HH:MM:SS`.
        var date: String
        /// `sale_order.amount_total` in PostgreSQL's text form.
        var total: String?
        /// `res_currency.id` of the total.
        var currency: Int?
        /// The order's page in Odoo's portal, for those who have the link.
        var url: String?
    }

    /// Where the next page begins: behind this order. Orders that come in meanwhile do not move it.
    struct Cursor: Sendable, Equatable, Codable {
        /// `sale_order.date_order` in microseconds since 1970.
        var date: Int64
        /// `sale_order.id`.
        var id: Int

        private static let prefix = "orders:"

        init(date: Int64, id: Int) {
            self.date = date
            self.id = id
        }

        /// Reads what a button holds; nil for anything else.
        init?(callbackData: String) {
            guard callbackData.hasPrefix(Self.prefix) else { return nil }
            let parts = callbackData.dropFirst(Self.prefix.count).split(
                separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let date = Int64(parts[0]), let id = Int(parts[1]), Int32(exactly: id) != nil,
                date.magnitude < 1 << 58
            else { return nil }
            self.init(date: date, id: id)
        }

        /// What the button for the next page holds: at most 64 bytes (Bot API, "InlineKeyboardButton").
        var callbackData: String { "\(Self.prefix)\(date):\(id)" }
    }

    var orders: [Order]
    /// Whether it is the newest ones.
    var isFirst: Bool
    /// Where the next page begins, if there is one.
    var more: Cursor?

    /// The list in words. A dozen values a line's length each: well below Telegram's limit for a message.
    func text(_ style: OdooCatalog.Style, catalog: OdooCatalog) -> RichText {
        let texts = style.messageLanguage.texts
        guard !orders.isEmpty else { return texts.noOrders(isFirst: isFirst) }
        return RichText(
            lines: [texts.ordersHeading(isFirst: isFirst)] + orders.flatMap { lines(of: $0, style, catalog) })
    }

    private func lines(of order: Order, _ style: OdooCatalog.Style, _ catalog: OdooCatalog) -> [RichText?] {
        let status = OrderStatus(
            state: order.state, labels: catalog.stateLabels[order.state], language: style.language.code)
        let date = LocalDateTime(order.date).map {
            style.language.dateFormat.string(from: $0, in: style.messageLanguage)
        }
        let total = catalog.money(order.total, currency: order.currency)?.formatted(in: style.language)
        let name = InlineValue(order.name, limit: 64).text
        let statusName = InlineValue(style.messageLanguage.texts.statusName(status), limit: 64).text
        let facts = [date, total].compactMap { $0.map { InlineValue($0, limit: 64).text } }.joined(separator: " · ")
        return ["", "\(status.emoji) \(name, link: order.url) — \(statusName)", facts.isEmpty ? nil : "\(facts)"]
    }
}

/// Links to Odoo's portal.
struct PortalLink: Sendable, Equatable {
    private let base: String

    /// - Parameter baseURL: Odoo's `web.base.url`; nil when customers could not reach it: another scheme than http and
    ///   https, a name without a dot, a name or an address that is only good inside.
    init?(baseURL: String?) {
        guard var base = baseURL, let scheme = ["https://", "http://"].first(where: base.lowercased().hasPrefix) else {
            return nil
        }
        while base.hasSuffix("/") { base.removeLast() }
        guard base.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") }) else { return nil }
        let authority = base.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = (authority.split(separator: "@").last ?? "").prefix { $0 != ":" }.lowercased()
        guard host.contains("."), !host.hasPrefix("["), !host.hasPrefix("."),
            ![".localhost", ".local", ".internal", ".lan", ".localdomain", ".test"].contains(where: host.hasSuffix),
            !Self.isPrivateAddress(host)
        else { return nil }
        self.base = base
    }

    /// The page of an order for whoever has its access token (Odoo 17, sale's `/my/orders/<id>`).
    func order(_ id: Int, accessToken: String) -> String? {
        guard !accessToken.isEmpty, accessToken.utf8.allSatisfy(\.isUnreserved) else { return nil }
        return "\(base)/my/orders/\(id)?access_token=\(accessToken)"
    }

    /// IPv4 addresses that are not routed (RFC 1918, RFC 6890).
    private static func isPrivateAddress(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4, let first = parts[0], let second = parts[1], parts[2] != nil, parts[3] != nil else {
            return false
        }
        return first == 10 || first == 127 || first == 0 || (first == 192 && second == 168)
            || (first == 172 && (16...31).contains(second)) || (first == 169 && second == 254)
            || (first == 100 && (64...127).contains(second))
    }
}

extension UInt8 {
    /// A character that stands for itself in a URL (RFC 3986, section 2.3).
    fileprivate var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
