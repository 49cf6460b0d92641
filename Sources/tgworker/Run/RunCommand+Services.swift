import Endpoint
import Installation
import Logging
import Reactor
import ServiceLifecycle
import Worker

extension RunCommand {
    /// The parts of the process, in the order of their start; they stop in the opposite order, so that health is answered
    /// until the worker is done.
    static func services(
        _ configuration: WorkerConfiguration, listen: ListenAddress, reactor: Reactor, manager: ServiceManager?,
        logger: Logger
    ) -> (services: [any Service], worker: WorkerService) {
        let health = WorkerHealth()
        let metrics = WorkerMetrics()
        let record: @Sendable (WorkerEvent) -> Void = { event in
            health.record(event)
            metrics.record(event)
            manager?.report(health)
            logger.record(event)
        }
        let worker = WorkerService(
            configuration, schemaVersion: Migration.latest, reactor: reactor, events: record)
        let endpoint = EndpointService(
            host: listen.host, port: listen.port, health: health,
            metrics: { await metrics.exposition(of: worker) }, webhooks: worker.webhooks, events: record)
        let reload = ReloadService { await worker.reload() }
        let watchdog = manager?.watchdogService(reactor)
        return ((watchdog.map { [$0] } ?? []) + [endpoint, reload, worker], worker)
    }
}
