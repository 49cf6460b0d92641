import Administration
import Postgres
import Reactor

/// Says on standard error what an installation is at when that takes long, as when it rewrites or indexes a big table: in
/// a terminal on one line that is written over, elsewhere a line now and then.
actor InstallationProgress {
    private let process: Int32
    private let database: ConnectionConfiguration
    private let reactor: Reactor
    private let style: TextStyle
    private let clock = ContinuousClock()
    private var work = ""
    private var since: ContinuousClock.Instant
    private var monitor: Connection?

    /// What takes no longer is not worth a line.
    private static let patience = Duration.seconds(2)
    /// Between two lines where they are not written over.
    private static let interval = 30

    /// - Parameter process: of the server that does the work.
    init(process: Int32, database: ConnectionConfiguration, reactor: Reactor, style: TextStyle) {
        (self.process, self.database, self.reactor, self.style) = (process, database, reactor, style)
        since = clock.now
    }

    /// Something else is done from now on.
    func began(_ what: String) {
        guard what != work else { return }
        (work, since) = (what, clock.now)
    }

    /// Looks once a second until the task is cancelled.
    func run() async {
        while await reactor.sleep(for: .seconds(1)) {
            let time = clock.now - since
            let seconds = Int(time / .seconds(1))
            guard time > Self.patience, style.isTerminal || seconds % Self.interval == 0 else { continue }
            let line = Self.line(work, seconds: seconds, phase: await phase())
            guard !Task.isCancelled else { break }
            if style.isTerminal {
                StandardStream.error.write("\r\(style.fitted(line))\u{1b}[K")
            } else {
                StandardStream.error.write(line: line)
            }
        }
        await monitor?.close()
    }

    /// Such as `working: migration 2 (outbox) for 12 s, building index: scanning table, 40 %`.
    static func line(_ work: String, seconds: Int, phase: String?) -> String {
        "working: \(work) for \(Words.time(Double(seconds)))\(phase.map { ", \($0)" } ?? "")"
    }

    /// What the server says of an index that is being built (PostgreSQL, Progress Reporting); it says nothing of a table
    /// that is rewritten.
    private func phase() async -> String? {
        if monitor == nil { monitor = try? await Connection.connect(database, on: reactor) }
        let rows = try? await monitor?.query(
            """
            select p.phase || coalesce(', ' || 100 * p.blocks_done / nullif(p.blocks_total, 0) || ' %', '') as phase
            from pg_stat_progress_create_index p where p.pid = $1
            """, [.integer(process)], timeout: .seconds(5))
        return try? rows?.first?.find("phase")
    }
}
