import Postgres
import Reactor
import Telegram

/// Does what somebody asked for in Odoo by ``WebhookRequest``, and says there what became of it. To be used by the instance
/// that holds the sender's lock, while it neither sends nor receives.
struct WebhookRequests: Sendable {
    let reactor: Reactor
    let events: @Sendable (WorkerEvent) -> Void

    /// A request is kept for this long while Telegram is not reached, which may pass.
    private static let patience = Duration.seconds(20)

    /// Answers all requests.
    ///
    /// - Returns: whether there were any: then the way that updates come in by may have changed.
    /// - Throws: `PostgresError`, and `CancellationError` when the task was cancelled: what is not answered stays.
    func answer(for reception: Reception, on connection: Connection) async throws -> Bool {
        let requests = try await connection.group([WebhookRequestStatements.open(bot: reception.bot.id)])[0].map {
            try WebhookRequest($0)
        }
        for request in requests {
            let (ok, words) = try await carryOut(request, for: reception, on: connection)
            let answer = WebhookRequest.sentence(words)
            try await connection.group(WebhookRequestStatements.answer(request, ok: ok, answer))
            events(.webhookRequested(action: request.action.rawValue, ok: ok, answer: answer))
        }
        return !requests.isEmpty
    }

    /// Answers what cannot be done while there is no bot to do it for.
    ///
    /// - Parameter isPassing: it may be otherwise in a moment; then requests wait for that moment.
    func refuse(
        because reason: String, isPassing: Bool, by presence: Presence, on connection: Connection
    ) async throws(PostgresError) {
        try await connection.group([
            WebhookRequestStatements.refuse(
                WebhookRequest.sentence(reason), after: isPassing ? Self.patience : .zero,
                unlessSender: presence.instance)
        ])
    }

    private func carryOut(
        _ request: WebhookRequest, for reception: Reception, on connection: Connection
    ) async throws -> (ok: Bool, words: String) {
        if let obstacle = request.obstacle { return (false, obstacle) }
        let administration = WebhookAdministration(reception, on: connection, reactor: reactor)
        do {
            let lines =
                switch request.action {
                case .set: try await administration.set(publicURL: nil, dropPending: false)
                case .delete: try await administration.delete(dropPending: false)
                }
            return (true, lines.joined(separator: "; "))
        } catch let problem as WebhookProblem {
            return (false, problem.description)
        } catch let error as TelegramError {
            if Task.isCancelled { throw CancellationError() }
            return (false, error.description)
        } catch let error as PostgresError where error.kind == .server {
            // Refused this time, it would be refused again: that must not keep the sender from sending.
            return (false, "the database does not take it: \(error.message)")
        }
    }
}
