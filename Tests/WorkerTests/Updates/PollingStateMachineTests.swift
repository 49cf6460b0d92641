import Telegram
import Testing

@testable import Worker

@Suite("Polling", .timeLimit(.minutes(5)))
struct PollingStateMachineTests {
    private typealias Request = PollingStateMachine.Request

    private func updates(_ ids: Int64?...) -> [RawUpdate] {
        ids.map { id in RawUpdate((id.map { #"{"update_id":\#($0)}"# } ?? "{}").utf8) }
    }

    private var first: RawUpdate { RawUpdate(#"{"update_id":8}"#.utf8) }

    @Test("begins with whatever has not been confirmed")
    func start() {
        #expect(PollingStateMachine().next == Request(offset: nil, limit: 100))
    }

    @Test("confirms what was handled with the next request, and keeps to that while nothing comes")
    func confirms() {
        var machine = PollingStateMachine()
        #expect(machine.handled(updates(7, 8, 9), jitter: 1) == nil)
        #expect(machine.next == Request(offset: 10, limit: 100))
        #expect(machine.handled([], jitter: 1) == nil)
        #expect(machine.next == Request(offset: 10, limit: 100))
    }

    @Test("follows numbers that begin anew somewhere below")
    func anew() {
        var machine = PollingStateMachine()
        _ = machine.handled(updates(900_000_000), jitter: 1)
        #expect(machine.handled(updates(5, 6), jitter: 1) == nil)
        #expect(machine.next.offset == 7)
    }

    @Test("gets past an update whose number cannot be found among others; where there is none, it waits")
    func numberless() {
        var machine = PollingStateMachine()
        #expect(machine.handled(updates(7, nil), jitter: 1) == nil)
        #expect(machine.next.offset == 8)
        for seconds in [1, 2, 4] {
            #expect(
                machine.handled(updates(nil, nil), jitter: 1)
                    == .init(duration: .seconds(seconds), reason: "an update without a number stands in the way"))
            #expect(machine.next == Request(offset: 8, limit: 100))
        }
    }

    @Test("is not brought down by the highest number there is")
    func highest() {
        var machine = PollingStateMachine()
        #expect(machine.handled(updates(.max), jitter: 1) != nil)
        #expect(machine.next.offset == nil)
        #expect(machine.handled(updates(.max - 1), jitter: 1) == nil)
        #expect(machine.next.offset == .max)
    }

    @Test("asks for the same again when it could not be handled, later each time")
    func notHandled() {
        var machine = PollingStateMachine()
        _ = machine.handled(updates(7), jitter: 1)
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(
                machine.notHandled(from: first, "no database", isBusy: false, jitter: 1)
                    == .init(duration: .seconds(seconds), reason: "no database"))
            #expect(machine.next == Request(offset: 8, limit: 100))
        }
        _ = machine.handled([], jitter: 1)
        #expect(machine.notHandled(from: first, "no database", isBusy: false, jitter: 0).duration == .milliseconds(500))
    }

    @Test("confirms what came before the one that could not be handled")
    func partly() {
        var machine = PollingStateMachine()
        #expect(machine.notHandled(from: first, "no database", isBusy: false, jitter: 1).duration == .seconds(1))
        #expect(machine.next == Request(offset: 8, limit: 100))
        _ = machine.notHandled(from: RawUpdate("{}".utf8), "no database", isBusy: false, jitter: 1)
        #expect(machine.next == Request(offset: 8, limit: 100), "one without a number is asked for with the others")
    }

    @Test("asks soon for those that come along when one was only in somebody's way, but not within half a second")
    func busy() {
        var machine = PollingStateMachine()
        _ = machine.handled(updates(7), jitter: 1)
        for _ in 1...5 {
            let pause = machine.notHandled(from: first, "locked", isBusy: true, jitter: 1)
            #expect(pause == .init(duration: .milliseconds(600), reason: "locked"))
            #expect(machine.next == Request(offset: 8, limit: 100))
        }
    }

    @Test("waits as long as Telegram asks it to, and then is as quick as before")
    func throttled() {
        var machine = PollingStateMachine()
        let error = TelegramError.throttled(retryAfter: .seconds(77), "Too Many Requests")
        for _ in 1...3 {
            #expect(machine.failed(error, jitter: 1) == .init(duration: .seconds(77), reason: "Too Many Requests"))
        }
        #expect(machine.notHandled(from: first, "x", isBusy: false, jitter: 1).duration == .seconds(1))
    }

    @Test("waits for another receiver to end, and says when a webhook is in the way")
    func conflict() {
        var machine = PollingStateMachine()
        let other = machine.failed(.conflict("Conflict: terminated by other getUpdates request"), jitter: 1)
        #expect(other.duration == .seconds(4))
        #expect(!other.isWebhookSet)
        let webhook = machine.failed(
            .conflict("Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first"),
            jitter: 1)
        #expect(webhook.isWebhookSet)
        #expect(webhook.duration == .seconds(8))
        #expect(machine.next == Request(offset: nil, limit: 100))
    }

    @Test("waits long when the token is not accepted")
    func unauthorized() {
        var machine = PollingStateMachine()
        let pause = machine.failed(.unauthorized("Unauthorized"), jitter: 1)
        #expect(pause.duration == .seconds(32))
        #expect(pause.reason == "Telegram does not accept the bot token (Unauthorized)")
        #expect(machine.failed(.unauthorized("Unauthorized"), jitter: 1).duration == .seconds(60))
    }

    @Test("asks for one at a time where an answer made no sense, until one is handled")
    func oneByOne() {
        var machine = PollingStateMachine()
        _ = machine.handled(updates(7), jitter: 1)
        #expect(machine.failed(.unknown("cannot be told apart"), jitter: 1).duration == .seconds(1))
        #expect(machine.next == Request(offset: 8, limit: 1))
        #expect(machine.failed(.unknown("cannot be told apart"), jitter: 1).duration == .seconds(2))
        #expect(machine.next == Request(offset: 8, limit: 1))
        #expect(machine.handled(updates(8), jitter: 1) == nil)
        #expect(machine.next == Request(offset: 9, limit: 100))
    }

    @Test(
        "asks for as many as before where Telegram was not reached",
        arguments: [TelegramError.unreachable("no route"), .cancelled])
    func unreachable(error: TelegramError) {
        var machine = PollingStateMachine()
        #expect(machine.failed(error, jitter: 1) == .init(duration: .seconds(1), reason: "\(error)"))
        #expect(machine.next == Request(offset: nil, limit: 100))
    }
}
