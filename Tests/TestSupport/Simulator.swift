import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A running TelegramSimulator, and its control interface: what the world outside does to the bot.
public struct Simulator: Sendable {
    /// The bot token it knows unless it is started with another.
    public static let token = "123456:TEST-TOKEN"

    /// Where it listens: the worker's `--telegram-api-url`.
    public let url: String
    /// The program.
    public let process: ChildProcess

    private let session: URLSession

    /// Starts a simulator on a free port. It ends when the last reference to its process goes away.
    ///
    /// - Parameter arguments: Its options besides the port, for example `["--allow-http-webhook"]`.
    public static func start(_ arguments: [String] = []) async throws -> Simulator {
        let process = try await ChildProcess.start(product: "TelegramSimulator", ["--port", "0"] + arguments)
        let announcement = "listening on "
        let line = try await process.line(containing: announcement)
        return Simulator(url: String(line.dropFirst(announcement.count)), process: process)
    }

    private init(url: String, process: ChildProcess) {
        self.url = url
        self.process = process
        let configuration = URLSessionConfiguration.ephemeral
        // Tests wait in long polls, more of them than the usual six at once.
        configuration.httpMaximumConnectionsPerHost = 200
        // On Linux this holds, whatever a request says itself.
        configuration.timeoutIntervalForRequest = 300
        session = URLSession(configuration: configuration)
    }

    /// Calls the control interface and returns its answer.
    ///
    /// Throws when the answer is not 2xx, with its text.
    @discardableResult
    public func control<Answer: Decodable>(
        _ method: String, _ path: String, query: [String: String] = [:], body: JSON? = nil,
        as answer: Answer.Type = JSON.self
    ) async throws -> Answer {
        let data = try await request(method, "/control/" + path, query: query, body: body)
        if data.isEmpty, let nothing = JSON.null as? Answer { return nothing }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Answer.self, from: data)
    }

    /// Posts JSON, and returns the JSON that comes back.
    func post(_ path: String, _ body: JSON) async throws -> JSON {
        try JSONDecoder().decode(JSON.self, from: try await request("POST", path, body: body))
    }

    private func request(
        _ method: String, _ path: String, query: [String: String] = [:], body: JSON? = nil
    ) async throws -> Data {
        var components = URLComponents(string: url + path)
        if !query.isEmpty { components?.queryItems = query.map { URLQueryItem(name: $0, value: $1) } }
        guard let address = components?.url else { throw TestSupportError("not a URL: \(url)\(path)") }
        var request = URLRequest(url: address, timeoutInterval: 300)
        request.httpMethod = method
        if let body {
            request.httpBody = try JSONEncoder().encode(body)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try await session.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard 200..<300 ~= status else {
            let text = String(decoding: data, as: UTF8.self)
            throw TestSupportError("\(method) \(path) answered \(status): \(text)")
        }
        return data
    }
}
