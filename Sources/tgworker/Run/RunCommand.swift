import ArgumentParser
import Glibc
import Logging
import Reactor
import ServiceLifecycle
import UnixSignals
import Worker

/// `tgworker run`: the worker, until it is told to stop.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the worker: sends what waits in the outbox, answers customers.",
        discussion: """
            Install the schema first (tgworker install-sql). Any number of workers may run: one of them sends, the others \
            stand by and take over within seconds.

              tgworker run --odoo-conf /etc/odoo/odoo.conf
              TGWORKER_DATABASE_URL=postgresql://tgworker@db/shop tgworker run

            The bot's token is the one in Odoo's Telegram settings. To give another, put it into TGWORKER_BOT_TOKEN, or \
            into a file that TGWORKER_BOT_TOKEN_FILE names, or into the keys bot-token or bot-token-file of the \
            configuration file; there is no flag, because other users see the command line.

            SIGTERM and SIGINT stop it gracefully: what is under way is finished, exit code 0. SIGHUP makes it read the \
            settings in the database again.
            """)

    @OptionGroup(title: "The worker") var options: RunOptions
    @OptionGroup(title: "The bot") var bot: BotOptions
    @OptionGroup(title: "The database") var database: DatabaseOptions
    @OptionGroup(title: "General") var general: GeneralOptions

    /// Time on top of the drain timeout for everything else that ends, before services are cancelled.
    private static let shutdownGrace = Duration.seconds(10)

    func run() async throws {
        let settings = try general.settings()
        let configuration = try options.configuration(settings, database: database, bot: bot)
        let listen = try options.listenAddress(settings)
        try general.bootstrapLogging(settings)
        let logger = Logger(label: "tgworker")
        // A reader of logs that goes away must not take the worker with it.
        signal(SIGPIPE, SIG_IGN)

        // Named by their types: the group logs the names, and a service described in full may show a password.
        let (services, worker) = Self.services(
            configuration, listen: listen, reactor: Reactor(),
            manager: ServiceManager(environment: settings.environment), logger: logger)
        let named = services.map { service in
            ServiceGroupConfiguration.ServiceConfiguration(service: service, serviceName: "\(type(of: service))")
        }
        var group = ServiceGroupConfiguration(
            services: named, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = configuration.drainTimeout + Self.shutdownGrace
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            await worker.close()
            throw error
        }
        await worker.close()
    }
}
