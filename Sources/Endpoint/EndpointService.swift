import Glibc
import Hummingbird
import Logging
import NIOCore
public import ServiceLifecycle
public import Worker

/// Serves what orchestrators ask over HTTP (`GET /health/live`, `GET /health/ready`) and what Prometheus does
/// (`GET /metrics`), and takes what Telegram posts (`POST /telegram/webhook/{secret}`).
public struct EndpointService: Service {
    private let host: String
    private let port: Int
    private let health: WorkerHealth
    private let metrics: (@Sendable () async -> String)?
    private let webhooks: WebhookReceiver?
    private let events: @Sendable (WorkerEvent) -> Void

    /// - Parameters:
    ///   - port: 0 takes any that is free; the event `listening` says which.
    ///   - metrics: the text of an answer to Prometheus, of the type ``WorkerMetrics/contentType``.
    public init(
        host: String, port: Int, health: WorkerHealth, metrics: (@Sendable () async -> String)? = nil,
        webhooks: WebhookReceiver? = nil,
        events: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.host = host
        self.port = port
        self.health = health
        self.metrics = metrics
        self.webhooks = webhooks
        self.events = events
    }

    /// Runs until the service group is shut down gracefully.
    ///
    /// - Throws: ``EndpointError`` when the address cannot be listened on.
    public func run() async throws {
        let (host, events) = (host, events)
        // The worker's events say what happens; the server's own lines would say it twice, or say that it was cancelled.
        let silent = Logger(label: "endpoint") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            router: router(), configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                events(.listening(address: "http://\(host):\(channel.localAddress?.port ?? 0)"))
            }, logger: silent)
        do {
            try await application.run()
        } catch let error as CancellationError {
            throw error
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw EndpointError(
                "cannot listen on \(host):\(port) (\(reason)): choose another address with --listen HOST:PORT")
        }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/health/live") { _, _ in "live\n" }
        router.get("/health/ready") { [health] _, _ in
            guard let obstacle = health.obstacle else {
                return EditedResponse(status: .ok, response: "ready: \(health.role ?? "")\n")
            }
            return EditedResponse(status: .serviceUnavailable, response: "not ready: \(obstacle)\n")
        }
        if let metrics {
            router.get("/metrics") { _, _ in
                Response(
                    status: .ok, headers: [.contentType: WorkerMetrics.contentType],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: await metrics())))
            }
        }
        if let webhooks { WebhookRoute(receiver: webhooks).register(on: router) }
        return router
    }
}

/// Why HTTP cannot be served, in one line that says what to do.
public struct EndpointError: Error, Sendable, CustomStringConvertible {
    /// The line.
    public let description: String

    init(_ description: String) { self.description = description }
}
