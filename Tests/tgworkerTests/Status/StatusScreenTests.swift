import Testing

@testable import Administration
@testable import tgworker

@Suite("The status screen", .timeLimit(.minutes(1)))
struct StatusScreenTests {
    private var status: QueueStatus {
        var status = QueueStatus()
        status.database = "shop"
        status.instances = [
            .init(
                host: "web1", processId: 42, role: "sender", version: "1", isAlive: true, heartbeatAge: 3,
                wakeUp: 0.0012,
                lastError: "Telegram cannot be reached")
        ]
        status.isSending = true
        status.queue = [
            .init(kind: "order_state", waiting: 10_001, isLimited: true, ready: 10_001, failing: 2, oldest: 90)
        ]
        status.pauses = [.init(chat: 5, until: "2026-11-27 17:00:00", seconds: 30, reason: "429")]
        status.pausedChats = 12
        return status
    }

    @Test("shows counts that ended at a limit as such, and how many more are paused")
    func limits() {
        let lines = StatusScreen(status).lines(.plain)
        #expect(
            lines.contains {
                $0.split(separator: " ") == ["order_state", "10000+", "10000+", "0", "2+", "1", "min", "30", "s"]
            })
        #expect(lines.contains("  and 11 more chats"))
        #expect(lines.contains("  web1: Telegram cannot be reached"))
        #expect(!lines.joined().contains("\u{1b}"))
    }

    @Test("is no wider than the terminal, colour aside", arguments: [20, 40, 80])
    func width(width: Int) throws {
        let style = TextStyle(isTerminal: true, isColored: true, width: width)
        for line in StatusScreen(status).lines(style) {
            #expect(line.replacing(try Regex("\u{1b}\\[[0-9]+m"), with: "").count <= width)
        }
    }

    @Test("says in red that nobody sends")
    func nobody() {
        let lines = StatusScreen(QueueStatus()).lines(TextStyle(isTerminal: true, isColored: true, width: 80))
        #expect(lines.contains("\u{1b}[31m  none: start one with tgworker run\u{1b}[0m"))
    }
}
