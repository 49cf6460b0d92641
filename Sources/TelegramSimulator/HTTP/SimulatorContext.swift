import Hummingbird
import Logging
import NIOCore

/// What a request knows of its connection: enough to cut it.
struct SimulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Closes the connection at once, whatever was promised on it.
    func disconnect() async {
        try? await channel.close().get()
    }
}
