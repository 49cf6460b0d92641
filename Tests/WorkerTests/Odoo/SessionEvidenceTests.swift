import Testing

@testable import Worker

@Suite("What tells a shared session")
struct SessionEvidenceTests {
    /// A pooler's idle servers, and how it hands them out.
    enum Pool: String, CaseIterable, Sendable {
        case lastInFirstOut, roundRobin
    }

    /// Goes through the check with a pooler that hands out servers for a transaction.
    ///
    /// - Returns: what is known then, and after how many holders.
    private func check(_ pool: Pool, servers: Int) -> (evidence: SessionEvidence, holders: Int) {
        var idle = Array(1...servers).map(Int32.init)
        func take() -> Int32? { idle.isEmpty ? nil : pool == .lastInFirstOut ? idle.removeLast() : idle.removeFirst() }
        /// A lone statement: the server is back when it has answered.
        func ask() -> Int32 {
            guard let server = take() else { return 0 }
            idle.append(server)
            return server
        }
        var evidence = SessionEvidence(server: ask())
        for holder in 1...2 {
            guard let server = take() else { return (evidence, holder) }
            evidence.isHeldByAnother(server)
            if evidence.isShared { return (evidence, holder) }
            evidence.isOurs(ask())
            if evidence.isShared { return (evidence, holder) }
        }
        return (evidence, 2)
    }

    @Test("is that another is on our server, or we are on another", arguments: Pool.allCases, 1...5)
    func shared(pool: Pool, servers: Int) {
        let (evidence, holders) = check(pool, servers: servers)
        #expect(evidence.isShared)
        // Two idle servers in turn: A–1, B–2, A–1, and only the second holder meets A's.
        #expect(holders == (pool == .roundRobin && servers == 2 ? 2 : 1))
    }

    @Test("is not that others have servers of their own")
    func ours() throws {
        var evidence = SessionEvidence(server: 1)
        evidence.isHeldByAnother(2)
        evidence.isOurs(1)
        evidence.isHeldByAnother(3)
        evidence.isOurs(1)
        try evidence.judge()
        #expect(!evidence.isShared)
        evidence.isOurs(2)
        #expect(throws: StartupProblem.self) { try evidence.judge() }
    }
}
