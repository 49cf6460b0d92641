import Foundation
import Logging
import Testing

@testable import tgworker

@Suite("A log line", .timeLimit(.minutes(5)))
struct LogLineTests {
    private static let moment = Timestamp(seconds: 1_795_445_961, milliseconds: 42)

    private func event(
        _ message: String, _ level: Logger.Level = .info, _ metadata: Logger.Metadata? = nil, error: (any Error)? = nil
    ) -> LogEvent {
        LogEvent(
            level: level, message: "\(message)", error: error, metadata: metadata, source: "tests", file: #fileID,
            function: #function, line: #line)
    }

    private func text(_ event: LogEvent, priority: Bool = false) -> String {
        TextLogHandler(level: .trace, showsPriority: priority, now: { Self.moment }).line(for: event)
    }

    private func json(_ event: LogEvent) -> String {
        JSONLogHandler(level: .trace, now: { Self.moment }).line(for: event)
    }

    @Test(
        "for people begins with time and level",
        arguments: [
            (Logger.Level.info, "2026-11-23T14:59:21Z info  sent"), (.error, "2026-11-23T14:59:21Z error sent"),
            (.warning, "2026-11-23T14:59:21Z warning sent"),
        ])
    func levels(level: Logger.Level, line: String) {
        #expect(text(event("sent", level)) == line)
    }

    @Test(
        "for systemd's journal begins with its priority",
        arguments: zip(Logger.Level.allCases, ["<7>", "<7>", "<6>", "<5>", "<4>", "<3>", "<2>"]))
    func priorities(level: Logger.Level, prefix: String) {
        #expect(text(event("sent", level), priority: true).hasPrefix("\(prefix)2026-11-23T14:59:21Z "))
    }

    @Test("for people shows metadata sorted, quoted where it could be mistaken")
    func metadata() {
        let line = text(
            event(
                "sent", .info,
                [
                    "outbox": "7", "reason": "Too Many Requests", "empty": "", "quote": "say \"hi\" \\", "pair": "a=b",
                    "list": ["a", "b"],
                ]))
        #expect(
            line == #"2026-11-23T14:59:21Z info  sent empty="" list="[\"a\", \"b\"]" outbox=7 pair="a=b" "#
                + #"quote="say \"hi\" \\" reason="Too Many Requests""#)
    }

    @Test("stays one line and moves no cursor, whatever a text from outside holds")
    func controlCharacters() {
        let nasty = "a\r\nb\tc\u{1b}[2Jd\u{85}e\u{2028}f\u{0}"
        let event = event(nasty, .info, ["k\n": "\(nasty)"])
        for line in [text(event), json(event)] {
            #expect(line.unicodeScalars.filter(\.isControlOrBreak).isEmpty)
        }
        #expect(
            text(event).hasSuffix(
                #"info  a\r\nb\tc\u{1b}[2Jd\u{85}e\u{2028}f\u{0} k\n=a\r\nb\tc\u{1b}[2Jd\u{85}e\u{2028}f\u{0}"#))
    }

    @Test("for machines is JSON with the metadata beside the message")
    func jsonLine() {
        let line = json(
            event(
                "sent \"x\" \\ ё", .warning,
                [
                    "outbox": .stringConvertible(7), "age": .stringConvertible(0.5), "ready": .stringConvertible(true),
                    "message": "hidden", "list": ["a", ["k": "v"]],
                ]))
        #expect(
            line == #"{"time":"2026-11-23T14:59:21.042Z","level":"warning","message":"sent \"x\" \\ ё","age":0.5,"#
                + #""list":["a",{"k":"v"}],"message_":"hidden","outbox":7,"ready":true}"#)
    }

    @Test("for machines gives back the text that was logged")
    func roundTrip() throws {
        let nasty =
            String(String.UnicodeScalarView((0..<0x250).compactMap(Unicode.Scalar.init))) + "\u{2028}\u{1F600}\\u0041"
        let members = try JSONDecoder().decode([String: String].self, from: Data(json(event(nasty)).utf8))
        #expect(members["message"] == nasty)
    }

    @Test("shows an error as advice, and metadata of the event before that of the logger")
    func sources() {
        var handler = TextLogHandler(level: .info, showsPriority: false, now: { Self.moment })
        handler[metadataKey: "a"] = "handler"
        handler[metadataKey: "b"] = "handler"
        handler.metadataProvider = Logger.MetadataProvider { ["b": "provider", "c": "provider"] }
        let line = handler.line(for: event("x", .info, ["c": "event"], error: CommandError("this", "do that")))
        #expect(line == #"2026-11-23T14:59:21Z info  x a=handler b=provider c=event error="this: do that""#)
    }

    @Test(
        "shows the time in UTC",
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000Z"), (951_782_399, 7, "2000-02-28T23:59:59.007Z"),
            (1_709_164_800, 999, "2024-02-29T00:00:00.999Z"),
        ])
    func time(seconds: Int, milliseconds: Int, text: String) {
        #expect(Timestamp(seconds: seconds, milliseconds: milliseconds).inMilliseconds == text)
    }

    @Test("goes to the journal only when standard error does, not when the variable was inherited")
    func journal() throws {
        var facts = stat()
        try #require(fstat(2, &facts) == 0)
        let stream = "\(facts.st_dev):\(facts.st_ino)"
        #expect(Journal.receivesStandardError(environment: ["JOURNAL_STREAM": stream]))
        #expect(!Journal.receivesStandardError(environment: ["JOURNAL_STREAM": "1:\(facts.st_ino)0"]))
        #expect(!Journal.receivesStandardError(environment: [:]))
    }
}
