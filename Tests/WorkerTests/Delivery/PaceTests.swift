import Testing

@testable import Worker

@Suite("The pace", .timeLimit(.minutes(5)))
struct PaceTests {
    private let start = ContinuousClock.now

    private func pace(bot: Double = 30, chat: Double = 1) -> Pace {
        Pace(
            limits: SenderStateMachine.Limits(messagesPerSecond: bot, messagesPerChatPerSecond: chat), now: start)
    }

    /// Messages that the bot may begin in so many seconds from a moment on, its burst spent.
    private func throughput(_ pace: Pace, from begin: ContinuousClock.Instant, seconds: Int = 10) -> Int {
        var pace = pace
        var (count, now) = (0, begin)
        pace.begin(pace.available(at: now), at: now)
        while now < begin + .seconds(seconds) {
            now += .milliseconds(10)
            let some = pace.available(at: now)
            pace.begin(some, at: now)
            count += some
        }
        return count
    }

    @Test("of the bot falls once for a pause, not once for each message that was under way")
    func botCut() {
        var pace = pace()
        for chat in Int64(1)...40 { pace.throttled(chat, for: .seconds(5), begun: start, at: start + .seconds(1)) }
        #expect(pace.pausedUntil == start + .seconds(6))
        // One that was under way all the time.
        pace.expire(start + .seconds(7))
        pace.throttled(90, for: .seconds(1), begun: start, at: start + .seconds(7))
        pace.throttled(91, for: .seconds(1), begun: start, at: start + .seconds(7))
        let slowed = throughput(pace, from: start + .seconds(8))
        #expect((209...213).contains(slowed), "70 % of 300, and a little more each second")
        pace.expire(start + .seconds(9))
        for chat in Int64(1)...2 {
            pace.throttled(chat, for: .seconds(1), begun: start + .seconds(9), at: start + .seconds(10))
        }
        #expect((146...150).contains(throughput(pace, from: start + .seconds(11))), "once more")
    }

    @Test("of the bot comes back within minutes, and goes no lower than one a second")
    func recovers() {
        var pace = pace()
        var now = start
        for _ in 0..<50 {
            now += .seconds(3)
            pace.expire(now)
            for chat in Int64(1)...2 { pace.throttled(chat, for: .seconds(1), begun: now, at: now) }
        }
        now += .seconds(2)
        #expect((9...13).contains(throughput(pace, from: now)))
        #expect(throughput(pace, from: now + .seconds(1800)) == 300)
    }

    @Test("of a chat is halved by a pause of its own, and not by one that was the bot's")
    func chatCut() {
        func gap(_ pace: Pace, _ now: ContinuousClock.Instant) -> Double {
            var pace = pace
            while !pace.isPaced(1, now) { pace.attempted(1, at: now) }
            let first = pace.wakeTime(of: 1, now) ?? now
            pace.attempted(1, at: now)
            return ((pace.wakeTime(of: 1, now) ?? now) - first) / .seconds(1)
        }
        var own = pace()
        own.throttled(1, for: .seconds(20), begun: start, at: start)
        #expect(own.pausedUntil == nil)
        #expect(own.isPaced(1, start + .seconds(19)))
        own.expire(start + .seconds(20))
        #expect(!own.isPaced(1, start + .seconds(20)))
        #expect(abs(gap(own, start + .seconds(20)) - 2) < 0.01)
        #expect(abs(gap(own, start + .seconds(20 + 1800)) - 1) < 1e-6)

        var bots = pace()
        bots.throttled(1, for: .seconds(20), begun: start, at: start)
        bots.throttled(2, for: .seconds(20), begun: start, at: start)
        bots.expire(start + .seconds(20))
        #expect(abs(gap(bots, start + .seconds(20)) - 1) < 1e-6)
    }

    @Test("without a limit only pauses")
    func unlimited() {
        var pace = pace(bot: 0, chat: 0)
        for chat in Int64(1)...2 { pace.throttled(chat, for: .seconds(5), begun: start, at: start) }
        #expect(pace.pausedUntil == start + .seconds(5))
        pace.expire(start + .seconds(5))
        #expect(pace.pausedUntil == nil)
        #expect(pace.available(at: start + .seconds(5)) == .max)
        #expect(!pace.isPaced(1, start + .seconds(5)))
    }

    /// A Telegram that allows less than is configured.
    struct Strict: Sendable, CustomTestStringConvertible {
        var limits: SenderStateMachine.Limits
        /// What it takes a second, and at once.
        var rate: Double
        var burst: Double
        /// How many chats there are; every message goes to the next one.
        var chats: Int64
        var testDescription: String { "\(rate)/s, \(chats) chats" }
    }

    @Test(
        "keeps 429s rare in the long run where Telegram allows less than is configured",
        arguments: [
            Strict(
                limits: .init(messagesPerSecond: 30, messagesPerChatPerSecond: 0), rate: 20, burst: 20, chats: 100_000),
            Strict(
                limits: .init(messagesPerSecond: 30, messagesPerChatPerSecond: 0), rate: 29, burst: 1, chats: 100_000),
            Strict(
                limits: .init(messagesPerSecond: 30, messagesPerChatPerSecond: 0), rate: 3, burst: 3, chats: 100_000),
            // A group: 20 a minute.
            Strict(
                limits: .init(messagesPerSecond: 30, messagesPerChatPerSecond: 1), rate: 1.0 / 3, burst: 5, chats: 1),
        ])
    func longRun(strict: Strict) async {
        var bench = SenderBench(strict.limits)
        let begin = bench.now
        var telegram = TokenBucket(rate: strict.rate, capacity: strict.burst, now: begin)
        var underWay: [(message: OutboxMessage, at: ContinuousClock.Instant)] = []
        var id: Int64 = 0
        var (sent, refused) = (0, 0)
        var steps = 0
        while bench.now - begin < .seconds(3600) {
            steps += 1
            // Other tests wait for sockets meanwhile.
            if steps.isMultiple(of: 1000) { await Task.yield() }
            let now = bench.now
            let isLater = now - begin > .seconds(900)
            while let first = underWay.first, first.at <= now {
                underWay.removeFirst()
                if telegram.available(at: now) > 0 {
                    telegram.take(at: now)
                    if isLater { sent += 1 }
                    bench.end(first.message)
                } else {
                    let pause = max(1, ((telegram.refill(after: now) - now) / .seconds(1)).rounded(.up))
                    if isLater { refused += 1 }
                    bench.end(first.message, flow: .throttled(.seconds(pause)))
                }
            }
            switch bench.next() {
            case .exchange(let exchange):
                guard let claim = exchange.claim else {
                    bench.answer()
                    continue
                }
                // There is always more, in chats that may be sent to.
                var messages: [OutboxMessage] = []
                for _ in 0..<min(claim.limit, Int(strict.chats)) {
                    let chat = id % strict.chats
                    guard !claim.busy.contains(chat) else { break }
                    id += 1
                    messages.append(.sample(id, chat: chat))
                    underWay.append((messages[messages.count - 1], now + .milliseconds(50)))
                }
                bench.answer(messages)
                if !messages.isEmpty { bench.machine.wake() }
            case .wait(let until):
                let times = [until, underWay.first?.at].compactMap(\.self)
                bench.now = max(now + .microseconds(1), times.min() ?? now + .seconds(1))
            case .finished: return
            }
        }
        let possible = strict.rate * 2700
        #expect(Double(sent) > 0.6 * possible, "\(sent) of \(possible) sent")
        #expect(Double(refused) < 0.02 * Double(sent) + 10, "\(refused) refused, \(sent) sent")
    }
}
