import Postgres
import TestSupport
import Testing

@testable import Worker

@Suite("A claim", .timeLimit(.minutes(10)))
struct ClaimTests {
    private func walks(_ claim: OutboxClaim) -> Bool {
        if case .survey(_, walk: .some) = claim.depth { true } else { false }
    }

    @Test("finds what another chat waits with at once, beside thousands of messages of one chat")
    func crowd() async throws {
        var queue = try await Queue.open(concurrency: 64)
        try await queue.fill(chats: 1...1, each: 20_000)
        try await queue.fill(chats: 2...3)
        #expect(try await queue.claim().chats == [1])
        let (claim, chats) = try await queue.next()
        #expect(walks(claim))
        #expect(Set(chats) == [2, 3])
        // Then the others are marked little by little, and the window is enough again.
        while let marked = try? await queue.next(), walks(marked.claim) {}
        let unmarked: Int = try await queue.session.query(
            "select count(*) as n from tgworker.outbox where not behind")[0].get("n")
        #expect(unmarked == 3)
        try await queue.close()
    }

    @Test("gives its reserve to those who have waited longest, one of each chat, and the rest to the most urgent")
    func reserve() async throws {
        let queue = try await Queue.open()
        try await queue.fill(chats: 1...2, priority: 2)
        try await queue.fill(chats: 3...9, priority: 0)
        try await queue.fill(chats: 1...1, priority: 0)
        let claim = OutboxClaim(limit: 4, window: 50, busy: [4], depth: .survey(reserve: 1))
        let messages = try await queue.run(claim).messages
        #expect(messages.map(\.chatID) == [3, 5, 6, 1])
        #expect(messages.map(\.priority) == [0, 0, 0, 2])
        try await queue.close()
    }

    @Test(
        "gets the next of a lane in the exchange that records the one before, and not what is less urgent in its chat")
    func sameExchange() async throws {
        var queue = try await Queue.open()
        try await queue.fill(chats: 1...1, each: 3, priority: 1)
        try await queue.fill(chats: 1...1, priority: 2)
        _ = try await queue.claim()
        for expected in [1, 1, 2] {
            let claim = OutboxClaim(limit: 9, window: 9, busy: [])
            let answers = try await queue.session.group([
                Statement("delete from tgworker.outbox where sending_since is not null"), Queue.statement(claim),
            ])
            #expect(try OutboxClaim.Answer(answers[1], to: claim).messages.map(\.priority) == [expected])
        }
        try await queue.close()
    }

    @Test("tells when the next one is due, and takes none before")
    func due() async throws {
        let queue = try await Queue.open()
        try await queue.fill(chats: 1...2)
        try await queue.session.script(
            "update tgworker.outbox set available_at = clock_timestamp() + interval '1 hour' where chat_id = 2")
        let answer = try await queue.run(OutboxClaim(limit: 9, window: 9, busy: []))
        #expect(answer.messages.map(\.chatID) == [1])
        let due = try #require(answer.dueIn)
        #expect(due > .seconds(3000) && due <= .seconds(3600))
        try await queue.close()
    }

    @Test("sees what was inserted before the mark and committed after it, as soon as that is announced")
    func lateCommit() async throws {
        var queue = try await Queue.open()
        let shop = try await queue.connect()
        try await shop.script("begin; insert into tgworker.outbox (kind, priority, chat_id) values ('reply', 2, 1)")
        let inserted: Int64 = try await shop.query(
            "select (extract(epoch from available_at) * 1000000)::bigint as moment from tgworker.outbox")[0]
            .get("moment")
        // It is waited for at first.
        for chat in 2...20 {
            try await queue.fill(chats: chat...chat)
            #expect(try await queue.claim().chats == [Int64(chat)])
        }
        var chat = 100
        var mark = Int64.min
        let started = ContinuousClock.now
        while mark <= inserted, ContinuousClock.now - started < .seconds(120) {
            chat += 1
            try await queue.fill(chats: chat...chat)
            let (claim, chats) = try await queue.claim()
            #expect(chats == [Int64(chat)])
            mark = claim.marks.moments[2] ?? .min
        }
        #expect(mark > inserted, "the queue goes on without it")
        try await shop.script("commit")
        // The first claim sees that the transaction is over, the second what it has left.
        var found = try await queue.claim().chats
        if found.isEmpty { found = try await queue.next().chats }
        #expect(found == [1])
        await shop.close()
        try await queue.close()
    }

    @Test("sees what a transaction commits that was open for a moment while others were claimed")
    func shortTransaction() async throws {
        var queue = try await Queue.open()
        let shop = try await queue.connect()
        for round in 0..<30 {
            let late = 2 * round + 1
            try await shop.script(
                "begin; insert into tgworker.outbox (kind, priority, chat_id) values ('reply', 2, \(late))")
            for _ in 1...3 { _ = try await queue.claim() }
            try await queue.fill(chats: late + 1...late + 1)
            #expect(try await queue.claim().chats == [Int64(late + 1)])
            try await shop.script("commit")
            var found = try await queue.claim().chats
            // On a machine that stood still for a second the transaction may have been passed over.
            if found.isEmpty { found = try await queue.next().chats }
            #expect(found == [Int64(late)])
        }
        await shop.close()
        try await queue.close()
    }

    @Test("sees the next of a lane whose head an operator discards in a transaction that began long before")
    func discard() async throws {
        var queue = try await Queue.open()
        try await queue.fill(chats: 1...1, each: 2)
        let operatorSession = try await queue.connect()
        // The head has to wait, and the next one is marked.
        try await queue.run(OutboxClaim(limit: 0, window: 10, busy: []))
        let head: Int64 = try await queue.session.query("select min(id) as id from tgworker.outbox")[0].get("id")
        try await operatorSession.script("begin; select tgworker.discard(\(head))")
        for chat in 2...30 {
            try await queue.fill(chats: chat...chat)
            #expect(try await queue.claim().chats == [Int64(chat)])
        }
        try await operatorSession.script("commit")
        #expect(try await queue.claim().chats == [1])
        await operatorSession.close()
        try await queue.close()
    }

    @Test("finds rows that are known to be first without looking for older ones")
    func heads() async throws {
        let queue = try await Queue.open()
        try await queue.fill(chats: 1...1, each: 3)
        #expect(try await queue.run(OutboxClaim(limit: 5, window: 10, busy: [])).marked == 2)
        try await queue.session.query("delete from tgworker.outbox where sending_since is not null")
        let rows = try await queue.session.query(
            "select behind, is_head, available_at > enqueued_at as later from tgworker.outbox order by id")
        #expect(try rows.map { try $0.get("is_head", as: Bool.self) } == [true, false])
        #expect(try rows.map { try $0.get("behind", as: Bool.self) } == [false, true])
        #expect(try rows[0].get("later", as: Bool.self), "its turn is counted from now")
        try await queue.close()
    }
}
