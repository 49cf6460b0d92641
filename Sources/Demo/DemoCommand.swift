import ArgumentParser
import Foundation
import Hummingbird
import Logging
import Reactor
import ServiceLifecycle
import UnixSignals

/// A page on which one plays the shop and its customers, with everything between them real but Telegram.
@main
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Demo",
        abstract: "Serves the page of make demo: the shop on one side, a customer's phone on the other.",
        discussion: """
            scripts/demo starts it with all that it needs: the database of Tests/Fixtures/odoo.sql with tgworker's schema \
            and an active bot, and a TelegramSimulator. It runs the worker itself and starts it again when it ends.
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 0

    @Option(help: "The database, as libpq takes it.")
    var databaseURL: String

    @Option(help: "Where the simulator listens.")
    var simulatorURL: String

    @Option(help: "The program tgworker.")
    var worker: String

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        var logger = Logger(label: "Demo", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        let reactor = Reactor()
        let shop = Shop(databaseURL: databaseURL, reactor: reactor)
        let telegram = Telegram(url: simulatorURL, reactor: reactor)
        try await shop.prepare()
        try await telegram.registerCustomers()
        // Without limits, so that what the page times is the worker and not its politeness.
        let keeper = WorkerKeeper(command: [
            worker, "run", "--database-url", databaseURL, "--telegram-api-url", simulatorURL, "--listen", "127.0.0.1:0",
            "--max-messages-per-second", "0", "--max-messages-per-chat-per-second", "0",
        ])
        let host = host
        let application = Application(
            router: DemoRoutes(board: Board(shop: shop, telegram: telegram, worker: keeper)).router,
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                let line = "listening on http://\(host):\(channel.localAddress?.port ?? 0)/\n"
                try? FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
            }, logger: logger)
        // Services end in the reverse order.
        let group = ServiceGroup(
            services: [keeper, application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
        await shop.close()
    }
}
