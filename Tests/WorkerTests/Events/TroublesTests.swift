import Testing

@testable import Worker

@Suite("What is wrong with an instance", .timeLimit(.minutes(5)))
struct TroublesTests {
    private static let connected = WorkerEvent.connected(database: "shop", serverVersion: 150_000)
    private static let identified = WorkerEvent.identified(botID: 1, username: "bot")
    private static func waiting(_ reason: String) -> WorkerEvent { .waiting(reason: reason, retryAfter: .seconds(1)) }
    private static let paused = WorkerEvent.paused(reason: "Telegram cannot be used now", until: .seconds(1))
    private static let conflict = WorkerEvent.receivingPaused(reason: "another receiver", retryAfter: .seconds(1))

    @Test(
        "is the latest that has not passed",
        arguments: [
            ([], nil),
            ([connected, identified, .becameSender], nil),
            ([waiting("no server")], "no server"),
            ([waiting("no server"), connected], nil),
            ([connected, waiting("no active bot")], "no active bot"),
            ([connected, waiting("no active bot"), identified], nil),
            (
                [connected, identified, .becameSender, .tokenRejected(reason: "Unauthorized")],
                "Telegram does not accept the bot token (Unauthorized)"
            ),
            ([.tokenRejected(reason: "Unauthorized"), waiting("token"), identified], nil),
            ([.becameSender, paused], "Telegram cannot be used now"),
            ([paused, .resumed], nil),
            ([paused, .sent(outboxID: 1, kind: "reply", attempt: 1, waited: .zero, took: .zero)], nil),
            ([paused, .reloading, identified], nil),
            ([conflict], "another receiver"),
            ([conflict, paused, .standingBy], nil),
            ([conflict, paused, .disconnected(reason: "gone")], nil),
            ([conflict, .receivingResumed], nil),
            ([conflict, .receiving(mode: "polling")], nil),
            ([.webhookTrouble(reason: "no address")], "no address"),
            ([.webhookTrouble(reason: "no address"), .webhookSet], nil),
            ([conflict, paused], "Telegram cannot be used now"),
            ([paused, conflict], "another receiver"),
            ([conflict, paused, .resumed], "another receiver"),
            ([paused, conflict, waiting("no server")], "no server"),
        ] as [([WorkerEvent], String?)])
    func latest(events: [WorkerEvent], words: String?) {
        var troubles = Troubles()
        for event in events { troubles.record(event) }
        #expect(troubles.latest == words)
    }
}
