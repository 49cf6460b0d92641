extension BotServerState {
    /// The updates to post now.
    mutating func startDeliveries(at now: Timestamp) -> [WebhookDelivery] {
        var deliveries: [WebhookDelivery] = []
        for id in bots.keys where bots[id]?.webhook != nil {
            while let delivery = withBot(id, { $0.startDelivery(at: now) }) ?? nil { deliveries.append(delivery) }
        }
        return deliveries
    }

    /// Milliseconds until the next pause of a webhook ends, nil where none pauses. Each pause is told once.
    mutating func nextWebhookPause(at now: Timestamp) -> Int64? {
        let wakes = bots.values.compactMap { $0.webhook?.schedule.nextWake }
        guard let wake = wakes.min(), wake != announcedWake else { return nil }
        announcedWake = wake
        return max(1, (wake.microseconds - now.microseconds) / 1000 + 1)
    }

    /// Notes a method that came in the answer of a webhook.
    mutating func noteWebhookCall(
        botID: Int64, _ method: BotMethod, _ parameters: Parameters, at now: Timestamp
    ) -> Int {
        arrive(botID: botID, method: method.rawValue, parameters, at: now)
    }

    /// The lines of the conversation since the last time.
    mutating func takeTranscript() -> [String] {
        var lines: [String] = []
        for id in bots.keys where bots[id]?.transcript.isEmpty == false {
            lines +=
                withBot(id) { bot in
                    defer { bot.transcript = [] }
                    return bot.transcript
                } ?? []
        }
        return lines
    }
}
