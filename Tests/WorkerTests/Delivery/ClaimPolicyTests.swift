import Testing

@testable import Worker

@Suite("How deep a claim looks", .timeLimit(.minutes(5)))
struct ClaimPolicyTests {
    typealias Answer = OutboxClaim.Answer
    typealias Depth = OutboxClaim.Depth

    private var policy = ClaimPolicy()

    /// The next claim of 64 messages, which gets an answer.
    @discardableResult
    private mutating func claim(paced: Int = 0, _ answer: Answer = Answer()) -> OutboxClaim {
        let claim = policy.claim(64, busy: [], paced: paced)
        policy.saw(answer, of: claim)
        return claim
    }

    private mutating func depth(paced: Int = 0, _ answer: Answer = Answer()) -> Depth {
        claim(paced: paced, answer).depth
    }

    /// What a claim at a second saw, when it took all.
    private static func sight(_ second: Int64, running: Set<UInt64> = []) -> QueueHorizon.Sight {
        QueueHorizon.Sight(
            moment: second * 1_000_000, left: Array(repeating: second * 1_000_000, count: 3),
            snapshot: QueueHorizon.Snapshot(next: UInt64(second), running: running))
    }

    @Test("is all at the start, and a glance after that; what has been asked for is expected no longer")
    mutating func start() {
        #expect(policy.expected == .anything)
        #expect(claim() == OutboxClaim(limit: 64, window: 72, busy: []))
        #expect(policy.expected == .nothing)
        policy.expect(.anything)
        #expect(claim() == OutboxClaim(limit: 64, window: 64, busy: [], depth: .glance))
        #expect(policy.expected == .nothing)
    }

    // MARK: Surveys

    @Test("is a survey at once when it is asked for one, and the next time when it is told that one is needed")
    mutating func wanted() {
        claim()
        policy.needsSurvey = true
        #expect(policy.expected == .nothing)
        #expect(depth() == .survey())
        #expect(depth() == .glance, "it has been made")
        policy.survey()
        #expect(policy.expected == .anything)
        #expect(depth() == .survey())
    }

    @Test("is a survey when a glance has left something that it saw")
    mutating func left() {
        claim()
        #expect(depth(Answer(messages: [.sample()], seen: 1)) == .glance)
        #expect(policy.expected == .nothing)
        #expect(depth(Answer(messages: [.sample()], seen: 2)) == .glance)
        #expect(policy.expected == .anything)
        #expect(depth() == .survey())
    }

    @Test("is a survey after 32 that were none", arguments: [ClaimPolicy.Expectation.change, .anything])
    mutating func everySoOften(expectation: ClaimPolicy.Expectation) {
        claim()
        for _ in 0..<32 {
            policy.expect(expectation)
            #expect(depth(Answer(messages: [.sample()], seen: 1)) == (expectation == .change ? .changes : .glance))
        }
        policy.expect(expectation)
        #expect(depth() == .survey())
        policy.expect(expectation)
        #expect(depth() != .survey())
    }

    @Test("is a survey while chats are paced, with room for their messages")
    mutating func paced() {
        claim()
        #expect(claim(paced: 5).window == 64 + 8 + 5)
        #expect(depth(paced: 1) == .survey())
        #expect(depth() == .glance)
    }

    @Test("is a survey when messages are kept for those that have waited longest")
    mutating func reserve() {
        claim(Answer(messages: SenderBench.messages(1...64, priority: 0)))
        #expect(policy.expected == .anything, "the answer was full")
        #expect(depth(Answer(messages: [.sample()], seen: 1)) == .survey(reserve: 12))
        #expect(depth() == .glance)
    }

    @Test("is a survey of more rows when rows were marked, which may hide others")
    mutating func marked() {
        claim(Answer(marked: 1))
        #expect(policy.expected == .anything)
        #expect(claim() == OutboxClaim(limit: 64, window: 128, busy: []))
        #expect(depth() == .glance)
    }

    @Test("reaches from lane to lane as long as rows behind others fill the window, and goes on where it was")
    mutating func walks() {
        let lane = OutboxClaim.Lane(chat: 7, priority: 1)
        func walk(after lane: OutboxClaim.Lane?) -> Depth {
            .survey(walk: OutboxClaim.Walk(after: lane, lanes: 256))
        }
        claim(Answer(marked: 64))
        #expect(depth(Answer(marked: 65)) == .survey(), "so many hide nothing")
        let first = claim(paced: 2, Answer(marked: 500, walkedTo: lane))
        #expect(first.depth == walk(after: nil))
        #expect(first.window == 502)
        #expect(depth(Answer(marked: 500)) == walk(after: lane))
        #expect(depth(Answer(marked: 3)) == walk(after: nil), "from the beginning again")
        #expect(depth() == .survey())
        #expect(policy.expected == .nothing)
    }

    // MARK: Changes

    @Test("is that of changed orders when one of them has come, and nothing else")
    mutating func changes() {
        claim()
        policy.expect(.change)
        #expect(claim(Answer(messages: [.sample()])) == OutboxClaim(limit: 64, window: 8, busy: [], depth: .changes))
        #expect(policy.expected == .nothing)
        policy.expect(.anything)
        policy.expect(.change)
        #expect(depth() == .glance)
        policy.expect(.change)
        policy.needsSurvey = true
        #expect(depth() == .survey())
    }

    @Test("is more when the change that has come was not among them, or there may be more", arguments: [0, 8])
    mutating func notAll(count: Int64) {
        claim()
        policy.expect(.change)
        claim(Answer(messages: (0..<count).map { .sample($0) }))
        #expect(policy.expected == .anything)
        #expect(depth() == .glance)
    }

    // MARK: From where

    @Test("begins at the mark, and is all when that is asked for")
    mutating func marks() {
        let all = QueueHorizon.Marks()
        for second in Int64(1)...2 { #expect(claim(Answer(sight: Self.sight(second))).marks == all) }
        #expect(claim().marks.moments == [750_000, 750_000, 750_000])
        policy.surveyAll()
        #expect(policy.expected == .anything)
        let next = claim()
        #expect(next.marks == all)
        #expect(next.depth == .survey())
    }

    @Test("is all when a transaction has ended that was passed over", arguments: [Depth.changes, .glance, .survey()])
    mutating func passedOver(depth: Depth) {
        for second in Int64(10)...12 { claim(Answer(sight: Self.sight(second, running: [5]))) }
        #expect(policy.expected == .nothing)
        if depth == .survey() { policy.needsSurvey = true }
        policy.expect(depth == .changes ? .change : .anything)
        let sight = Self.sight(13)
        let seen = claim(
            Answer(messages: [.sample()], seen: 1, snapshot: sight.snapshot, sight: depth == .changes ? nil : sight))
        #expect(seen.depth == depth)
        #expect(seen.marks != QueueHorizon.Marks())
        #expect(policy.expected == .anything)
        let next = claim()
        #expect(next.depth == .survey())
        #expect(next.marks == QueueHorizon.Marks())
    }
}
