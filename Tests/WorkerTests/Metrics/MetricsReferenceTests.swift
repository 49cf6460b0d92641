import Foundation
import TestSupport
import Testing

@testable import Worker

@Suite("The reference of the metrics", .timeLimit(.minutes(5)))
struct MetricsReferenceTests {
    private static let begin = "<!-- metrics: made from the program by a test -->\n"
    private static let end = "<!-- end of metrics -->"

    /// All families with their labels, as a table.
    private func table() throws -> String {
        let metrics = WorkerMetrics()
        metrics.record(.identified(botID: 42, username: "shop_bot"))
        var figures = QueueFigures()
        figures.instances = ["sender": 1]
        let lines = metrics.exposition(queue: figures).split(separator: "\n")
        var rows = "\n| metric | type | labels | what it is |\n|---|---|---|---|\n"
        for (index, line) in lines.enumerated() where line.hasPrefix("# HELP ") {
            let parts = line.dropFirst(7).split(separator: " ", maxSplits: 1)
            let type = try #require(lines[index + 1].split(separator: " ").last)
            let labels = lines[index + 2].matches(of: #/([a-z]+)="/#).map { String($0.output.1) }.filter { $0 != "le" }
            let shown = labels.map { "`\($0)`" }.joined(separator: ", ")
            rows += "| `\(parts[0])` | \(type) | \(shown) | \(parts[1]) |\n"
        }
        return rows + "\n"
    }

    @Test("in docs/monitoring.md is what the program exports (TGWORKER_UPDATE_DOCS=1 writes it anew)")
    func reference() throws {
        let path = Checkout.path("docs/monitoring.md")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let begin = try #require(text.range(of: Self.begin))
        let end = try #require(text.range(of: Self.end))
        if ProcessInfo.processInfo.environment["TGWORKER_UPDATE_DOCS"] != nil {
            let new = text[..<begin.upperBound] + (try table()) + text[end.lowerBound...]
            try new.write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            #expect(try table() == text[begin.upperBound..<end.lowerBound])
        }
    }

    @Test("has every alert of the rules")
    func alerts() throws {
        let rules = try String(contentsOfFile: Checkout.path("docker/prometheus/alerts.yml"), encoding: .utf8)
        let text = try String(contentsOfFile: Checkout.path("docs/monitoring.md"), encoding: .utf8)
        let names = rules.matches(of: #/alert: (\w+)/#).map { String($0.output.1) }
        #expect(!names.isEmpty)
        for name in names { #expect(text.contains("`\(name)`"), "\(name)") }
    }
}
