#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
import Foundation
import ServiceLifecycle

/// Posts updates to the bots' webhooks until the simulator ends.
struct WebhookService: Service {
    let server: BotServer

    func run() async throws {
        let session = URLSession(
            configuration: Self.configuration, delegate: RedirectRefusal(), delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await task in server.webhookTasks {
                    switch task {
                    case .post(let delivery):
                        group.addTask {
                            let (result, answer) = await Self.post(delivery, by: session)
                            await server.finish(delivery, result, answer: answer)
                        }
                    case .wake(let milliseconds):
                        group.addTask {
                            try? await Task.sleep(for: .milliseconds(milliseconds))
                            await server.postDueUpdates()
                        }
                    }
                }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            Task { await server.close() }
        }
    }

    private static var configuration: URLSessionConfiguration {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = 100
        configuration.timeoutIntervalForRequest = 60
        return configuration
    }

    /// Posts an update. Any 2xx is a success, and its body may be a method call.
    private static func post(
        _ delivery: WebhookDelivery, by session: URLSession
    ) async -> (result: WebhookResult, answer: Parameters?) {
        guard let url = URL(string: delivery.url) else {
            return (.failed("Wrong webhook URL", retryAfter: nil), nil)
        }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        if !delivery.secretToken.isEmpty {
            request.setValue(delivery.secretToken, forHTTPHeaderField: "X-Telegram-Bot-Api-Secret-Token")
        }
        request.httpBody = Data(delivery.body.utf8)
        do {
            let (body, response) = try await session.data(for: request)
            guard let response = response as? HTTPURLResponse else {
                return (.failed("Wrong response from the webhook", retryAfter: nil), nil)
            }
            guard (200...299).contains(response.statusCode) else {
                let reason = HTTPReason.phrase(response.statusCode)
                let retryAfter = response.value(forHTTPHeaderField: "Retry-After").flatMap { Int64($0) }
                return (
                    .failed(
                        "Wrong response from the webhook: \(response.statusCode) \(reason)", retryAfter: retryAfter),
                    nil
                )
            }
            let type = response.value(forHTTPHeaderField: "Content-Type") ?? ""
            return (.accepted, try? RequestParameters.read(body: Array(body), contentType: type))
        } catch let error as URLError where error.code == .cannotConnectToHost {
            return (.failed("Connection refused", retryAfter: nil), nil)
        } catch let error as URLError where error.code == .timedOut {
            return (.failed("Read timeout expired", retryAfter: nil), nil)
        } catch {
            return (.failed("Webhook connection closed", retryAfter: nil), nil)
        }
    }
}

/// Leaves redirections alone: to Telegram they are errors like any other.
private final class RedirectRefusal: NSObject, URLSessionTaskDelegate {
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
