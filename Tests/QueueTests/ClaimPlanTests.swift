import Foundation
import Postgres
import TestSupport
import Testing

@testable import Worker

@Suite("The plan of a claim", .timeLimit(.minutes(10)))
struct ClaimPlanTests {
    /// What a plan did, added up over its nodes.
    struct Work {
        var scans: Set<String> = []
        /// Rows of the outbox that were looked at, also in vain.
        var rows = 0.0
        /// The most that was sorted.
        var sorted = 0.0
        /// Pages.
        var pages = 0
    }

    private func work(of claim: OutboxClaim, in queue: Queue) async throws -> Work {
        let statement = Queue.statement(claim)
        let rows = try await queue.session.group([
            Statement("explain (analyze, buffers, format json) " + statement.sql, statement.parameters)
        ])[0]
        let text: String = try rows[0].get("QUERY PLAN")
        let plans = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        var work = Work()
        let root = try #require(plans.first?["Plan"] as? [String: Any])
        work.pages = (root["Shared Hit Blocks"] as? Int ?? 0) + (root["Shared Read Blocks"] as? Int ?? 0)
        add(root, to: &work)
        return work
    }

    private func add(_ node: [String: Any], to work: inout Work) {
        func number(_ key: String) -> Double { (node[key] as? NSNumber)?.doubleValue ?? 0 }
        let kind = node["Node Type"] as? String ?? ""
        let loops = number("Actual Loops")
        if node["Relation Name"] as? String == "outbox", kind.hasSuffix("Scan") {
            work.scans.insert(kind)
            work.rows += loops * (number("Actual Rows") + number("Rows Removed by Filter"))
        }
        let children = node["Plans"] as? [[String: Any]] ?? []
        if kind.hasSuffix("Sort"), let child = children.first {
            work.sorted = max(work.sorted, (child["Actual Rows"] as? NSNumber)?.doubleValue ?? 0)
        }
        for child in children { add(child, to: &work) }
    }

    @Test(
        "looks at what a claim asks for, however much waits, and whatever the statistics say",
        arguments: [(200_000, 1), (1_000, 200), (1, 200_000)], [false, true])
    func bounded(shape: (chats: Int, each: Int), isStale: Bool) async throws {
        let queue = try await Queue.open()
        try await queue.session.script("alter table tgworker.outbox set (autovacuum_enabled = false)")
        let window = 128, lanes = 256
        var works: [Work] = []
        for (chats, each) in [(min(shape.chats, 1_000), max(1, 1_000 / shape.chats)), shape] {
            try await queue.session.script("truncate tgworker.outbox; analyze tgworker.outbox")
            try await queue.fill(chats: 1...chats, each: each)
            if !isStale { try await queue.session.script("analyze tgworker.outbox") }
            for walk in [nil, OutboxClaim.Walk(after: nil, lanes: lanes)] {
                let work = try await work(
                    of: OutboxClaim(
                        limit: 64, window: window, busy: [1, 2, 3], depth: .survey(reserve: 6, walk: walk)), in: queue)
                works.append(work)
                #expect(work.sorted <= Double(3 * window + lanes))
                // A table of a few pages may be read as a whole.
                guard chats * each > 1_000 else { continue }
                #expect(work.scans.isSubset(of: ["Index Scan", "Index Only Scan", "Bitmap Heap Scan"]))
                // The window, an older row for each, the walk, and what is locked and changed.
                #expect(work.rows <= Double(3 * window + 2 * window + lanes + 4 * (window + 64)))
            }
        }
        // The trees of the indexes are a level deeper, and new entries go to more pages.
        for (few, many) in zip(works.prefix(2), works.suffix(2)) { #expect(many.pages <= 3 * few.pages + 1000) }
        try await queue.close()
    }
}
