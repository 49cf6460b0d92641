/// Where updates are posted, and how that went lately.
struct Webhook: Sendable {
    let url: String
    let secretToken: String
    let maxConnections: Int
    var schedule: WebhookSchedule
    var lastError: (at: Timestamp, message: String)?
}

/// An update on its way to the webhook.
struct WebhookDelivery: Sendable {
    let botID: Int64
    /// Which webhook it was for: results for an earlier one do not count.
    let generation: Int
    let updateID: Int64
    let lane: Update.Lane
    let url: String
    let secretToken: String
    let body: String
}

/// What came of a delivery.
enum WebhookResult: Equatable, Sendable {
    /// A 2xx answer.
    case accepted
    /// Anything else, in Telegram's words, with the seconds of a `Retry-After`.
    case failed(String, retryAfter: Int64?)
}

extension BotState {
    private static let longestSecret = 256
    private static let ports = [443, 80, 88, 8443]

    /// Bot API, setWebhook. What the server checks before it connects is checked here too; it then connects once to
    /// see the certificate, which is left out.
    mutating func setWebhook(_ parameters: Parameters) throws(Refusal) -> Answer {
        let url = parameters.string("url")
        if url.isEmpty { return deleteWebhook(parameters) }
        try check(webhookURL: url)
        let secret = parameters.string("secret_token")
        if secret.utf8.count > Self.longestSecret { throw .badRequest("secret token is too long") }
        guard
            secret.utf8.allSatisfy({
                $0 == 0x5F || $0 == 0x2D || MarkupScanner.isLetter($0) || MarkupScanner.isDigit($0)
            })
        else { throw .badRequest("secret token contains unallowed characters") }
        let maxConnections = Int(parameters.integer("max_connections", default: 40, in: 1...100))
        allowedUpdates.update(with: (try? parameters.json("allowed_updates", called: "")) ?? nil)
        let drops = parameters.bool("drop_pending_updates")
        if let webhook, webhook.url == url, webhook.secretToken == secret, webhook.maxConnections == maxConnections,
            !drops
        {
            return .success(true, description: "Webhook is already set")
        }
        if drops { queue.keepLast(0) }
        polling.end(with: .webhookWasSet)
        webhookGeneration += 1
        var schedule = WebhookSchedule(maxConnections: maxConnections)
        for update in queue.oldest(.max) { schedule.enqueue(update) }
        webhook = Webhook(url: url, secretToken: secret, maxConnections: maxConnections, schedule: schedule)
        return .success(true, description: "Webhook was set")
    }

    private func check(webhookURL url: String) throws(Refusal) {
        guard let parts = HTTPURL(url) else { throw .badRequest("invalid webhook URL specified") }
        if options.allowsHTTPWebhook { return }
        guard parts.isSecure else {
            throw .badRequest("bad webhook: An HTTPS URL must be provided for webhook")
        }
        guard Self.ports.contains(parts.port) else {
            throw .badRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        }
    }

    /// Bot API, deleteWebhook.
    mutating func deleteWebhook(_ parameters: Parameters) -> Answer {
        if parameters.bool("drop_pending_updates") { queue.keepLast(0) }
        guard webhook != nil else { return .success(true, description: "Webhook is already deleted") }
        webhook = nil
        webhookGeneration += 1
        return .success(true, description: "Webhook was deleted")
    }

    /// Bot API, WebhookInfo.
    var webhookInfo: JSON {
        var object = JSONObject()
        object.append("url", .string(webhook?.url ?? ""))
        object.append("has_custom_certificate", false)
        object.append("pending_update_count", .int(queue.count))
        if let error = webhook?.lastError {
            object.append("last_error_date", .integer(error.at.seconds))
            object.append("last_error_message", .string(error.message))
        }
        if let webhook {
            object.append("max_connections", .int(webhook.maxConnections))
            object.append("ip_address", .string(HTTPURL(webhook.url)?.ipAddress ?? "<unknown>"))
        }
        object["allowed_updates"] = allowedUpdates.kinds.map { .array($0.map(JSON.string)) }
        return .object(object)
    }

    /// The next update to post now, nil where there is none or enough are on their way.
    mutating func startDelivery(at now: Timestamp) -> WebhookDelivery? {
        while let (id, lane) = webhook?.schedule.start(at: now) {
            guard let webhook, let update = queue.update(id) else {
                self.webhook?.schedule.finish(lane, succeeded: true, retryAfter: nil, at: now)
                continue
            }
            return WebhookDelivery(
                botID: self.id, generation: webhookGeneration, updateID: id, lane: lane, url: webhook.url,
                secretToken: webhook.secretToken, body: update.text)
        }
        return nil
    }

    /// Takes the result of a delivery.
    mutating func finish(_ delivery: WebhookDelivery, _ result: WebhookResult, at now: Timestamp) {
        guard delivery.generation == webhookGeneration else { return }
        switch result {
        case .accepted:
            counters.webhookDeliveries += 1
            queue.remove(delivery.updateID)
            webhook?.schedule.finish(delivery.lane, succeeded: true, retryAfter: nil, at: now)
        case .failed(let message, let retryAfter):
            counters.webhookFailures += 1
            webhook?.lastError = (now, message)
            webhook?.schedule.finish(delivery.lane, succeeded: false, retryAfter: retryAfter, at: now)
        }
    }
}
