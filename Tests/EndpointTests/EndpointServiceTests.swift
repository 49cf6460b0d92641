import Endpoint
import ServiceLifecycle
import TestSupport
import Testing
import Worker

@Suite("The health endpoints", .timeLimit(.minutes(5)))
struct EndpointServiceTests {
    /// Serves `health` while `body` runs, and gives it the address.
    private func serving(_ health: WorkerHealth, _ body: (String) async throws -> Void) async throws {
        let (addresses, continuation) = AsyncStream.makeStream(of: String.self)
        let service = EndpointService(host: "127.0.0.1", port: 0, health: health) { event in
            if case .listening(let address) = event { continuation.yield(address) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await service.run() } catch is CancellationError {}
            }
            var iterator = addresses.makeAsyncIterator()
            try await body(try #require(await iterator.next()))
            group.cancelAll()
        }
    }

    /// The status and the body of an answer.
    private func get(_ url: String) async throws -> String {
        try await Command.run("curl", ["-s", "-w", " %{http_code}", url])
    }

    @Test("live as long as the process answers; ready once it sends or stands by, and says why not")
    func health() async throws {
        let health = WorkerHealth()
        try await serving(health) { (address: String) async throws in
            #expect(try await get("\(address)/health/live") == "live\n 200")
            #expect(try await get("\(address)/health/ready") == "not ready: starting\n 503")
            health.record(.connected(database: "shop", serverVersion: 150_000))
            health.record(.waiting(reason: "no active bot", retryAfter: .seconds(1)))
            #expect(try await get("\(address)/health/ready") == "not ready: no active bot\n 503")
            health.record(.identified(botID: 1, username: nil))
            health.record(.becameSender)
            #expect(try await get("\(address)/health/ready") == "ready: sender\n 200")
            health.record(.disconnected(reason: "gone"))
            #expect(try await get("\(address)/health/ready") == "not ready: gone\n 503")
            health.record(.connected(database: "shop", serverVersion: 150_000))
            health.record(.standingBy)
            #expect(try await get("\(address)/health/ready") == "ready: standby\n 200")
            health.record(.draining(inFlight: 0))
            #expect(try await get("\(address)/health/ready") == "not ready: stopping\n 503")
            #expect(try await get("\(address)/other").hasSuffix(" 404"))
        }
    }

    @Test("an address that is taken is refused with advice")
    func taken() async throws {
        try await serving(WorkerHealth()) { (address: String) async throws in
            let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
            let second = EndpointService(host: "127.0.0.1", port: port, health: WorkerHealth()) { _ in }
            let error = await #expect(throws: EndpointError.self) { try await second.run() }
            #expect(error?.description.contains("--listen HOST:PORT") == true)
        }
    }
}
