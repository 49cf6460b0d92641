import Foundation
import TestSupport
import Testing

/// How a command of the program ended.
struct Outcome: Sendable {
    let code: Int32
    let output: String
    let errors: String

    var lines: [Substring] { output.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The line of a finding.
    func finding(_ name: String) -> String {
        lines.filter { $0.split(separator: " ").dropFirst().first.map(String.init) == name }.joined(separator: "\n")
    }
}

extension Shop {
    /// A shop whose bot has an operator, and that polls.
    static func openForAdministration(_ kind: DemoDatabase = .fixture) async throws -> Shop {
        let shop = try await openForCustomers(kind)
        try await shop.database.psql(
            "insert into telegram_bot_operator_rel (bot_id, user_id) select id, 2 from telegram_bot_config")
        return shop
    }

    /// Runs a command of the program to its end.
    func run(_ arguments: [String], url: String? = nil, environment: [String: String] = [:]) async throws -> Outcome {
        let command = try await ChildProcess.start(
            Checkout.product("tgworker"), arguments + ["--database-url", url ?? database.url],
            environment: environment)
        let status = try await command.exit()
        let code: Int32 = if case .exited(let code) = status { code } else { -1 }
        return Outcome(code: code, output: await command.text(), errors: await command.text(ofErrors: true))
    }

    /// Runs `tgworker check`, and sees to it that it tells no secret.
    func check(
        _ arguments: [String] = [], url: String? = nil, environment: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        let outcome = try await run(
            ["check", "--telegram-api-url", telegram.url] + arguments, url: url, environment: environment)
        let token = try await database.psql("select max(webhook_token) from tgworker.bot")
        for secret in ["TEST-TOKEN", Self.webhookSecret, token] where !secret.isEmpty {
            #expect(!(outcome.output + outcome.errors).contains(secret), sourceLocation: sourceLocation)
        }
        return outcome
    }

    /// Runs a command in a terminal of its own, with what is typed into it.
    func inTerminal(
        _ arguments: [String], typing input: String? = nil, environment: [String: String] = [:]
    ) async throws -> Outcome {
        let words = [try Checkout.product("tgworker")] + arguments + ["--database-url", database.url]
        let line = words.map { "'\($0)'" }.joined(separator: " ")
        let command = try await ChildProcess.start(
            "script", ["--quiet", "--return", "--command", line, "/dev/null"],
            // `swift test` sets NO_COLOR for all that it starts when its own output is no terminal.
            environment: ["TERM": "xterm", "NO_COLOR": ""].merging(environment) { $1 }, input: input)
        let status = try await command.exit()
        let code: Int32 = if case .exited(let code) = status { code } else { -1 }
        return Outcome(code: code, output: await command.text(), errors: await command.text(ofErrors: true))
    }

    /// Messages that the ledger says have failed.
    func addFailures(_ count: Int, chat: Int64 = 77, reason: String = "the customer has blocked the bot") async throws {
        try await database.psql(
            """
            insert into tgworker.delivery (outbox_id, kind, priority, chat_id, source_id, event, outcome, reason, attempts,
                in_doubt, enqueued_at)
            select 1000 + n, 'reply', 1, \(chat), n, '{}', 'failed', $$\(reason)$$, 1, 0, now() - interval '3 hours'
            from generate_series(1, \(count)) n
            """)
    }
}
