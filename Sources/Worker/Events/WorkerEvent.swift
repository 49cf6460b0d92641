/// Everything that happens in the worker and is worth knowing; feeds the log, the metrics and the health endpoints.
///
/// No case carries a secret, a message's text or a customer's name.
public enum WorkerEvent: Sendable, Equatable {
    /// The program started.
    case started(version: String, instance: String)
    /// Health and webhooks are served at this address.
    case listening(address: String)
    /// A session with the database stands and its installation is in order.
    case connected(database: String, serverVersion: Int32)
    /// The session broke.
    case disconnected(reason: String)
    /// Something outside has to change before work goes on; it is looked at again after the pause.
    case waiting(reason: String, retryAfter: Duration)
    /// getMe succeeded.
    case identified(botID: Int64, username: String?)
    /// Another instance sends; this one takes over when it ends.
    case standingBy
    /// This instance sends.
    case becameSender
    /// A notification to itself was heard, so long after it was sent.
    case wokenUp(after: Duration)
    /// A notification to itself was not heard: the session is replaced.
    case deaf
    /// Messages were found whose sender had stopped while it sent them.
    case recovered(count: Int, held: Bool)
    /// A message, or a part of one, was accepted by Telegram: how long it waited from the event in the database to this
    /// request, and how long Telegram took to answer.
    case sent(outboxID: Int64, kind: String, attempt: Int, waited: Duration, took: Duration)
    /// An attempt did not succeed; the message is tried again.
    case postponed(
        outboxID: Int64, kind: String, attempt: Int, reason: String, retryAfter: Duration, inDoubt: Bool)
    /// A message will not be sent.
    case gaveUp(outboxID: Int64, kind: String, outcome: String, reason: String)
    /// Telegram does not take the markup; the message goes out as plain text.
    case sentPlain(outboxID: Int64, reason: String)
    /// A group has become a supergroup; what waits for it goes to the new id.
    case chatMoved(from: Int64, to: Int64)
    /// Nothing is sent for a while.
    case paused(reason: String, until: Duration)
    /// The token is not accepted.
    case tokenRejected(reason: String)
    /// Telegram answers again.
    case resumed
    /// Updates come in by this way.
    case receiving(mode: String)
    /// An update was handled, ignored, recorded as failed, or known already.
    case updateHandled(updateID: Int64?, outcome: String, took: Duration)
    /// An update made no sense; it is recorded with the reason.
    case updateFailed(updateID: Int64?, reason: String)
    /// Updates cannot be taken now; Telegram keeps them.
    case receivingPaused(reason: String, retryAfter: Duration)
    /// Updates are taken again.
    case receivingResumed
    /// A webhook stood in the way of polling and was removed.
    case webhookRemoved(host: String, pending: Int)
    /// The webhook was set.
    case webhookSet
    /// A webhook is wanted and there is none of ours, or Telegram cannot reach it.
    case webhookTrouble(reason: String)
    /// A request of Odoo's to set or delete the webhook was answered, in these words.
    case webhookRequested(action: String, ok: Bool, answer: String)
    /// What managers did in Odoo could not be followed up; it is tried again within a minute.
    case settlingFailed(reason: String)
    /// Operators could not be notified in Odoo; their messages are there.
    case toastFailed(reason: String)
    /// The bot's menu could not be set.
    case menuFailed(reason: String)
    /// Configuration is read again.
    case reloading
    /// The worker was told to stop and finishes what is under way.
    case draining(inFlight: Int)
    /// The time for that was over.
    case abandoned(inFlight: Int)
    /// The worker has stopped.
    case stopped
}
