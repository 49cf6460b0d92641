extension BotAPI {
    /// Ends the waiting state of a button a user pressed, with or without a short notice (Bot API,
    /// "answerCallbackQuery").
    ///
    /// - Parameters:
    ///   - id: the callback query's id.
    ///   - text: a notice of at most 200 characters.
    ///   - showsAlert: whether the notice is a dialog instead of a line at the top of the chat.
    /// - Throws: ``TelegramError/refused(code:_:)`` when the query is too old, which does no harm.
    public func answerCallbackQuery(
        _ id: String, text: String? = nil, showsAlert: Bool = false
    ) async throws(TelegramError) {
        var body = RequestBody()
        body.set("callback_query_id", to: id)
        body.set("text", to: text)
        if showsAlert { body.set("show_alert", to: true) }
        _ = try await call("answerCallbackQuery", body, as: Bool.self)
    }
}
