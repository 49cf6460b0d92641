import Testing

@testable import Worker

@Suite("The worker in figures", .timeLimit(.minutes(5)))
struct WorkerMetricsTests {
    /// The samples after these events, by name and labels.
    private func samples(_ events: [WorkerEvent], queue: QueueFigures? = nil) -> [String: String] {
        let metrics = WorkerMetrics()
        for event in events { metrics.record(event) }
        let lines = metrics.exposition(queue: queue).split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Dictionary(
            lines.map { line in
                let parts = line.split(separator: " ")
                return (parts.dropLast().joined(separator: " "), String(parts.last ?? ""))
            }, uniquingKeysWith: { _, second in "twice, \(second)" })
    }

    @Test("has every counter from the start on, at zero")
    func zero() {
        let samples = samples([])
        #expect(samples["tgworker_sends_total{kind=\"reply\",outcome=\"sent\"}"] == "0")
        #expect(samples["tgworker_delivery_seconds_count{kind=\"order_state\"}"] == "0")
        #expect(samples["tgworker_updates_total{outcome=\"handled\"}"] == "0")
        #expect(samples["tgworker_role{role=\"starting\"}"] == "1")
        #expect(samples["tgworker_queue_readable"] == "0")
        #expect(samples["tgworker_queue_lag_seconds"] == nil)
    }

    @Test("counts what became of messages, and how long each stretch of the way took")
    func sends() {
        let samples = samples([
            .sent(outboxID: 1, kind: "reply", attempt: 1, waited: .milliseconds(2), took: .milliseconds(90)),
            .sent(outboxID: 2, kind: "reply", attempt: 2, waited: .seconds(8), took: .milliseconds(90)),
            .postponed(
                outboxID: 3, kind: "order_state", attempt: 1, reason: "r", retryAfter: .zero, inDoubt: true),
            .postponed(
                outboxID: 3, kind: "order_state", attempt: 2, reason: "r", retryAfter: .zero, inDoubt: false),
            .gaveUp(outboxID: 3, kind: "order_state", outcome: "failed", reason: "r"),
            .recovered(count: 5, held: false), .sentPlain(outboxID: 1, reason: "r"),
        ])
        #expect(samples["tgworker_sends_total{kind=\"reply\",outcome=\"sent\"}"] == "2")
        #expect(samples["tgworker_sends_total{kind=\"order_state\",outcome=\"postponed\"}"] == "2")
        #expect(samples["tgworker_sends_total{kind=\"order_state\",outcome=\"failed\"}"] == "1")
        #expect(samples["tgworker_sends_in_doubt_total"] == "6")
        #expect(samples["tgworker_recovered_total"] == "5")
        #expect(samples["tgworker_sent_plain_total"] == "1")
        #expect(samples["tgworker_wait_seconds_bucket{kind=\"reply\",le=\"0.0025\"}"] == "1")
        #expect(samples["tgworker_delivery_seconds_bucket{kind=\"reply\",le=\"0.1\"}"] == "1")
        #expect(samples["tgworker_delivery_seconds_bucket{kind=\"reply\",le=\"10\"}"] == "2")
        #expect(samples["tgworker_request_seconds_count"] == "2")
        #expect(samples["tgworker_request_seconds_sum"] == "0.18")
    }

    @Test("says what this instance is now")
    func state() {
        let started: [WorkerEvent] = [
            .started(version: "1.2", instance: "uuid"), .connected(database: "shop", serverVersion: 150_000),
            .identified(botID: 42, username: "shop_bot"), .becameSender, .wokenUp(after: .milliseconds(3)),
            .paused(reason: "429", until: .seconds(5)),
        ]
        let sender = samples(started)
        #expect(sender["tgworker_info{version=\"1.2\",worker=\"uuid\"}"] == "1")
        #expect(sender["tgworker_bot_info{id=\"42\",username=\"shop_bot\"}"] == "1")
        #expect(sender["tgworker_role{role=\"sender\"}"] == "1")
        #expect(sender["tgworker_database_connected"] == "1")
        #expect(sender["tgworker_database_connections{use=\"session\"}"] == "1")
        #expect(sender["tgworker_database_connections{use=\"inbox\"}"] == "0")
        #expect(sender["tgworker_sending_paused"] == "1")
        #expect(sender["tgworker_wake_up_seconds_bucket{le=\"0.005\"}"] == "1")
        let lost = samples(started + [.resumed, .deaf, .disconnected(reason: "r"), .tokenRejected(reason: "r")])
        #expect(lost["tgworker_role{role=\"sender\"}"] == "0")
        #expect(lost["tgworker_role{role=\"starting\"}"] == "1")
        #expect(lost["tgworker_database_connected"] == "0")
        #expect(lost["tgworker_database_sessions_lost_total"] == "1")
        #expect(lost["tgworker_wake_path_deaf_total"] == "1")
        #expect(lost["tgworker_sending_paused"] == "0")
        #expect(lost["tgworker_sending_pauses_total"] == "1")
        #expect(lost["tgworker_token_rejected"] == "1")
        let standby = samples(started + [.standingBy])
        #expect(standby["tgworker_role{role=\"standby\"}"] == "1")
        #expect(standby["tgworker_role{role=\"sender\"}"] == "0")
    }

