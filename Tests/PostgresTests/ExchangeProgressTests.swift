import CLibpq
import Testing

@testable import Postgres

extension Rows {
    /// An answer without rows, as libpq makes it.
    static func empty() throws -> Rows {
        Rows(try #require(PQmakeEmptyPGresult(nil, PGRES_COMMAND_OK)))
    }
}

extension Answer {
    static func rows() throws -> Answer { .rows(try .empty()) }
    static let error = Answer.failed(PostgresError(.server, sqlState: "22012", message: "division by zero"))
    static let cancelled = Answer.failed(PostgresError(.server, sqlState: .queryCanceled, message: "canceling"))
}

@Suite("An exchange in progress")
struct ExchangeProgressTests {
    private func progress(_ statements: [Statement], _ operations: [Exchange.Operation]) -> ExchangeProgress {
        ExchangeProgress(Exchange(id: 1, content: .group(statements)), operations: operations)
    }

    private let two = [Statement("a"), Statement("b")]
    private let twoOperations: [Exchange.Operation] = [
        .execute(statement: 0, name: nil), .execute(statement: 1, name: nil),
    ]

    @Test("of a group ends with the Sync and has one answer for each statement")
    func group() throws {
        var progress = progress(two, twoOperations)
        for answer in [try Answer.rows(), .endOfStatement, try .rows(), .endOfStatement] {
            let isLast = progress.take(answer)
            #expect(!isLast)
        }
        let isLast = progress.take(.sync)
        #expect(isLast)
        #expect(try progress.outcome.get().count == 2)
    }

    @Test("keeps the first error, whatever follows it")
    func failure() throws {
        var progress = progress(two, twoOperations)
        for answer in [Answer.error, .endOfStatement, .skipped, .endOfStatement, .cancelled, .sync] {
            _ = progress.take(answer)
        }
        let error = #expect(throws: PostgresError.self) { try progress.outcome.get() }
        #expect(error?.sqlState == "22012")
        #expect(error?.kind == .server)
    }

    @Test(
        "names the reason only for the server's own word that it was cancelled",
        arguments: [
            (Answer.cancelled, PostgresError.Kind?.some(.timeout), PostgresError.Kind.timeout),
            (.cancelled, .cancelled, .cancelled),
            (.cancelled, nil, .server),
            (.error, .timeout, .server),
        ])
    func interruption(answer: Answer, interruption: PostgresError.Kind?, kind: PostgresError.Kind) {
        var progress = progress(two, twoOperations)
        progress.interruption = interruption
        _ = progress.take(answer)
        let error = #expect(throws: PostgresError.self) { try progress.outcome.get() }
        #expect(error?.kind == kind)
    }

    @Test("succeeds when the request to cancel came too late")
    func interruptedTooLate() throws {
        var progress = progress([Statement("a")], [.execute(statement: 0, name: nil)])
        progress.interruption = .timeout
        for answer in [try Answer.rows(), .endOfStatement, .sync] { _ = progress.take(answer) }
        #expect(try progress.outcome.get().count == 1)
    }

    @Test("counts what was prepared, and not among the answers, also when a later statement fails")
    func prepared() throws {
        let operations: [Exchange.Operation] = [
            .prepare(name: "s1", sql: "a"), .execute(statement: 0, name: "s1"), .prepare(name: "s2", sql: "b"),
            .execute(statement: 1, name: "s2"),
        ]
        var progress = progress(two, operations)
        for answer in [
            try Answer.rows(), .endOfStatement, try .rows(), .endOfStatement, .error, .endOfStatement, .skipped,
            .endOfStatement, .sync,
        ] { _ = progress.take(answer) }
        #expect(progress.newlyPrepared == ["s1"])
        #expect(throws: PostgresError.self) { try progress.outcome.get() }
    }

    @Test("of a script ends with its last answer")
    func script() throws {
        var progress = ExchangeProgress(Exchange(id: 1, content: .script("a; b")), operations: [])
        for _ in 0..<2 {
            let isLast = progress.take(try .rows())
            #expect(!isLast)
        }
        let isLast = progress.take(.endOfStatement)
        #expect(isLast)
        #expect(try progress.outcome.get().count == 2)
    }
}
