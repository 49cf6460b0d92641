import Postgres

/// What of Odoo's small tables is needed to tell an order's news to a customer; read whole and kept.
struct OdooCatalog: Sendable, Equatable {
    var languages: [String: Language] = [:]
    var currencies: [Int: Currency] = [:]
    /// JSON of names by language, by state of sale.order.
    var stateLabels: [String: String] = [:]
    /// Language for customers whose own has no texts.
    var defaultLanguage: MessageLanguage = .russian
    /// `tgworker.setting` unknown_outcome is "hold".
    var holdsUnknown = false
    /// Time zone when neither customer nor company has one.
    var defaultTimeZone = "UTC"

    /// Reads it in one round trip.
    static func load(from connection: Connection) async throws(PostgresError) -> OdooCatalog {
        let answers = try await connection.group([
            Statement(
                """
                select code, date_format, time_format, decimal_point, thousands_sep, grouping
                from public.res_lang where active
                """),
            Statement("select id, name, symbol, position, decimal_places from public.res_currency"),
            Statement(
                """
                select s.value, s.name::text as labels
                from public.ir_model_fields_selection s join public.ir_model_fields f on f.id = s.field_id
                where f.model = 'sale.order' and f.name = 'state'
                """),
            Statement("select name, coalesce(value, default_value) as value from tgworker.setting"),
        ])
        var catalog = OdooCatalog()
        for row in answers[0] {
            let language = Language(
                code: try row.get("code"), dateFormat: try row.get("date_format"),
                timeFormat: try row.get("time_format"), decimalPoint: try row.get("decimal_point"),
                thousandsSeparator: try row.find("thousands_sep"), grouping: try row.get("grouping"))
            catalog.languages[language.code] = language
        }
        for row in answers[1] {
            catalog.currencies[try row.get("id")] = Currency(
                name: try row.get("name"), symbol: try row.get("symbol"), position: try row.find("position"),
                decimalPlaces: try row.find("decimal_places") ?? 2)
        }
        for row in answers[2] { catalog.stateLabels[try row.get("value")] = try row.find("labels") }
        for row in answers[3] {
            let value: String = try row.get("value")
            switch try row.get("name", as: String.self) {
            case "default_language": catalog.defaultLanguage = MessageLanguage(code: value, fallback: .russian)
            case "default_time_zone": catalog.defaultTimeZone = value
            case "unknown_outcome": catalog.holdsUnknown = value == "hold"
            default: break
            }
        }
        return catalog
    }

    /// The message that tells this customer of this event.
    func notification(of event: OrderEvent) -> RenderedMessage {
        let messageLanguage = MessageLanguage(code: event.language, fallback: defaultLanguage)
        // A customer whose language has no texts reads the default's, dates and numbers included.
        let own = event.language.flatMap { languages[$0] }
        let speaksOwn =
            MessageLanguage(code: event.language, fallback: .russian) == messageLanguage
            && MessageLanguage(code: event.language, fallback: .english) == messageLanguage
        let standard = Language.standard(for: messageLanguage)
        let language = speaksOwn ? own ?? languages[standard.code] ?? standard : languages[standard.code] ?? standard
        let currency = event.currencyID.flatMap { currencies[$0] }
        return OrderNotification(
            orderName: event.order,
            status: OrderStatus(state: event.state, labels: stateLabels[event.state], language: language.code),
            changedAt: event.changedAt, timeZoneName: event.timeZoneName,
            total: event.total.flatMap { DecimalNumber($0) }.flatMap { amount in
                currency.map { Money(amount: amount, currency: $0) }
            },
            language: language, messageLanguage: messageLanguage
        ).render()
    }
}
