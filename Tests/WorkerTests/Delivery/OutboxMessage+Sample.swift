@testable import Worker

extension OutboxMessage {
    /// A message with what a test does not care about filled in.
    static func sample(
        _ id: Int64 = 7, priority: Int = 2, chat: Int64 = 10, content: Content = .reply(text: "hello", replyTo: nil),
        attempt: Int = 1, partsSent: Int = 0, first: Int64? = nil, isChatBlocked: Bool = false, failures: Int = 0,
        failingFor: Duration = .zero, inDoubt: Int = 0, lastError: String? = nil
    ) -> OutboxMessage {
        OutboxMessage(
            id: id, priority: priority, chatID: chat, content: content, attempt: attempt, partsSent: partsSent,
            firstMessageID: first, isChatBlocked: isChatBlocked, enqueuedAt: 0, failures: failures,
            failingFor: failingFor, inDoubt: inDoubt, lastError: lastError)
    }
}
