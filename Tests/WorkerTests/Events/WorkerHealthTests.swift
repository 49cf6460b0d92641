import Testing

@testable import Worker

@Suite("The worker's health", .timeLimit(.minutes(5)))
struct WorkerHealthTests {
    private static let connected = WorkerEvent.connected(database: "shop", serverVersion: 150_000)
    private static let identified = WorkerEvent.identified(botID: 1, username: "bot")
    private static let sending: [WorkerEvent] = [connected, identified, .becameSender]
    private static let paused = WorkerEvent.paused(reason: "Telegram asks to wait", until: .seconds(1))
    private static func waiting(_ reason: String) -> WorkerEvent { .waiting(reason: reason, retryAfter: .seconds(1)) }

    struct Course: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var events: [WorkerEvent]
        var obstacle: String?
        var role: String?

        init(_ name: String, _ events: [WorkerEvent], _ obstacle: String?, role: String? = nil) {
            (testDescription, self.events, self.obstacle, self.role) = (name, events, obstacle, role)
        }
    }

    @Test(
        "is ready when it sends or stands by, and else says what is in the way",
        arguments: [
            Course("nothing yet", [], "starting"),
            Course("started", [.started(version: "1", instance: "i"), .listening(address: "a")], "starting"),
            Course("connected", [connected], "starting"),
            Course("reached Telegram", [connected, identified], "starting"),
            Course("reached Telegram, no database", [identified], "not connected to the database"),
            Course("sending", sending, nil, role: "sender"),
            Course("standing by", [connected, identified, .standingBy], nil, role: "standby"),
            Course("taking over", [connected, identified, .standingBy, .becameSender], nil, role: "sender"),
            Course("no bot", [connected, waiting("no active bot")], "no active bot"),
            Course(
                "no bot, then one", [connected, waiting("no active bot"), identified, .becameSender], nil,
                role: "sender"),
            Course(
                "sending, then no bot", sending + [.reloading, waiting("no active bot")], "no active bot",
                role: "sender"),
            Course("no database", [waiting("connection refused")], "connection refused"),
            Course("no database, then one", [waiting("connection refused")] + sending, nil, role: "sender"),
            Course("session lost", sending + [.disconnected(reason: "terminated")], "terminated"),
            Course("session lost, connected again", sending + [.disconnected(reason: "x"), connected], "x"),
            Course(
                "session lost, sending again", sending + [.disconnected(reason: "x")] + sending, nil, role: "sender"),
            Course(
                "token rejected at the start", [connected, .tokenRejected(reason: "401"), waiting("token")], "token"),
            Course(
                "token rejected", sending + [.tokenRejected(reason: "401"), paused],
                "Telegram does not accept the bot token (401)", role: "sender"),
            Course(
                "token rejected, and a pause that is over",
                sending + [.tokenRejected(reason: "401"), paused, .resumed],
                "Telegram does not accept the bot token (401)", role: "sender"),
            Course(
                "token accepted again", sending + [.tokenRejected(reason: "401"), waiting("token"), identified], nil,
                role: "sender"),
            Course("a pause is no obstacle", sending + [paused], nil, role: "sender"),
            Course(
                "daily life",
                sending + [
                    .recovered(count: 1, held: false),
                    .sent(outboxID: 1, kind: "reply", attempt: 1, waited: .zero, took: .zero),
                    .postponed(outboxID: 1, kind: "reply", attempt: 1, reason: "r", retryAfter: .zero, inDoubt: false),
                    .gaveUp(outboxID: 1, kind: "reply", outcome: "failed", reason: "r"),
                    .sentPlain(outboxID: 1, reason: "r"),
                ], nil, role: "sender"),
            Course(
                "trouble with what customers write is no obstacle to sending",
                sending + [
                    .receiving(mode: "polling"), .receivingPaused(reason: "r", retryAfter: .zero),
                    .updateFailed(updateID: 1, reason: "r"), .webhookTrouble(reason: "r"), .settlingFailed(reason: "r"),
                    .webhookRequested(action: "set", ok: false, answer: "r"),
                ], nil, role: "sender"),
            Course("draining", sending + [.draining(inFlight: 3)], "stopping", role: "sender"),
            Course("stopped", sending + [.stopped], "stopping", role: "sender"),
            Course(
                "a stop is final", [connected, .draining(inFlight: 0), identified, .becameSender], "stopping",
                role: "sender"),
            Course(
                "stopping, then abandoned", sending + [.abandoned(inFlight: 1), .resumed], "stopping", role: "sender"),
        ])
    func readiness(course: Course) {
        let health = WorkerHealth()
        for event in course.events { health.record(event) }
        #expect(health.obstacle == course.obstacle)
        #expect(health.role == course.role)
    }
}
