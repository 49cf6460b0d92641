/// An amount in a currency.
struct Money: Sendable, Equatable {
    let amount: DecimalNumber
    let currency: Currency

    /// The amount for a reader of `language`, as Odoo's `format_amount` (`tools/misc.py`) writes it: rounded half away
    /// from zero to the currency's digits, grouped, with a no-break space to the symbol and nothing that a line could
    /// break at.
    ///
    /// It differs in two points: an amount that rounds to zero has no minus sign, and a currency without a symbol shows
    /// its code.
    func formatted(in language: Language) -> String {
        let rounded = amount.rounded(toPlaces: currency.decimalPlaces)
        var number = language.grouping.grouped(rounded.whole, separator: language.thousandsSeparator)
        if !rounded.fraction.isEmpty { number += language.decimalPoint + rounded.fraction }
        if rounded.isNegative { number = "-\u{FEFF}" + number }
        let symbol = currency.symbol.isEmpty ? currency.name : currency.symbol
        return switch currency.position {
        case .before: "\(symbol)\u{A0}\(number)"
        case .after: "\(number)\u{A0}\(symbol)"
        }
    }
}
