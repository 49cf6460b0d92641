import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// A local Telegram Bot API server.
@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "TelegramSimulator",
        abstract: "A local Telegram Bot API server for demonstrations and tests.",
        discussion: """
            Serves /bot<token>/<method> as Telegram does, and a control API under /control by which a test or a \
            person plays the customers, the network and Telegram's limits.
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 0

    @Option(help: "A bot token to accept; may be repeated.")
    var token = ["123456:TEST-TOKEN"]

    @Option(help: "Answer every Bot API request so many milliseconds late.")
    var latencyMs: Int64 = 0

    @Flag(help: "Let the bot write to chats that nobody registered.")
    var acceptAnyChat = false

    @Flag(help: "Let setWebhook take plain http and any port.")
    var allowHttpWebhook = false

    @Flag(help: "Print the conversation as it happens.")
    var print = false

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be between 0 and 65535") }
        guard latencyMs >= 0 else { throw ValidationError("--latency-ms must not be negative") }
        for token in token where BotServerState.botID(ofToken: token) == nil {
            throw ValidationError("--token must look like 123456:SECRET")
        }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let options = SimulatorOptions(
            acceptsAnyChat: acceptAnyChat, allowsHTTPWebhook: allowHttpWebhook, latency: latencyMs,
            keepsTranscript: print)
        // Standard output carries the address and the conversation, nothing else.
        var logger = Logger(label: "TelegramSimulator", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        let server = BotServer(try BotServerState(tokens: token, options: options), printer: Self.write)
        let simulator = Simulator(host: host, port: port, server: server, logger: logger) { address in
            Self.write("listening on \(address)")
        }
        let group = ServiceGroup(
            services: [simulator], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        do {
            try await group.run()
        } catch {
            let line = "TelegramSimulator: cannot serve on \(host):\(port), try another --port: \(error)\n"
            Self.standardError.write(Data(line.utf8))
            throw ExitCode.failure
        }
    }

    private static let standardError = FileHandle.standardError

    /// Writes a line at once, also into a pipe.
    private static let write: @Sendable (String) -> Void = { line in
        // Whoever read the address may have closed the pipe since.
        try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }
}
