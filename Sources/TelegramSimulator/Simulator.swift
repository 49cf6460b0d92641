import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The simulator as a service: the HTTP server, and the posts to webhooks.
struct Simulator: Service {
    let host: String
    let port: Int
    let server: BotServer
    let logger: Logger
    /// Called once with the address when requests are accepted.
    let onReady: @Sendable (String) -> Void

    /// Serves until the graceful shutdown. Waiting requests are ended first, so that the HTTP server can end.
    func run() async throws {
        let application = Application(
            responder: SimulatorResponder(server: server),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                onReady("http://\(host.contains(":") ? "[\(host)]" : host):\(channel.localAddress?.port ?? port)")
            }, logger: logger)
        // Services end in the reverse order.
        let services = ServiceGroup(services: [application, WebhookService(server: server)], logger: logger)
        try await services.run()
    }
}
