import Foundation
import Postgres
import Testing

/// A plan that the server keeps for a prepared statement, as EXPLAIN tells it.
struct ExplainedPlan {
    struct Node {
        let kind: String
        let table: String?
        /// Rows that it looked at, also in vain; 0 when it was not run.
        let rows: Double
    }

    private(set) var nodes: [Node] = []

    /// Tables that are read from end to end.
    var readWhole: Set<String> { Set(nodes.filter { $0.kind == "Seq Scan" }.compactMap(\.table)) }

    /// Rows of a table that were looked at.
    func rows(of table: String) -> Double { nodes.filter { $0.table == table }.reduce(0) { $0 + $1.rows } }

    /// Prepares a statement under a name.
    static func prepare(_ statement: Statement, as name: String, on session: Connection) async throws {
        try await session.script("prepare \(name) as \(statement.sql)")
    }

    /// The plan that is kept for the name. The first time it is made.
    ///
    /// - Parameter isRun: whether the statement is run, and what it did is undone.
    init(_ name: String, _ statement: Statement, isRun: Bool = false, on session: Connection) async throws {
        let values = statement.parameters.map { parameter in
            parameter.text.map { "'" + $0.replacing("'", with: "''") + "'" } ?? "null"
        }
        let answers = try await session.script(
            """
            begin; explain (\(isRun ? "analyze, timing off, " : "")format json) execute \(name) (\(values.joined(separator: ", ")));
            rollback
            """)
        let text: String = try answers[1][0].get("QUERY PLAN")
        let plans = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        add(try #require(plans.first?["Plan"] as? [String: Any]))
    }

    private mutating func add(_ node: [String: Any]) {
        func number(_ key: String) -> Double { (node[key] as? NSNumber)?.doubleValue ?? 0 }
        let kind = node["Node Type"] as? String ?? ""
        let isScan = kind.hasSuffix("Scan")
        nodes.append(
            Node(
                kind: kind, table: node["Relation Name"] as? String,
                rows: isScan ? number("Actual Loops") * (number("Actual Rows") + number("Rows Removed by Filter")) : 0))
        for child in node["Plans"] as? [[String: Any]] ?? [] { add(child) }
    }
}
