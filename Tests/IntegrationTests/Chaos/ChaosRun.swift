import Foundation
import Postgres
import Reactor
import TestSupport

/// A run: a shop of its own in a cluster of its own, workers, and a schedule that happens to them.
actor ChaosRun {
    struct Settings: Sendable {
        var schedule: ChaosSchedule.Settings
        var workers = 3
        /// Unknown outcomes are held for the operator.
        var holds = false
        /// How long the workers may need at the end to catch up.
        var catchUp: Duration
        /// By when a standby must send after a blow to the sender.
        var takeoverLimits: [ChaosTakeovers.Blow.Kind: Duration]
        var isVerbose = false
    }

    private let settings: Settings
    private let schedule: ChaosSchedule
    private let cluster: Cluster
    private let shop: Shop
    private let fleet: ChaosFleet
    private let journal: ChaosJournal
    private let reactor = Reactor()
    private var writers: [ChaosBusiness.Actor: ChaosOdoo] = [:]
    private var isRestarting = false
    private var facts = ChaosFacts()

    /// Makes the shop ready, with workers that send and stand by.
    static func prepare(_ settings: Settings) async throws -> ChaosRun {
        let cluster = try await Cluster.start(tcp: true)
        // As far away as Telegram is, so that requests are under way when something breaks.
        let shop = try await Shop.open(.fixture, simulator: ["--latency-ms", "150"], in: cluster)
        try await ChaosOdoo.furnish(shop.database, customers: settings.schedule.customers)
        try await shop.database.psql(
            """
            update tgworker.setting set value = 'polling' where name = 'receive';
            update tgworker.setting set value = '\(settings.holds ? "hold" : "resend")' where name = 'unknown_outcome'
            """)
        for customer in 0..<settings.schedule.customers {
            try await shop.telegram.registerChat(ChaosOdoo.chat(of: customer), firstName: "C")
        }
        let fleet = try ChaosFleet(shop, workers: settings.workers)
        try await fleet.start()
        try await eventually("a worker sends and the others stand by", timeout: .seconds(120)) {
            Set(await fleet.words().map(\.process)).count == settings.workers
        }
        return ChaosRun(settings, cluster, shop, fleet)
    }

    private init(_ settings: Settings, _ cluster: Cluster, _ shop: Shop, _ fleet: ChaosFleet) {
        self.settings = settings
        self.cluster = cluster
        self.shop = shop
        self.fleet = fleet
        schedule = ChaosSchedule(settings.schedule)
        journal = ChaosJournal(isVerbose: settings.isVerbose)
        facts.holds = settings.holds
    }

    // MARK: Course

    /// Lets everything happen, waits until all is done with, and judges.
    func run() async throws -> ChaosReport {
        try await happen()
        try await shop.telegram.clearFaults()
        try await fleet.start()
        await journal.note("all is well again")
        let hasCaughtUp = await catchUp()
        try await gather()
        try await fleet.stop()
        let report = ChaosReport(
            settings: settings, facts: facts, verdict: ChaosVerdict(facts),
            takeovers: ChaosTakeovers(
                words: await fleet.words(), blows: await fleet.blows,
                limits: settings.takeoverLimits.mapValues { Int64($0 / .microseconds(1)) }),
            schedule: schedule, hasCaughtUp: hasCaughtUp, wrongEnds: await fleet.wrongEnds)
        if !report.isGood { await tell(about: report) }
        for writer in writers.values { await writer.close() }
        reactor.shutdown()
        try await cluster.stop()
        return report
    }

    private func happen() async throws {
        let start = ContinuousClock.now
        for event in schedule.events where settings.isVerbose { print("chaos: scheduled \(event)") }
        var actors: [ChaosBusiness.Actor: [(Duration, ChaosBusiness)]] = [:]
        for event in schedule.events {
            if case .business(let business) = event.action {
                actors[business.actor, default: []].append((event.at, business))
            }
        }
        for actor in actors.keys { writers[actor] = ChaosOdoo(shop.database, reactor: reactor) }
        try await withThrowingTaskGroup { group in
            for deeds in actors.values {
                group.addTask {
                    for (time, business) in deeds {
                        try await Task.sleep(until: start + time)
                        try await self.perform(business)
                    }
                }
            }
            for event in schedule.events {
                switch event.action {
                case .business: break
                case .trouble(let trouble):
                    group.addTask {
                        try await Task.sleep(until: start + event.at)
                        try await self.suffer(trouble)
                    }
                case .fault(let fault):
                    group.addTask {
                        try await Task.sleep(until: start + event.at)
                        try await self.shop.telegram.fail(
                            fault.fault, method: fault.method, chat: fault.customer.map(ChaosOdoo.chat),
                            times: fault.times)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func perform(_ business: ChaosBusiness) async throws {
        switch business {
        case .orders, .reply: try await writers[business.actor]?.perform(business)
        case .text(let token, let customer):
            let chat = ChaosOdoo.chat(of: customer)
            facts.texts.append(ChaosFacts.Text(token: token, chat: chat))
            facts.updates.append(try await shop.telegram.write("q\(token)", in: chat).updateId)
        case .command(let command, let customer):
            let chat = ChaosOdoo.chat(of: customer)
            facts.answers[chat, default: 0] += 1
            facts.updates.append(try await shop.telegram.write(command, in: chat).updateId)
        }
    }

    private func suffer(_ trouble: ChaosTrouble) async throws {
        await journal.note("\(trouble)")
        let isDone: Bool
        switch trouble {
        case .terminate(let sessions): isDone = await terminate(sessions)
        case .restart(let mode): isDone = try await restart(mode)
        default: isDone = try await fleet.suffer(trouble)
        }
        await journal.note("\(isDone ? "over" : "left out, there is nobody for it"): \(trouble)")
    }

    private func terminate(_ sessions: ChaosTrouble.Sessions) async -> Bool {
        let condition =
            switch sessions {
            case .sender:
                // The lock's key is "tgwsendr" in ASCII.
                """
                pid in (select pid from pg_locks where locktype = 'advisory' and granted and objsubid = 1
                    and (classid::bigint << 32) | objid::bigint = x'74677773656e6472'::bigint)
                """
            case .inbox: "application_name = 'tgworker inbox'"
            case .all: "application_name like 'tgworker%'"
            }
        let sql = "select count(pg_terminate_backend(pid)) > 0 from pg_stat_activity where \(condition)"
        return (try? await shop.database.psql(sql)) == "t"
    }

    private func restart(_ mode: Cluster.ShutdownMode) async throws -> Bool {
        guard !isRestarting else { return false }
        isRestarting = true
        defer { isRestarting = false }
        try await cluster.restart(mode)
        return true
    }

    /// Waits until the queue is empty and all updates are handled and confirmed.
    private func catchUp() async -> Bool {
        let updates = facts.updates.count
        do {
            try await eventually("all is done with", timeout: settings.catchUp, every: .milliseconds(500)) {
                let left = try? await shop.database.psql(
                    "select (select count(*) from tgworker.outbox) + \(updates) - (select count(*) from tgworker.update_log)"
                )
                guard left == "0" else { return false }
                return try await shop.telegram.statistics()["updates_pending"] == .integer(0)
            }
            return true
        } catch {
            return false
        }
    }

    // MARK: Facts

    private func gather() async throws {
        for writer in writers.values {
            facts.acknowledged.formUnion(await writer.acknowledged)
            facts.rolledBack.formUnion(await writer.rolledBack)
        }
        let connection = try await Connection.connect(
            ConnectionConfiguration(conninfo: shop.database.conninfo, applicationName: "judge"), on: reactor)
        facts = try await facts.reading(connection)
        await connection.close()
        facts.arrivals = try await shop.telegram.sent(count: 0).map {
            ChaosFacts.Arrival(
                sequence: $0.sequence, messageID: $0.messageId, chat: $0.chatId, at: $0.receivedAt,
                content: ChaosContent($0.text))
        }
    }

    /// What is needed to see why it is not good.
    private func tell(about report: ChaosReport) async {
        print("chaos: what was done:")
        for line in await journal.lines { print("chaos:   \(line)") }
        print("chaos: what the workers said of themselves:")
        for word in await fleet.words().sorted(by: { $0.at < $1.at }) {
            print("chaos:   \(ChaosJournal.clock(word.at)) worker run \(word.process): \(word.role)")
        }
        for problem in report.problems.prefix(20) {
            print("chaos: \(problem)")
            let rows = problem.matches(of: #/row (\d+) /#).map { #""outbox":"\#($0.1)""# }
            for line in await fleet.lines(containing: rows) { print("chaos:     \(line)") }
        }
    }
}
