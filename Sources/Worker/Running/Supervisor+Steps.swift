import Postgres
import Reactor
import Telegram

/// The steps to sending: which bot, what was asked for, whose turn.
extension Supervisor {
    /// The bot and how its updates come in, when there is one and Telegram knows it.
    func findBot(_ connection: Connection) async throws -> Reception? {
        isStale = false
        switch try await BotSource.find(configured: configuration.token, on: connection) {
        case .missing(let advice):
            try await waitForBot(advice, on: connection)
            return nil
        case .bot(let token):
            let api = try BotAPI(reactor: reactor, token: token, server: configuration.telegramAPI)
            do {
                let user = try await ask(api)
                events(.identified(botID: user.id, username: user.username))
                lastWaiting = nil
                try await Presence.record(user, on: connection)
                return try await Reception.load(user, api: api, on: connection)
            } catch let error as TelegramError {
                if isStopping { return nil }
                var isPassing = true
                if case .unauthorized(let reason) = error {
                    isPassing = false
                    events(.tokenRejected(reason: reason))
                }
                try await waitForBot("\(error)", isPassing: isPassing, on: connection)
                return nil
            }
        }
    }

    private func ask(_ api: BotAPI) async throws -> BotUser {
        let task = Task { try await api.getMe() }
        asking = task
        defer { asking = nil }
        return try await task.value
    }

    /// Does what somebody asked for in Odoo.
    ///
    /// - Returns: whether there was something.
    func answerRequests(for reception: Reception, on connection: Connection) async throws -> Bool {
        let task = Task { try await requests.answer(for: reception, on: connection) }
        answering = task
        defer { answering = nil }
        do {
            return try await task.value
        } catch  where isStopping {
            return true
        }
    }

    /// Whether this instance may send: it holds the one lock. Looks again after a while when another does.
    func takeTurn(_ connection: Connection) async throws -> Bool {
        var looks = 0
        while !isStopping, !isStale, lost == nil {
            if try await SenderLock.take(on: connection) {
                // A session may have stood by for long.
                try await check.checkAgain(on: connection)
                try await presence.record("sender", on: connection)
                if !isStale, !isStopping { return true }
                try await SenderLock.release(on: connection)
                return false
            }
            if looks == 0 { events(.standingBy) }
            // About once a minute it says that it is alive, and looks whether it should be.
            if looks.isMultiple(of: 30) {
                try await check.checkAgain(on: connection)
                try await presence.record("standby", on: connection)
            }
            looks += 1
            await pause(for: SenderLease.look * Double.random(in: SenderLease.lookJitter))
        }
        return false
    }

    /// Waits without a bot that Telegram knows. Odoo's screens show why, and whoever asked for the webhook is told.
    func waitForBot(_ reason: String, isPassing: Bool = false, on connection: Connection) async throws {
        say(reason, retryAfter: .seconds(30))
        try await presence.record("starting", on: connection)
        try await requests.refuse(because: reason, isPassing: isPassing, by: presence, on: connection)
        await pause(for: .seconds(30))
    }
}
