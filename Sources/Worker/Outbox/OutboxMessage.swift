import Postgres

/// A row of `tgworker.outbox` that was claimed: its intent is recorded, it is to be sent now.
struct OutboxMessage: Sendable, Equatable, Identifiable {
    /// What there is to say.
    enum Content: Sendable, Equatable {
        /// An order's state changed.
        case orderState(OrderEvent)
        /// An operator wrote this.
        case reply(text: String, replyTo: Int64?)
        /// The bot says something by itself.
        case answer(BotMessage, to: Addressee)
        /// Nothing any more, and why not.
        case void(reason: String)
        /// Nothing reaches the chat, and why not.
        case unreachable(reason: String)
    }

    let id: Int64
    /// 0 interactive answer, 1 operator's reply, 2 notification.
    var priority = 2
    let chatID: Int64
    let content: Content
    /// Attempts begun, this one included.
    let attempt: Int
    /// Parts of a long message that Telegram has accepted before.
    let partsSent: Int
    /// Telegram's id of the first part.
    let firstMessageID: Int64?
    /// Whether nothing has reached the chat lately: a success tells that it is open again.
    var isChatBlocked = false
    /// Microseconds since 1970 at which the business transaction began.
    let enqueuedAt: Int64
    /// Failures in a row before this attempt, for which the message is not to blame.
    var failures = 0
    /// Time since the first of them.
    var failingFor = Duration.zero
    /// Earlier attempts whose outcome nobody knows.
    var inDoubt = 0
    /// Why the last attempt failed.
    var lastError: String?

    /// What it is, in the words of `outbox.kind`, which its priority tells.
    var kind: String { priority == 0 ? "answer" : priority == 1 ? "reply" : "order_state" }

    /// Whether somebody waits for it just now.
    var isUrgent: Bool { priority < 2 }
}

/// One attempt at a message. A later attempt, perhaps another instance's, is another one.
struct OutboxAttempt: Sendable, Hashable {
    /// `outbox.id`.
    let id: Int64
    /// `outbox.attempt`, from 1.
    let attempt: Int
}

/// The facts of a state change, with what of Odoo's tables is needed to tell them to this customer.
struct OrderEvent: Sendable, Equatable {
    /// `sale_order.name`.
    var order: String
    /// `sale_order.state` after the change.
    var state: String
    /// The moment of the change on the customer's clock.
    var changedAt: LocalDateTime
    /// The zone of that clock when nobody chose it, so that the time is not misread.
    var timeZoneName: String?
    /// `sale_order.amount_total` in PostgreSQL's text form.
    var total: String?
    /// `res_currency.id` of the total.
    var currencyID: Int?
    /// `res_partner.lang` of the Telegram user's partner.
    var language: String?
}

extension OutboxMessage {
    /// Reads a row of ``OutboxStatements/claim(_:defaultTimeZone:bot:)``.
    init(_ row: Rows.Row) throws(PostgresError) {
        id = try row.get("id")
        priority = try row.get("priority")
        chatID = try row.get("chat_id")
        attempt = try row.get("attempt")
        partsSent = try row.get("parts_sent")
        firstMessageID = try row.find("message_id")
        enqueuedAt = try row.get("enqueued_us")
        isChatBlocked = try row.get("is_chat_blocked")
        failures = try row.get("failures")
        failingFor = .microseconds(try row.find("failing_us", as: Int64.self) ?? 0)
        inDoubt = try row.get("in_doubt")
        lastError = try row.find("last_error")
        content = try Self.content(row)
    }

    private static func content(_ row: Rows.Row) throws(PostgresError) -> Content {
        let kind: String = try row.get("kind")
        // Only an answer may go to somebody who is not in Odoo (yet).
        let userExists: Bool = try row.get("user_exists")
        guard userExists || kind == "answer" else {
            return .void(reason: "the Telegram user was deleted in Odoo")
        }
        switch kind {
        case "order_state":
            guard try row.get("is_verified") else {
                return .void(reason: "the Telegram user is no longer verified")
            }
            // Operators' replies are tried all the same: somebody wants to know.
            if let reason: String = try row.find("blocked_reason") { return .unreachable(reason: reason) }
            // One row that makes no sense must not stop the others.
            guard let order: String = try row.find("order_name"), let state: String = try row.find("order_state"),
                let moment: String = try row.find("changed_at"), let changedAt = LocalDateTime(moment)
            else { return .void(reason: "the facts of the event are incomplete") }
            return .orderState(
                OrderEvent(
                    order: order, state: state, changedAt: changedAt,
                    timeZoneName: try row.find("time_zone_name"), total: try row.find("total"),
                    currencyID: try row.find("currency_id"), language: try row.find("lang")))
        case "reply":
            guard try row.get("source_exists") else { return .void(reason: "the message was deleted in Odoo") }
            return .reply(text: try row.find("reply_text") ?? "", replyTo: try row.find("reply_to"))
        case "answer":
            guard let message = BotMessage(event: try row.find("answer") ?? "") else {
                return .void(reason: "this version does not know what to say")
            }
            return .answer(
                message,
                to: Addressee(
                    language: try row.find("lang"), languageCode: try row.find("language_code"),
                    code: try row.find("verification_code"), isVerified: try row.get("is_verified"),
                    isLinked: try row.get("is_linked")))
        default:
            return .void(reason: "this version does not know messages of kind \(kind)")
        }
    }
}
