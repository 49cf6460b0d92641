import Postgres
import Reactor

/// Carries out errands: for each user one transaction, so that a row which a manager is writing keeps nobody else waiting.
actor Settler {
    private let pool: ConnectionPool
    private let reactor: Reactor
    private let events: @Sendable (WorkerEvent) -> Void
    private var isRunning = false
    private var isAskedAgain = false
    private var isScheduled = false

    /// How long a user whose row is being written is left alone.
    private static let patience = Duration.seconds(1)

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    init(pool: ConnectionPool, reactor: Reactor, events: @escaping @Sendable (WorkerEvent) -> Void) {
        self.pool = pool
        self.reactor = reactor
        self.events = events
    }

    /// Looks at the table, so that it may be called at any time and nothing depends on a notification.
    func settle(bot: Int64) async {
        guard !isRunning else {
            isAskedAgain = true
            return
        }
        isRunning = true
        repeat {
            isAskedAgain = false
            do {
                if try await settleAll(bot: bot) { settleLater(bot: bot) }
            } catch {
                events(.settlingFailed(reason: (error as? PostgresError)?.message ?? "\(error)"))
            }
        } while isAskedAgain
        isRunning = false
    }

    /// - Returns: whether somebody had to be left for later.
    private func settleAll(bot: Int64) async throws -> Bool {
        let users = try await pool.withConnection { connection in
            try await connection.group([IdentificationStatements.usersWithErrands])[0]
        }
        var isIncomplete = false
        for user in users {
            let (id, telegramID): (Int, Int64?) = (try user.get("id"), try user.find("telegram_id"))
            do {
                let isDone = try await pool.withConnection { connection in
                    try await connection.transaction { transaction in
                        try await Self.settle(id, telegramID, bot: bot, transaction)
                    }
                }
                if !isDone { isIncomplete = true }
            } catch let error as PostgresError where error.kind != .connectionLost {
                // One user's trouble is not that of those behind.
                events(.settlingFailed(reason: error.message))
                if error.isTransient { isIncomplete = true }
            }
        }
        return isIncomplete
    }

    private func settleLater(bot: Int64) {
        guard !isScheduled else { return }
        isScheduled = true
        Task {
            await reactor.sleep(for: Self.patience)
            isScheduled = false
            await settle(bot: bot)
        }
    }

    /// - Returns: false when something is left because a row is being written by somebody else.
    private static func settle(
        _ userID: Int, _ telegramID: Int64?, bot: Int64, _ transaction: Transaction
    ) async throws -> Bool {
        guard let telegramID else {
            // Deleted in Odoo meanwhile.
            try await transaction.group([IdentificationStatements.takeErrands(of: userID)])
            return true
        }
        let known = try await transaction.group([
            UpdateStatements.takeTurn(telegramID), IdentificationStatements.lockUser(telegramID),
        ])
        guard !known[1].isEmpty else { return false }
        // Entered in Odoo without any number: then there is nobody to speak to.
        let chatID: Int64? = try known[1][0].find("chat_id")
        let found = try await transaction.group([
            IdentificationStatements.takeErrands(of: userID),
            UpdateStatements.customer(telegramID, chat: chatID ?? 0, bot: bot),
        ])
        let errands = try found[0].compactMap { Settlement.Errand(rawValue: try $0.get("kind")) }
        let settlement = Settlement(
            errands: Set(errands), customer: try Customer(found[1][0]), newCode: .random())
        let effects = settlement.decide().filter { chatID != nil || !$0.isAnswer }
        let statements = effects.statements(for: Person(id: telegramID, chatID: chatID ?? 0), bot: bot)
        let rest = try await transaction.group(statements + [IdentificationStatements.hasErrands(userID)])
        return try !(rest.last?.first?.get("has_errands") ?? false)
    }
}
