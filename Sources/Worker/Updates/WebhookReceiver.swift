import Reactor
import Telegram

/// Takes updates that Telegram posts. Knows nothing of HTTP but what it is told; see the target `Endpoint`.
public struct WebhookReceiver: Sendable {
    /// What to answer.
    public enum Answer: Sendable, Equatable {
        /// The update is committed: 200.
        case accepted
        /// The secrets are not ours: the same answer as for a path that does not exist.
        case notFound
        /// It cannot be handled now and nothing has happened: 503, so that Telegram posts it again.
        case unavailable
    }

    /// The longest body that is taken for an update, in bytes.
    public static let bodyLimit = 1 << 20
    /// The path up to the secret.
    public static let path = Reception.path

    private let inbox: UpdateInbox

    init(inbox: UpdateInbox) { self.inbox = inbox }

    /// Whether a request is Telegram's: to be asked before its body is read.
    ///
    /// - Parameters:
    ///   - secret: the last part of the path, percent-decoded.
    ///   - token: the header `X-Telegram-Bot-Api-Secret-Token`.
    /// - Returns: nil when it is, else the answer.
    public func refusal(secret: String, token: String?) async -> Answer? {
        guard let reception = await inbox.reception else { return .unavailable }
        return reception.admits(path: secret, token: token) ? nil : .notFound
    }

    /// Handles the body of a request that is Telegram's.
    ///
    /// - Parameter isCut: whether the body is longer than ``bodyLimit`` and only its beginning is here. Such an update
    ///   is recorded as failed: refused, it would come again and again and hold up those behind it.
    public func receive(_ body: [UInt8], isCut: Bool = false) async -> Answer {
        guard let reception = await inbox.reception else { return .unavailable }
        do {
            let raw = RawUpdate(body)
            let update = isCut ? ReadUpdate(tooLong: raw) : ReadUpdate(raw, bot: reception.bot.username)
            try await inbox.receive(update, for: reception)
            return .accepted
        } catch {
            await inbox.reportUnavailable("\(error)")
            return .unavailable
        }
    }
}
