import ArgumentParser
import Testing

@testable import tgworker

@Suite("The filters of outbox", .timeLimit(.minutes(1)))
struct OutboxOptionsTests {
    @Test("a time is a number and a unit", arguments: [("90s", 90), ("30m", 1800), ("2h", 7200), ("3d", 259_200)])
    func times(text: String, seconds: Int) throws {
        #expect(try FilterOptions.time(text) == .seconds(seconds))
    }

    @Test("anything else is refused with what to write", arguments: ["", "h", "2", "-2h", "2 h", "1w", "2.5h"])
    func noTimes(text: String) {
        #expect(throws: ValidationError.self) { try FilterOptions.time(text) }
    }

    @Test(
        "retry and discard want to know which messages",
        arguments: [
            ([], false), (["--all"], true), (["12"], true), (["--chat", "-100"], true), (["--limit", "0"], false),
            (["-5"], false), (["--kind", "other"], false), (["--older-than", "soon"], false),
            (["--state", "sent"], false),
        ])
    func which(arguments: [String], isAccepted: Bool) {
        let parsed = try? OutboxCommand.RetryCommand.parse(arguments)
        #expect((parsed != nil) == isAccepted)
    }

    @Test("only what waits can be discarded")
    func discard() {
        #expect((try? OutboxCommand.DiscardCommand.parse(["--state", "failed"])) == nil)
        #expect((try? OutboxCommand.DiscardCommand.parse(["--state", "waiting"])) != nil)
    }
}
