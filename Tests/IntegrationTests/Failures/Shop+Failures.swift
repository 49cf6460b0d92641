import Foundation
import TestSupport
import Testing

extension Shop {
    /// What the worker answers to an orchestrator, as `200 ready: sender`.
    func readiness(of worker: ChildProcess) async throws -> String {
        let line = try await worker.line(containing: "listening address=")
        let address = try #require(line.split(separator: "=").last)
        return try await Command.run("curl", ["-s", "-w", "%{http_code}", "\(address)/health/ready"])
    }

    /// Waits for a state of the outbox or the ledger.
    func reached(_ awaited: String, _ query: String, is expected: String) async throws {
        try await eventually("\(awaited): \(query)", timeout: .seconds(90)) {
            try await database.psql(query) == expected
        }
    }

    /// Ledger lines of a chat, in order.
    func ledger(of chat: Int64, _ columns: String = "outcome, reason") async throws -> [String] {
        try await database.psql("select \(columns) from tgworker.delivery where chat_id = \(chat) order by outbox_id")
            .split(separator: "\n").map(String.init)
    }

    /// Kills a worker as the kernel would.
    func kill(_ worker: ChildProcess) async throws {
        await worker.kill(9)
        _ = try await worker.exit()
        // The lock goes with the session.
        try await eventually("its session is gone") {
            try await database.psql(
                "select count(*) from pg_stat_activity where application_name = 'tgworker' and datname = current_database()"
            ) == "0"
        }
    }
}
