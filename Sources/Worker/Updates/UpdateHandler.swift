import Postgres
import Telegram

/// Carries out one update: everything it causes, the answers to the customer included, is one transaction, and so is the
/// entry in `tgworker.update_log` by which a repetition is known.
struct UpdateHandler: Sendable {
    /// The bot that the update came to.
    let bot: BotUser

    /// What is left to do when the transaction is committed. None of it may fail the update.
    struct Aftermath: Sendable, Equatable {
        /// It was handled before; nothing was done.
        var isRepeated = false
        var outcome = UpdateOutcome.handled
        /// What the operators are told.
        var notices: [OperatorNotice] = []
        /// A button that waits to be released.
        var callbackID: String?
    }

    /// Times that an update is tried again when others were in the way.
    private static let attempts = 3
    private static let timeout = Duration.seconds(20)

    /// Handles an update, or records why it could not be.
    ///
    /// - Throws: when the database cannot do it now. Then nothing has happened, and the update must be delivered again.
    func handle(_ update: ReadUpdate, on connection: Connection) async throws -> Aftermath {
        switch update.incoming {
        case .failure(let error): return try await record(update.raw, .failed(error.description), on: connection)
        case .success(.ignored(let reason)): return try await record(update.raw, .ignored(reason), on: connection)
        case .success(.action(let action, let sender, let chatID, let callbackID)):
            return try await patiently(update.raw, on: connection) { transaction in
                try await act(action, of: sender, in: chatID, callbackID, update.raw, transaction)
            }
        }
    }

    /// Repeats the transaction when others were in the way. One that the database refuses whenever it comes is recorded:
    /// it must not stop those behind it.
    private func patiently(
        _ raw: RawUpdate, on connection: Connection, _ body: (Transaction) async throws -> Aftermath
    ) async throws -> Aftermath {
        var (waits, collisions) = (0, 0)
        while true {
            do {
                return try await connection.transaction { try await body($0) }
            } catch let error as PostgresError where error.isAboutOthers {
                waits += 1
                guard waits < Self.attempts else { throw error }
            } catch let error as PostgresError where error.sqlState == .uniqueViolation && collisions < Self.attempts {
                // Two have entered the same person at once: the other's row is found now. Counted by itself, because
                // it may come after the last wait for that row.
                collisions += 1
            } catch let error as PostgresError where error.isAboutTheData {
                // Not the server's words: they quote the data, and this goes to the log as well.
                let reason = "the database does not take it (SQLSTATE \(error.sqlState?.rawValue ?? "unknown"))"
                return try await record(raw, .failed(reason), on: connection)
            }
        }
    }

    /// Enters an update that leads to nothing.
    private func record(
        _ raw: RawUpdate, _ outcome: UpdateOutcome, on connection: Connection
    ) async throws -> Aftermath {
        do {
            return try await connection.transaction { transaction in
                let entry = try await transaction.group(
                    [UpdateStatements.seen(bot: bot.id, update: raw.id)], timeout: Self.timeout)[0][0]
                if try entry.get("is_repeated") { return Aftermath(isRepeated: true) }
                try await transaction.group(
                    UpdateStatements.enter(
                        bot: bot.id, update: raw, outcome: outcome, replacing: try entry.find("entry")),
                    timeout: Self.timeout)
                return Aftermath(outcome: outcome)
            }
        } catch let error as PostgresError where error.sqlState == .uniqueViolation {
            // Somebody else has just entered it.
            return Aftermath(isRepeated: true)
        }
    }

    // MARK: The transaction

    private func act(
        _ action: CustomerAction, of sender: User, in chatID: Int64, _ callbackID: String?, _ raw: RawUpdate,
        _ transaction: Transaction
    ) async throws -> Aftermath {
        let known = try await transaction.group(
            [
                UpdateStatements.takeTurn(sender.id), UpdateStatements.seen(bot: bot.id, update: raw.id),
                UpdateStatements.customer(sender.id, chat: chatID, bot: bot.id),
            ], timeout: Self.timeout)
        if try known[1][0].get("is_repeated") { return Aftermath(isRepeated: true, callbackID: callbackID) }
        let row = known[2][0]
        let shop = try Customer.Shop(row)
        let conversation = Conversation(
            sender: sender, customer: try Customer(row), shop: shop, newCode: .random())
        let finding = try await find(conversation.inquiry(of: action), for: sender, transaction)
        let effects = conversation.decide(action, finding)

        let person = Person(sender, chatID: chatID)
        let entry = UpdateStatements.enter(
            bot: bot.id, update: raw, outcome: .handled, replacing: try known[1][0].find("entry"))
        try await transaction.group(entry + effects.statements(for: person, bot: bot.id), timeout: Self.timeout)

        let name = person.profile.displayName(id: person.id)
        let notices = effects.compactMap { effect -> OperatorNotice? in
            switch effect {
            case .store(let message, _), .edit(let message, _):
                .message(.init(telegramID: person.id, messageID: message.id))
            case .toast(let text) where shop.showsToasts: .toast(OperatorToast(customer: name, text: text))
            default: nil
            }
        }
        return Aftermath(notices: notices, callbackID: callbackID)
    }

    private func find(
        _ inquiry: Conversation.Inquiry, for sender: User, _ transaction: Transaction
    ) async throws -> Conversation.Finding {
        func rows(_ statement: Statement) async throws -> Rows {
            try await transaction.group([statement], timeout: Self.timeout)[0]
        }
        switch inquiry {
        case .nothing: return .nothing
        case .invitation(let token):
            let row = try await rows(UpdateStatements.redeem(token: token, by: sender.id)).first
            return .invitation(
                partnerID: try row?.get("partner_id"), isRepeated: try row?.get("is_repeated") ?? false)
        case .partners(let phone):
            return .partners(try await rows(UpdateStatements.partners(phone: phone)).map { try $0.get("id") })
        case .orders(let cursor):
            // One more than is shown tells whether there is another page.
            let found = try await rows(
                UpdateStatements.orders(of: sender.id, after: cursor, limit: OrderPage.size + 1))
            return .orders(try OrderPage(found, isFirst: cursor == nil))
        }
    }
}

extension PostgresError {
    /// Somebody else was in the way; the same may succeed at once.
    fileprivate var isAboutOthers: Bool {
        guard let state = sqlState else { return false }
        return state.rawValue.hasPrefix("40") || state == .lockNotAvailable
    }

    /// The values are at fault: data exceptions (22), broken constraints (23), limits of the server (54).
    fileprivate var isAboutTheData: Bool {
        guard kind == .server, let state = sqlState else { return false }
        return ["22", "23", "54"].contains { state.rawValue.hasPrefix($0) }
    }
}

extension OrderPage {
    /// Reads the rows of ``UpdateStatements/orders(of:after:limit:)``, asked for one more than a page.
    fileprivate init(_ rows: Rows, isFirst: Bool) throws(PostgresError) {
        orders = []
        self.isFirst = isFirst
        for row in rows.prefix(Self.size) {
            let id: Int = try row.get("id")
            let token: String? = try row.find("access_token")
            let portal = PortalLink(baseURL: try row.find("base_url"))
            orders.append(
                Order(
                    name: try row.get("name"), state: try row.get("state"), date: try row.get("date"),
                    total: try row.find("total"), currency: try row.find("currency_id"),
                    url: token.flatMap { portal?.order(id, accessToken: $0) }))
        }
        if rows.count > Self.size {
            let last = rows[Self.size - 1]
            more = Cursor(date: try last.get("microseconds"), id: try last.get("id"))
        }
    }
}
