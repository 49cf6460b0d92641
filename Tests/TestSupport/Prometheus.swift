import Foundation

/// A Prometheus server of one's own that scrapes one address every second.
public struct Prometheus: Sendable {
    private let process: ChildProcess
    private let directory: String
    private let address: String

    /// Starts one, and waits until it answers.
    ///
    /// - Parameter target: host and port of what serves `/metrics`; it becomes the job `tgworker`.
    public static func start(scraping target: String) async throws -> Prometheus {
        let directory = try await Command.run("mktemp", ["-d", "/tmp/tgworker-prometheus.XXXXXX"])
        try """
        global: {scrape_interval: 1s}
        scrape_configs:
          - {job_name: tgworker, static_configs: [{targets: ['\(target)']}]}
        """.write(toFile: directory + "/prometheus.yml", atomically: true, encoding: .utf8)
        let process = try await ChildProcess.start(
            "prometheus",
            [
                "--config.file=\(directory)/prometheus.yml", "--storage.tsdb.path=\(directory)/data",
                "--web.listen-address=127.0.0.1:0",
            ])
        let line = try await process.line { $0.contains("\"Listening on\"") }
        let address = line.split(separator: "address=").last.map(String.init) ?? ""
        return Prometheus(process: process, directory: directory, address: address)
    }

    /// The series that a query finds now.
    ///
    /// - Throws: what Prometheus says of a query that it cannot read.
    public func query(_ expression: String) async throws -> [JSON] {
        let text = try await Command.run(
            "curl", ["-sS", "--data-urlencode", "query=\(expression)", "http://\(address)/api/v1/query"])
        let answer = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
        guard answer["status"]?.text == "success", case .array(let series)? = answer["data"]?["result"] else {
            throw TestSupportError("\(expression): \(answer["error"]?.text ?? text)")
        }
        return series
    }

    /// Ends it.
    public func stop() async throws {
        await process.kill(SIGKILL)
        _ = try await process.status
        try FileManager.default.removeItem(atPath: directory)
    }
}
