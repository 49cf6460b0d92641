import Worker

extension WebhookOutlook {
    /// The finding where a webhook is what the configuration says. First what is wrong here, then what Telegram saw.
    var wantedFinding: Finding {
        func error(_ message: String, _ remedy: String = "") -> Finding { Finding(.webhook, .error, message, remedy) }
        if let addressProblem { return error("the webhook does not work: \(addressProblem)") }
        switch registered {
        case .nothing:
            return error(
                "the webhook does not work: none is set at Telegram",
                "run tgworker webhook set; a running worker does it by itself")
        case .foreign(let host):
            return error(
                "the webhook does not work: another one is set, at \(host)",
                "to replace it run tgworker webhook set")
        case .ours(let host):
            if !isSecure {
                return error(
                    "the webhook does not work: it is set at an http address (\(host)), and Telegram delivers to https only",
                    "run tgworker webhook set --public-url https://…")
            }
            if isElsewhere {
                return error(
                    "the webhook is set at \(host), the configuration says \(address)", "run tgworker webhook set")
            }
            guard let lastError, pending > 0 || (lastErrorAge ?? .max) < 600 else {
                return .ok(
                    .webhook, "set at \(address), \(Words.count(pending, "update waits", "updates wait"))")
            }
            let age = lastErrorAge.map { ", \(Words.time(Double($0))) ago" } ?? ""
            return Finding(
                .webhook, pending > 0 ? .error : .warning,
                "the webhook does not work: Telegram cannot deliver (\(lastError)\(age)), \(Words.count(pending, "update waits", "updates wait"))",
                Self.remedy(for: lastError))
        }
    }

    /// What helps against what Telegram says of a delivery (Bot API, "WebhookInfo", and tdlib/telegram-bot-api's
    /// WebhookActor.cpp).
    static func remedy(for error: String) -> String {
        let text = error.lowercased()
        func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
        if says("certificate", "ssl") {
            return "give the proxy a certificate of a known authority with its whole chain (fullchain.pem)"
        }
        if says("resolve host", "name or service") { return "check the public name in the DNS" }
        if says("timed out", "timeout", "refused", "no route", "unreachable", "reset by peer", "connection closed") {
            return
                "let Telegram reach the proxy from the internet: open the port in the firewall (149.154.160.0/20, 91.108.4.0/22)"
        }
        if says("404") { return "pass /telegram/webhook/ on to where the worker listens (--listen)" }
        if says("401", "403", "301", "302", "307", "308") {
            return "let /telegram/webhook/ through the proxy as it is, without a login and without a redirect"
        }
        if says("502", "503", "504") { return "start the worker, and pass /telegram/webhook/ on to where it listens" }
        return "look into the log of the reverse proxy"
    }
}
