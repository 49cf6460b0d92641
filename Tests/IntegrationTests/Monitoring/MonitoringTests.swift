import Foundation
import Testing
import TestSupport

@Suite("What a worker tells Prometheus", .timeLimit(.minutes(10)))
struct MonitoringTests {
    @Test("is what the dashboard and the alert rules ask for, and what Prometheus' own checker finds good")
    func metrics() async throws {
        let shop = try await Shop.open(.fixture)
        let user = try await shop.customer(partner: 10, telegram: 10)
        let worker = try await shop.startWorker()
        let address = try #require(try await worker.line(containing: "listening").split(separator: "http://").last)
        let prometheus = try await Prometheus.start(scraping: String(address))
        _ = try await shop.reply(to: user, "counted")
        _ = try await shop.telegram.sent(count: 1)

        let text = try await Command.run("curl", ["-sSf", "http://\(address)/metrics"])
        let checked = try await Command.run("promtool", ["check", "metrics"], input: text + "\n")
        #expect(checked.isEmpty, "promtool check metrics has nothing to find fault with")
        let families = Set(
            text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) })

        let rules = try Self.ruleQueries()
        #expect(rules.count > 10)
        for query in rules {
            #expect(!Self.families(in: query).isEmpty && Self.families(in: query).isSubset(of: families), "\(query)")
            _ = try await prometheus.query(query)
        }
        // Rates need two scrapes.
        try await eventually("two scrapes") {
            try await prometheus.query("count_over_time(tgworker_info[1m]) >= 2").count == 1
        }
        let panels = try Self.dashboardQueries()
        #expect(panels.count > 30)
        for query in panels {
            #expect(Self.families(in: query).isSubset(of: families), "\(query)")
            #expect(try await !prometheus.query(query).isEmpty, "\(query)")
        }
        // And nothing is exported that no panel and no rule looks at, but for the kernel's figures.
        let asked = (rules + panels).reduce(into: Set<String>()) { $0.formUnion(Self.families(in: $1)) }
        #expect(families.subtracting(asked).filter { $0.hasPrefix("tgworker_") } == [])

        #expect(try await prometheus.query("tgworker_sends_total{kind='reply',outcome='sent'} == 1").count == 1)
        #expect(try await prometheus.query("tgworker_role{role='sender'} == 1").count == 1)
        try await prometheus.stop()
        await worker.terminate()
        #expect(try await worker.exit() == .exited(0))
    }

    @Test("the alert rules and the scrape configuration are valid, and alert when they should")
    func rules() async throws {
        let directory = Checkout.path("docker/prometheus")
        for arguments in [
            ["check", "rules", directory + "/alerts.yml"], ["check", "config", directory + "/prometheus.yml"],
            ["test", "rules", directory + "/alerts.test.yml"],
        ] {
            try await Command.run("promtool", arguments)
        }
    }

    @Test("tells of the queue what waits there and for how long, and says when the database does not tell")
    func queue() async throws {
        let cluster = try await Cluster.start()
        let shop = try await Shop.open(.fixture, in: cluster)
        let user = try await shop.customer(partner: 10, telegram: 10)
        try await shop.telegram.fail(.error(500, "Internal Server Error"), times: -1)
        let worker = try await shop.startWorker()
        let address = try #require(try await worker.line(containing: "listening").split(separator: "http://").last)
        func sample(_ name: String) async throws -> String? {
            try await Command.run("curl", ["-sSf", "http://\(address)/metrics"]).split(separator: "\n")
                .first { $0.hasPrefix(name + " ") }.map { String($0.dropFirst(name.count + 1)) }
        }
        _ = try await shop.reply(to: user, "first")
        _ = try await shop.reply(to: user, "second")
        try await eventually("the queue is told") {
            let (waiting, failing) = (
                try await sample("tgworker_queue_messages{kind=\"reply\"}"),
                try await sample("tgworker_queue_failing{kind=\"reply\"}")
            )
            return waiting == "2" && failing == "1"
        }
        #expect(try await sample("tgworker_queue_readable") == "1")
        #expect(try await sample("tgworker_instances{role=\"sender\"}") == "1")
        try await cluster.shutDown()
        try await eventually("it is said") { try await sample("tgworker_queue_readable") == "0" }
        #expect(try await sample("tgworker_queue_messages{kind=\"reply\"}") == nil)
        try await eventually("the session is gone") { try await sample("tgworker_database_connected") == "0" }
        await worker.kill(9)
        try await cluster.stop()
    }

    // MARK: Queries

    private static func ruleQueries() throws -> [String] {
        // The file has each expression on one line, or folded below `>-`.
        var queries: [String] = []
        var isFolded = false
        for line in try String(contentsOfFile: Checkout.path("docker/prometheus/alerts.yml"), encoding: .utf8)
            .split(separator: "\n")
        {
            let text = line.trimmingCharacters(in: .whitespaces)
            if text == "expr: >-" {
                isFolded = true
                queries.append("")
            } else if text.hasPrefix("expr: ") {
                queries.append(String(text.dropFirst(6)))
            } else if isFolded, !text.hasPrefix("for:"), !text.hasPrefix("labels:") {
                queries[queries.count - 1] += " " + text
            } else {
                isFolded = false
            }
        }
        return queries
    }

    private static func dashboardQueries() throws -> [String] {
        let data = try Data(contentsOf: URL(fileURLWithPath: Checkout.path("docker/grafana/tgworker.json")))
        guard case .array(let panels)? = try JSONDecoder().decode(JSON.self, from: data)["panels"] else { return [] }
        return panels.flatMap { panel -> [String] in
            guard case .array(let targets)? = panel["targets"] else { return [] }
            return targets.compactMap { $0["expr"]?.text }
        }.map { $0.replacing("$__rate_interval", with: "1m").replacing("$job", with: "tgworker") }
    }

    /// Names of metrics in a query, without what a histogram's samples end in.
    private static func families(in query: String) -> Set<String> {
        Set(
            query.matches(of: #/(tgworker|process)_[a-z_]+/#).map { match in
                let name = String(match.output.0)
                for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
                    return String(name.dropLast(suffix.count))
                }
                return name
            })
    }
}
