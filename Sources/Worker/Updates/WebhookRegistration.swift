import Telegram

/// The webhook as it is to be at Telegram: its address, and whether the one that is set is ours.
struct WebhookRegistration: Sendable {
    let reception: Reception

    /// Ports that Telegram delivers to (Bot API, "setWebhook").
    private static let ports = [443, 80, 88, 8443]

    /// What is there.
    enum State: Sendable, Equatable {
        case ours
        case missing
        /// Somebody else's; the host only, because addresses hold secrets.
        case foreign(host: String)
    }

    static func state(of info: Webhook.Info, for reception: Reception) -> State {
        if info.url.isEmpty { return .missing }
        return info.url.hasSuffix(reception.webhookPath) ? .ours : .foreign(host: info.host)
    }

    /// The address to give to Telegram.
    ///
    /// - Throws: ``WebhookProblem`` when there is no public https address.
    func address() throws(WebhookProblem) -> String {
        guard var base = reception.publicURL else {
            throw WebhookProblem(
                "there is no public address: set Odoo's system parameter web.base.url, or run tgworker webhook set --public-url https://…"
            )
        }
        while base.hasSuffix("/") { base.removeLast() }
        guard base.lowercased().hasPrefix("https://"), base.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            !base.contains("?"), !base.contains("#")
        else {
            throw WebhookProblem(
                "Telegram delivers to https only, and the public address is \(base.withoutUserInfo): give another with tgworker webhook set --public-url https://…"
            )
        }
        let authority = base.dropFirst("https://".count).prefix { $0 != "/" }.split(separator: "@").last ?? ""
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            guard let port = Int(authority[authority.index(after: colon)...]), Self.ports.contains(port) else {
                throw WebhookProblem(
                    "Telegram delivers to the ports 443, 80, 88 and 8443 only: change the public address")
            }
        }
        guard !authority.isEmpty else { throw WebhookProblem("the public address names no host") }
        return base + reception.webhookPath
    }

    /// The address without its secret, for the screen.
    var shownAddress: String {
        ((try? address()) ?? "").withoutUserInfo.replacing(reception.webhookPath, with: Reception.path + "…")
    }

    /// Sets the webhook. Updates that wait are kept unless `dropPending`.
    func set(dropPending: Bool = false) async throws {
        try await reception.api.setWebhook(
            Webhook(
                url: try address(), secretToken: reception.token, maxConnections: 40, allowedUpdates: Update.kinds),
            dropPending: dropPending)
    }
}

/// Why there can be no webhook, in one line that says what to do.
public struct WebhookProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension Webhook.Info {
    /// The host of the address, which may be shown, unlike the rest.
    var host: String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        return String(authority.split(separator: "@").last ?? "")
    }
}

extension String {
    fileprivate var withoutUserInfo: String {
        guard let scheme = firstRange(of: "://"), let at = self[scheme.upperBound...].firstIndex(of: "@") else {
            return self
        }
        return String(self[..<scheme.upperBound] + self[index(after: at)...])
    }
}