    @Test("counts updates by outcome, also one that it did not expect")
    func updates() {
        let samples = samples([
            .updateHandled(updateID: 1, outcome: "handled", took: .milliseconds(4)),
            .updateHandled(updateID: 1, outcome: "new", took: .milliseconds(4)),
            .receivingPaused(reason: "r", retryAfter: .zero), .webhookTrouble(reason: "r"), .toastFailed(reason: "r"),
        ])
        #expect(samples["tgworker_updates_total{outcome=\"handled\"}"] == "1")
        #expect(samples["tgworker_updates_total{outcome=\"new\"}"] == "1")
        #expect(samples["tgworker_update_seconds_count"] == "2")
        #expect(samples["tgworker_receiving_pauses_total"] == "1")
        #expect(samples["tgworker_receiving_paused"] == "1")
        for end in [WorkerEvent.receivingResumed, .webhookSet, .standingBy, .disconnected(reason: "r")] {
            let after = self.samples([.receivingPaused(reason: "r", retryAfter: .zero), end])
            #expect(after["tgworker_receiving_paused"] == "0")
        }
        #expect(samples["tgworker_webhook_troubles_total"] == "1")
        #expect(samples["tgworker_toast_failures_total"] == "1")
    }

    @Test("passes on what the database says of the queue")
    func queue() {
        var figures = QueueFigures()
        figures.waiting = [.init(kind: "reply", count: 7, sending: 2, failing: 1, oldest: 12.5)]
        (figures.lag, figures.botPause, figures.pausedChats) = (1.5, 3, 4)
        figures.instances = ["sender": 1, "standby": 2]
        let samples = samples([], queue: figures)
        #expect(samples["tgworker_queue_readable"] == "1")
        #expect(samples["tgworker_queue_messages{kind=\"reply\"}"] == "7")
        #expect(samples["tgworker_queue_messages{kind=\"answer\"}"] == "0")
        #expect(samples["tgworker_queue_sending{kind=\"reply\"}"] == "2")
        #expect(samples["tgworker_queue_failing{kind=\"reply\"}"] == "1")
        #expect(samples["tgworker_queue_oldest_seconds{kind=\"reply\"}"] == "12.5")
        #expect(samples["tgworker_queue_lag_seconds"] == "1.5")
        #expect(samples["tgworker_bot_pause_seconds"] == "3")
        #expect(samples["tgworker_paused_chats"] == "4")
        #expect(samples["tgworker_instances{role=\"standby\"}"] == "2")
    }

    @Test("reads the kernel's word on this process, whatever the program is called")
    func process() throws {
        let stat =
            "42 (a) b (c) S 1 42 42 0 -1 4194560 2 0 0 0 150 50 0 0 20 0 3 0 6000 9000000 250 18446744073709551615 1 1"
        let figures = try #require(
            ProcessFigures(
                stat: stat, system: "cpu 1 2\nbtime 1700000000\nprocesses 3\n", ticksPerSecond: 100, pageSize: 4096,
                openDescriptors: 9))
        #expect(figures.cpuSeconds == 2)
        #expect(figures.residentBytes == 250 * 4096)
        #expect(figures.virtualBytes == 9_000_000)
        #expect(figures.startedAt == 1_700_000_060)
        let current = try #require(ProcessFigures.current())
        #expect(current.residentBytes > 1_000_000 && current.openDescriptors > 2)
        #expect(current.startedAt > 1_700_000_000)
    }
}
