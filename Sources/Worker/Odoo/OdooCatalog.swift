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
    /// When a message is given up.
    var retryLimits = RetryLimits()
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
            case "max_attempts": catalog.retryLimits.attempts = Int(value) ?? catalog.retryLimits.attempts
            case "max_retry_hours": catalog.retryLimits.hours = Int(value) ?? catalog.retryLimits.hours
            default: break
            }
        }
        return catalog
    }

    /// The message that tells this customer of this event.
    func notification(of event: OrderEvent) -> RenderedMessage {
        let style = style(language: event.language)
        return OrderNotification(
            orderName: event.order,
            status: OrderStatus(state: event.state, labels: stateLabels[event.state], language: style.language.code),
            changedAt: event.changedAt, timeZoneName: event.timeZoneName,
            total: money(event.total, currency: event.currencyID),
            language: style.language, messageLanguage: style.messageLanguage
        ).render()
    }

    /// The language of a text, and how dates and numbers are written in it.
    struct Style: Sendable, Equatable {
        let messageLanguage: MessageLanguage
        let language: Language
    }

    /// How to write to a customer: in the partner's language, else in that of the customer's Telegram, else in the shop's
    /// default. A customer whose language has no texts reads the default's, dates and numbers included.
    ///
    /// - Parameters:
    ///   - code: `res_partner.lang`.
    ///   - languageCode: Telegram's `language_code`.
    func style(language code: String?, languageCode: String? = nil) -> Style {
        if let code, let language = languages[code], let messageLanguage = language.messageLanguage {
            return Style(messageLanguage: messageLanguage, language: language)
        }
        let messageLanguage =
            MessageLanguage(code: code) ?? MessageLanguage(code: languageCode) ?? defaultLanguage
        let standard = Language.standard(for: messageLanguage)
        return Style(messageLanguage: messageLanguage, language: languages[standard.code] ?? standard)
    }

    /// An amount out of the database; nil when it is no number, or the currency is not known.
    func money(_ amount: String?, currency: Int?) -> Money? {
        guard let amount = amount.flatMap({ DecimalNumber($0) }), let currency = currency.flatMap({ currencies[$0] })
        else { return nil }
        return Money(amount: amount, currency: currency)
    }
}
