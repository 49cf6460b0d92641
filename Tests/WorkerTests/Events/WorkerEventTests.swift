import Logging
import Testing

@testable import Worker

@Suite("The log of an event", .timeLimit(.minutes(5)))
struct WorkerEventTests {
    struct Line: Sendable, CustomTestStringConvertible {
        var event: WorkerEvent
        var level: Logger.Level
        var metadata: Logger.Metadata

        init(_ event: WorkerEvent, _ level: Logger.Level, _ metadata: Logger.Metadata = [:]) {
            (self.event, self.level, self.metadata) = (event, level, metadata)
        }

        var testDescription: String { event.message }
    }

    private static let lines = [
        Line(.started(version: "1.2", instance: "uuid"), .info, ["version": "1.2", "instance": "uuid"]),
        Line(.listening(address: "127.0.0.1:8080"), .info, ["address": "127.0.0.1:8080"]),
        Line(.connected(database: "shop", serverVersion: 150_020), .info, ["database": "shop", "server": "150020"]),
        Line(.disconnected(reason: "terminated"), .warning, ["reason": "terminated"]),
        Line(
            .waiting(reason: "no bot", retryAfter: .seconds(30)), .warning,
            ["reason": "no bot", "retry_in": "30.000s"]),
        Line(.identified(botID: 42, username: "shop_bot"), .info, ["bot": "42", "username": "shop_bot"]),
        Line(.identified(botID: 42, username: nil), .info, ["bot": "42", "username": "-"]),
        Line(.standingBy, .info),
        Line(.becameSender, .info),
        Line(.wokenUp(after: .milliseconds(2)), .debug, ["after": "0.002s"]),
        Line(.deaf, .warning),
        Line(.recovered(count: 3, held: true), .notice, ["messages": "3", "held": "true"]),
        Line(
            .sent(outboxID: 7, kind: "reply", attempt: 2, waited: .milliseconds(4), took: .milliseconds(90)), .debug,
            ["outbox": "7", "kind": "reply", "attempt": "2", "waited": "0.004s", "took": "0.090s"]),
        Line(
            .postponed(
                outboxID: 7, kind: "order_state", attempt: 2, reason: "HTTP 502", retryAfter: .milliseconds(1250),
                inDoubt: true),
            .notice,
            [
                "outbox": "7", "kind": "order_state", "attempt": "2", "reason": "HTTP 502", "retry_in": "1.250s",
                "in_doubt": "true",
            ]),
        Line(
            .gaveUp(outboxID: 7, kind: "answer", outcome: "failed", reason: "blocked"), .warning,
            ["outbox": "7", "kind": "answer", "outcome": "failed", "reason": "blocked"]),
        Line(.sentPlain(outboxID: 7, reason: "can't parse"), .notice, ["outbox": "7", "reason": "can't parse"]),
        Line(.chatMoved(from: -5, to: -1005), .notice, ["chat": "-5", "new": "-1005"]),
        Line(.paused(reason: "429", until: .seconds(5)), .warning, ["reason": "429", "for": "5.000s"]),
        Line(.tokenRejected(reason: "Unauthorized"), .error, ["reason": "Unauthorized"]),
        Line(.resumed, .info),
        Line(.receiving(mode: "polling"), .info, ["mode": "polling"]),
        Line(
            .updateHandled(updateID: 812, outcome: "handled", took: .milliseconds(4)), .debug,
            ["update": "812", "outcome": "handled", "took": "0.004s"]),
        Line(
            .updateFailed(updateID: nil, reason: "not JSON"), .warning, ["update": "-", "reason": "not JSON"]),
        Line(
            .receivingPaused(reason: "no route", retryAfter: .seconds(4)), .warning,
            ["reason": "no route", "retry_in": "4.000s"]),
        Line(.receivingResumed, .info),
        Line(
            .webhookRemoved(host: "shop.example", pending: 3), .notice, ["host": "shop.example", "pending": "3"]),
        Line(.webhookSet, .info),
        Line(.webhookTrouble(reason: "no address"), .warning, ["reason": "no address"]),
        Line(
            .webhookRequested(action: "set", ok: true, answer: "Set"), .info,
            ["action": "set", "ok": "true", "answer": "Set"]),
        Line(
            .webhookRequested(action: "delete", ok: false, answer: "No"), .warning,
            ["action": "delete", "ok": "false", "answer": "No"]),
        Line(.settlingFailed(reason: "no database"), .warning, ["reason": "no database"]),
        Line(.toastFailed(reason: "no bus"), .notice, ["reason": "no bus"]),
        Line(.menuFailed(reason: "HTTP 502"), .notice, ["reason": "HTTP 502"]),
        Line(.reloading, .info),
        Line(.draining(inFlight: 3), .info, ["under_way": "3"]),
        Line(.abandoned(inFlight: 1), .warning, ["under_way": "1"]),
        Line(.stopped, .info),
    ]

    @Test(
        "has its level and exactly its particulars: numbers and reasons, no texts and no names of people",
        arguments: lines)
    func line(line: Line) {
        #expect(line.event.level == line.level)
        #expect(line.event.metadata == line.metadata)
    }

    @Test("has words of its own, which say nothing of the particulars")
    func words() {
        // Two more than there are kinds: a bot without a user name, and a request that was refused.
        #expect(Set(Self.lines.map(\.event.message)).count == Self.lines.count - 2)
        for line in Self.lines {
            #expect(!line.event.message.isEmpty)
            #expect(!line.event.message.contains { $0.isNumber || $0.isNewline })
        }
    }

    @Test("covers every kind of event")
    func kinds() {
        // A new kind does not compile here; then give it a line above.
        let kinds = Set(
            Self.lines.map { line in
                switch line.event {
                case .started: 1
                case .listening: 2
                case .connected: 3
                case .disconnected: 4
                case .waiting: 5
                case .identified: 6
                case .standingBy: 7
                case .becameSender: 8
                case .recovered: 9
                case .sent: 10
                case .postponed: 11
                case .gaveUp: 12
                case .sentPlain: 13
                case .paused: 14
                case .tokenRejected: 15
                case .resumed: 16
                case .reloading: 17
                case .draining: 18
                case .abandoned: 19
                case .stopped: 20
                case .receiving: 21
                case .updateHandled: 22
                case .updateFailed: 23
                case .receivingPaused: 24
                case .receivingResumed: 25
                case .webhookRemoved: 26
                case .webhookSet: 27
                case .webhookTrouble: 28
                case .webhookRequested: 35
                case .settlingFailed: 29
                case .toastFailed: 30
                case .menuFailed: 31
                case .chatMoved: 32
                case .wokenUp: 33
                case .deaf: 34
                }
            })
        #expect(kinds == Set(1...35))
    }

    @Test(
        "shows durations in seconds and milliseconds",
        arguments: [
            (Duration.zero, "0.000s"), (.microseconds(999), "0.000s"), (.milliseconds(4), "0.004s"),
            (.milliseconds(1250), "1.250s"), (.seconds(61), "61.000s"), (.milliseconds(86_400_005), "86400.005s"),
        ])
    func durations(duration: Duration, text: String) {
        #expect(duration.shown == text)
    }
}
