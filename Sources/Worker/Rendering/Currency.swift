/// A currency: a row of `res_currency`.
struct Currency: Sendable, Equatable {
    /// Where the symbol stands. The raw values are Odoo's.
    enum Position: String, Sendable { case before, after }

    /// The ISO 4217 code.
    let name: String
    let symbol: String
    let position: Position
    /// How many digits amounts are rounded to (`decimal_places`, which Odoo computes from `rounding`).
    let decimalPlaces: Int

    /// A currency as its row has it. A missing position means "after", Odoo's default.
    init(name: String, symbol: String, position: String?, decimalPlaces: Int) {
        self.name = name
        self.symbol = symbol
        self.position = position.flatMap(Position.init) ?? .after
        self.decimalPlaces = max(0, decimalPlaces)
    }
}
