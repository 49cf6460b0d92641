import Postgres

extension SenderStateMachine.Exchange {
    /// All its statements, in the order that they need: what is recorded frees its chats for the claim, and the triggers are
    /// told before the queue is looked at, so that nothing falls between the two. The claim is the last.
    ///
    /// - Parameter pause: how long Telegram has asked the whole bot to wait from now on.
    func statements(bot: Int64, pause: Duration?, catalog: OdooCatalog) -> [Statement] {
        var statements = records(bot: bot, pause: pause)
        let forgoesDisk = statements.isEmpty && !catalog.holdsUnknown
        if let parks { statements.append(OutboxStatements.park(parks)) }
        if var claim {
            claim.forgoesDisk = forgoesDisk
            statements.append(OutboxStatements.claim(claim, defaultTimeZone: catalog.defaultTimeZone, bot: bot))
        }
        return statements
    }

    /// The statements that record what is over.
    ///
    /// - Parameter pause: how long Telegram has asked the whole bot to wait from now on.
    private func records(bot: Int64, pause: Duration?) -> [Statement] {
        var statements: [Statement] = []
        if !finished.isEmpty { statements.append(OutboxStatements.finish(finished)) }
        let chats = finished.compactMap(\.chat)
        if !chats.isEmpty { statements.append(ChatStatements.setChats(chats, bot: bot)) }
        if !requeued.isEmpty { statements.append(OutboxStatements.requeue(requeued)) }
        var pauses: [(id: Int64, duration: Duration)] = []
        for message in requeued {
            switch message.chat {
            case .pauses(let chat, let duration): pauses.append((chat, duration))
            case .moves(let chat, let newChat):
                // After the message itself is back in the queue, so that it moves too.
                statements.append(ChatStatements.migrate(chat, to: newChat, bot: bot))
            case nil: break
            }
        }
        if !pauses.isEmpty {
            statements.append(ChatStatements.pause(pauses, bot: bot))
            if let pause { statements.append(ChatStatements.pause(bot, for: pause)) }
        }
        if !broughtForward.isEmpty { statements.append(OutboxStatements.bringForward(broughtForward)) }
        return statements
    }
}
