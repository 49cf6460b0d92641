import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import TelegramSimulator

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A simulator that listens on a free port of this machine, and a client for it.
struct RunningSimulator: Sendable {
    /// What came back.
    struct Response: Sendable {
        let status: Int
        let headers: [String: String]
        let body: String

        /// The body as JSON.
        func json() throws -> JSON { try JSON(body) }
    }

    let address: String

    /// Runs a simulator while the body runs, and ends it gracefully.
    static func run<Value: Sendable>(
        _ options: SimulatorOptions = SimulatorOptions(), _ body: (RunningSimulator) async throws -> Value
    ) async throws -> Value {
        let server = BotServer(try BotServerState(tokens: [PureBot.token], options: options))
        let (addresses, ready) = AsyncStream<String>.makeStream()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let simulator = Simulator(host: "127.0.0.1", port: 0, server: server, logger: logger) { ready.yield($0) }
        let services = ServiceGroup(services: [simulator], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            let address = try #require(await addresses.first { _ in true })
            let value: Value
            do {
                value = try await body(RunningSimulator(address: address))
            } catch {
                await services.triggerGracefulShutdown()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return value
        }
    }

    /// Calls a method of the Bot API on a connection of its own.
    func bot(_ method: String, _ parameters: String = "{}") async throws -> Response {
        try await send("POST", "/bot\(PureBot.token)/\(method)", parameters)
    }

    /// Posts to the control API.
    @discardableResult
    func control(_ path: String, _ body: String) async throws -> JSON {
        let response = try await send("POST", "/control/\(path)", body)
        #expect(response.status == 200, "\(response.body)")
        return try response.json()
    }

    /// Gets from the control API.
    func control(_ path: String) async throws -> JSON {
        try await send("GET", "/control/\(path)").json()
    }

    /// Waits until the bot's n-th request has arrived.
    func waitForRequest(_ number: Int) async throws {
        let requests = try await control("requests?count=\(number)&wait_ms=30000").elements ?? []
        #expect(requests.count >= number)
    }

    func send(_ method: String, _ path: String, _ body: String? = nil) async throws -> Response {
        var request = URLRequest(url: try #require(URL(string: address + path)))
        request.httpMethod = method
        if let body {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = Data(body.utf8)
        }
        // A connection of its own: libcurl repeats a request on its own when a used connection ends without a byte.
        let session = URLSession(configuration: .ephemeral)
        defer { session.finishTasksAndInvalidate() }
        let (data, response) = try await session.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        var headers: [String: String] = [:]
        for (name, value) in http.allHeaderFields { headers["\(name)".lowercased()] = "\(value)" }
        return Response(status: http.statusCode, headers: headers, body: String(decoding: data, as: UTF8.self))
    }
}
