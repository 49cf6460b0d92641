import Foundation
import Reactor

/// Telegram as the demo plays it, by the control API of TelegramSimulator: what customers do, and what goes wrong.
struct Telegram: Sendable {
    let url: String
    let reactor: Reactor

    /// Opens the customers' accounts; none of them has written yet.
    func registerCustomers() async throws {
        for customer in Customer.all {
            try await post(
                "chats",
                [
                    "id": customer.telegramID, "first_name": customer.firstName, "last_name": customer.lastName,
                    "username": customer.username, "language_code": customer.languageCode, "state": "uninitiated",
                ])
        }
    }

    /// The chat as JSON, at once when it is not as it was at `revision`, otherwise after a moment.
    func chat(of customer: Customer, after revision: Int?, waiting milliseconds: Int) async throws -> String {
        let since = revision.map { "&after=\($0)&wait_ms=\(milliseconds)" } ?? ""
        let answer = try await perform(HTTPRequest(url: "\(url)/control/chat?chat_id=\(customer.telegramID)\(since)"))
        return String(decoding: answer, as: UTF8.self)
    }

    // MARK: What customers do

    func write(_ text: String, by customer: Customer) async throws {
        try await post("messages", ["chat_id": customer.telegramID, "text": text])
    }

    func shareContact(of customer: Customer) async throws {
        let contact: [String: any Sendable] = [
            "phone_number": customer.phone, "first_name": customer.firstName, "last_name": customer.lastName,
            "user_id": customer.telegramID,
        ]
        try await post("messages", ["chat_id": customer.telegramID, "contact": contact])
    }

    func press(_ data: String, under message: Int64, by customer: Customer) async throws {
        try await post("callbacks", ["chat_id": customer.telegramID, "message_id": message, "data": data])
    }

    func block(_ blocked: Bool, by customer: Customer) async throws {
        try await post("block", ["chat_id": customer.telegramID, "blocked": blocked])
    }

    // MARK: What goes wrong

    /// For so long every method is answered by a gateway's error page.
    func goDown(seconds: Int) async throws {
        try await post(
            "faults", ["kind": "status", "status": 502, "method": "*", "times": -1, "lasts_ms": seconds * 1000])
    }

    /// Refuses the next message to a customer with 429.
    func refuseNext(to customer: Customer, retryAfter seconds: Int) async throws {
        try await post(
            "faults",
            [
                "kind": "error", "error_code": 429, "description": "Too Many Requests: retry after \(seconds)",
                "parameters": ["retry_after": seconds], "chat_id": customer.telegramID,
            ])
    }

    /// Forgets every chat and everything that is to go wrong.
    func reset() async throws {
        try await post("reset", [:])
        try await registerCustomers()
    }

    private func post(_ path: String, _ body: [String: any Sendable]) async throws {
        let bytes = Array(try JSONSerialization.data(withJSONObject: body))
        try await perform(
            HTTPRequest(
                method: .post, url: "\(url)/control/\(path)", headers: ["Content-Type: application/json"], body: bytes))
    }

    @discardableResult
    private func perform(_ request: HTTPRequest) async throws -> [UInt8] {
        let answer: HTTPResponse
        do {
            answer = try await reactor.perform(request)
        } catch {
            throw DemoError("the simulator does not answer: \(error.message)")
        }
        guard answer.status == 200 else { throw DemoError(String(decoding: answer.body, as: UTF8.self)) }
        return answer.body
    }
}
