/// One SQL statement with its values.
public struct Statement: Sendable {
    /// The text, with `$1`, `$2` … for the values.
    public var sql: String
    /// The values.
    public var parameters: [Parameter]
    /// Whether the server keeps the plan for the next time on this connection. For statements that are run often.
    public var isPrepared: Bool

    /// A statement as described.
    public init(_ sql: String, _ parameters: [Parameter] = [], prepared: Bool = false) {
        self.sql = sql
        self.parameters = parameters
        isPrepared = prepared
    }
}
