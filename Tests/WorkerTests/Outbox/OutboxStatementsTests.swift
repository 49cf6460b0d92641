import Postgres
import Testing

@testable import Worker

@Suite("The statements of the queue", .timeLimit(.minutes(5)))
struct OutboxStatementsTests {
    private static let statements: [(name: String, statement: Statement)] = [
        ("claim", claim(OutboxClaim(limit: 64, window: 128, busy: [1, 2]))),
        ("glance", claim(OutboxClaim(limit: 64, window: 64, busy: [1, 2], depth: .glance))),
        ("fair claim", claim(OutboxClaim(limit: 64, window: 128, busy: [1, 2], depth: .survey(reserve: 6)))),
        (
            "walk",
            claim(
                OutboxClaim(
                    limit: 64, window: 128, busy: [1, 2],
                    depth: .survey(walk: OutboxClaim.Walk(after: nil, lanes: 9))))
        ),
        ("glance", claim(OutboxClaim(limit: 64, window: 64, busy: [1], depth: .glance))),
        ("changes", claim(OutboxClaim(limit: 64, window: 8, busy: [1], depth: .changes))),
        ("parking", OutboxStatements.park(true)),
        ("finish", OutboxStatements.finish([Finished(id: 1, outcome: .sent), Finished(id: 2, outcome: .failed)])),
        ("park", OutboxStatements.park(true)),
        ("bringForward", OutboxStatements.bringForward([1, 2])),
        ("setChats", ChatStatements.setChats([ChatState(chatID: 1, reason: "blocked")], bot: 42)),
        ("pause chats", ChatStatements.pause([(id: 1, duration: .seconds(5))], bot: 42)),
        ("pauses", ChatStatements.pauses(bot: 42)),
        ("migrate", ChatStatements.migrate(-1, to: -2, bot: 42)),
        ("requeue", OutboxStatements.requeue([SenderBench.requeued(.sample(), after: .seconds(1))])),
        ("recover", OutboxStatements.recover(mine: [OutboxAttempt(id: 1, attempt: 1)], hold: false)),
        ("recover, hold", OutboxStatements.recover(mine: [], hold: true)),
        ("noticeCrash", OutboxStatements.noticeCrash(hold: false)),
        ("mendLanes", OutboxStatements.mendLanes(OutboxClaim.Walk(after: nil, lanes: 9))),
        ("pause the bot", ChatStatements.pause(42, for: .seconds(5))),
    ]

    private static func claim(_ claim: OutboxClaim) -> Statement {
        OutboxStatements.claim(claim, defaultTimeZone: "UTC", bot: 42)
    }

    @Test("have a value for each parameter and a parameter for each value", arguments: statements.indices)
    func parameters(index: Int) {
        let (name, statement) = Self.statements[index]
        let numbers = statement.sql.split(separator: "$").dropFirst().compactMap { Int($0.prefix(while: \.isNumber)) }
        #expect(Set(numbers) == Set(1..<statement.parameters.count + 1), "\(name)")
    }

    @Test(
        "are prepared when they are run for every message",
        arguments: ["claim", "glance", "fair claim", "walk", "park", "finish", "setChats", "requeue", "pause chats"])
    func prepared(name: String) throws {
        let statement = try #require(Self.statements.first { $0.name == name }).statement
        #expect(statement.isPrepared)
    }
}
