import TestSupport

/// Everything that will happen, made from a seed: the same seed and settings give the same list.
///
/// What threads and processes make of it differs from run to run.
struct ChaosSchedule: Sendable {
    /// What the list is made of.
    struct Settings: Sendable {
        var seed: UInt64
        /// For how long things happen; what they lead to may come later.
        var duration: Duration
        /// At least twice as many as sellers.
        var customers = 60
        /// Transactions and updates a second; each leads to about two messages.
        var rate = 15.0
        /// Whether connections are cut, or processes stand still, for longer than it takes to give them up.
        var hasLongCuts = true
    }

    let settings: Settings
    private(set) var events: [ChaosEvent] = []
    private var random: SeededGenerator
    private var lastToken = 0

    /// Orders that each customer has.
    static let ordersPerCustomer = 3

    init(_ settings: Settings) {
        self.settings = settings
        random = SeededGenerator(seed: settings.seed)
        // One after the other, so that troubles do not depend on how much business there was.
        var troubles = SeededGenerator(seed: random.next())
        var faults = SeededGenerator(seed: random.next())
        addTroubles(&troubles)
        addFaults(&faults)
        addBusiness()
        // A sort that keeps the order of what comes at the same time.
        events = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    private mutating func add(_ action: ChaosEvent.Action, at time: Duration) {
        events.append(ChaosEvent(at: time, action: action))
    }

    // MARK: Business

    private mutating func addBusiness() {
        var time = Duration.zero
        while true {
            time += random.seconds(0...2 / settings.rate)
            guard time < settings.duration else { break }
            add(.business(business()), at: time)
        }
    }

    private mutating func business() -> ChaosBusiness {
        let commits = !random.happens(0.05)
        let customer = customer()
        switch random.number(1...100) {
        case ...45: return .orders([change(of: customer)], commits: commits)
        case ...52:
            // Of one seller's customers, because a batch is one transaction.
            let sellers = ChaosBusiness.sellers
            let others = (0..<random.number(4...24)).map { _ in
                customer % sellers + sellers * random.number(0...settings.customers / sellers - 1)
            }
            var seen: Set<[Int]> = []
            let changes = others.map { change(of: $0) }.filter { seen.insert([$0.customer, $0.order]).inserted }
            return .orders(changes, commits: commits)
        case ...72: return .reply(token: token(), customer: customer, words: random.number(1...12), commits: commits)
        case ...76:
            return .reply(token: token(), customer: customer, words: random.number(500...1200), commits: commits)
        case ...89: return .text(token: token(), customer: customer)
        default: return .command(random.happens(0.5) ? "/help" : "/start", customer: customer)
        }
    }

    /// A few customers have much to do with the shop.
    private mutating func customer() -> Int {
        random.happens(0.3)
            ? random.number(0...min(4, settings.customers - 1)) : random.number(0...settings.customers - 1)
    }

    private mutating func change(of customer: Int) -> ChaosBusiness.OrderChange {
        .init(token: token(), customer: customer, order: random.number(0...Self.ordersPerCustomer - 1))
    }

    private mutating func token() -> Int {
        lastToken += 1
        return lastToken
    }

    // MARK: What breaks

    private mutating func addTroubles(_ random: inout SeededGenerator) {
        // The first worker has begun to send by then, the others stand by.
        var time = Duration.seconds(4)
        while time < settings.duration {
            let trouble = trouble(&random)
            add(.trouble(trouble), at: time)
            // Mostly one after the other, so that it can be told what each of them led to; now and then at once.
            let isAlone = random.happens(0.75)
            time += isAlone ? trouble.duration + random.seconds(5...9) : random.seconds(0.2...3)
        }
    }

    private func trouble(_ random: inout SeededGenerator) -> ChaosTrouble {
        let target = random.pick([(3, ChaosTrouble.Target.sender), (1, .standby)])
        let cut = settings.hasLongCuts ? random.seconds(12...24) : random.seconds(1...5)
        return random.pick([
            (6, .kill(target, politely: false, downFor: random.seconds(1...8))),
            (3, .kill(target, politely: true, downFor: random.seconds(1...8))),
            (3, .blackhole(target, for: cut)),
            (3, .freeze(target, for: random.happens(0.5) ? cut : random.seconds(0.5...3))),
            (3, .terminate(.sender)),
            (2, .terminate(.inbox)),
            (1, .terminate(.all)),
            (2, .restart(.immediate)),
            (1, .restart(.fast)),
        ])
    }

    private mutating func addFaults(_ random: inout SeededGenerator) {
        var time = Duration.seconds(1)
        while time < settings.duration {
            let fault = random.happens(0.75) ? sendingFault(&random) : pollingFault(&random)
            add(.fault(fault), at: time)
            time += random.seconds(1...7)
        }
    }

    /// What may happen to any call.
    private func anyFaults(_ random: inout SeededGenerator) -> [(weight: Int, value: Simulator.Fault)] {
        [
            (2, .proxyPage(status: 502)),
            (2, .garbage),
            (2, .truncate),
            (2, .drop(accepted: true)),
            (2, .drop(accepted: false)),
            (1, .hang(random.seconds(1...4))),
        ]
    }

    private func sendingFault(_ random: inout SeededGenerator) -> ChaosFault {
        let times = random.number(1...4)
        let customer = random.number(0...settings.customers - 1)
        let fault = random.pick(
            anyFaults(&random) + [
                (4, .tooManyRequests(retryAfter: random.number(1...2))),
                (2, .error(500, "Internal Server Error")),
                (4, .latency(random.seconds(0.2...2.5))),
            ])
        if random.happens(0.2) {
            let blocked = Simulator.Fault.error(403, "Forbidden: bot was blocked by the user")
            return ChaosFault(fault: blocked, method: "sendMessage", customer: customer, times: random.number(1...2))
        }
        if case .latency = fault {
            return ChaosFault(fault: fault, method: "sendMessage", times: random.number(5...40))
        }
        return ChaosFault(
            fault: fault, method: "sendMessage", customer: random.happens(0.3) ? customer : nil, times: times)
    }

    private func pollingFault(_ random: inout SeededGenerator) -> ChaosFault {
        let fault = random.pick(
            anyFaults(&random) + [
                (2, .tooManyRequests(retryAfter: 1)),
                (1, .error(500, "Internal Server Error")),
                (
                    1,
                    .error(
                        409,
                        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
                    )
                ),
                (2, .latency(random.seconds(0.2...2))),
            ])
        return ChaosFault(fault: fault, method: "getUpdates", times: random.number(1...2))
    }
}
