/// What the bot's side of the API is asked by somebody else than the worker.
extension Simulator {
    /// Calls a method of the Bot API as the bot.
    @discardableResult
    public func call(_ method: String, _ parameters: JSON = [:], token: String = Simulator.token) async throws -> JSON {
        try await post("/bot\(token)/\(method)", parameters)
    }
}
