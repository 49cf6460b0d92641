import Testing

@testable import Worker

@Suite("The share of those that have waited longest", .timeLimit(.minutes(5)))
struct FairShareTests {
    private var share = FairShare()

    /// A claim of so many messages gets those of these priorities.
    ///
    /// - Returns: how many were kept for those that have waited longest.
    @discardableResult
    private mutating func claim(_ limit: Int, gets priorities: [Int]) -> Int {
        let reserve = share.reserve(of: limit)
        share.claimed(
            priorities.map { .sample(priority: $0) },
            by: OutboxClaim(limit: limit, window: limit, busy: [], depth: .survey(reserve: reserve)))
        return reserve
    }

    @Test("is one message after nine urgent ones in a row, which may be urgent as well")
    mutating func everyTenth() {
        for round in 1...3 {
            for number in 1...10 {
                let reserve = claim(1, gets: [number == 10 && round != 2 ? 2 : 0])
                #expect(reserve == (number < 10 ? 0 : 1), "\(number) in round \(round)")
            }
        }
    }

    @Test("is nothing while notifications go anyway")
    mutating func notifications() {
        for number in 1...30 {
            let reserve = claim(1, gets: [number.isMultiple(of: 5) ? 2 : 1])
            #expect(reserve == 0)
        }
    }

    @Test("is nothing when a claim gets all that is ready: nobody waits")
    mutating func nobody() {
        for _ in 1...9 { claim(1, gets: [0]) }
        #expect(share.reserve(of: 1) == 1)
        claim(1, gets: [])
        #expect(share.reserve(of: 1) == 0)
        for _ in 1...9 { claim(2, gets: [1]) }
        #expect(share.reserve(of: 1) == 0)
    }

    @Test("is kept in batches, on the average of all")
    mutating func batches() {
        var reserved = 0
        for _ in 0..<50 {
            let reserve = claim(6, gets: Array(repeating: 1, count: 6))
            #expect(reserve < 6, "an urgent one goes with the next token")
            reserved += reserve
        }
        #expect(reserved == 30, "a tenth of 300")
    }
}
