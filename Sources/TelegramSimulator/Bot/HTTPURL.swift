/// The parts of a webhook's URL that Telegram looks at.
struct HTTPURL: Equatable, Sendable {
    let isSecure: Bool
    let host: String
    let port: Int

    /// nil where it is no http or https URL with a host. Without a scheme it is https, as in td's `parse_url`.
    init?(_ text: String) {
        var rest = Substring(text)
        var scheme = "https"
        if let separator = text.firstRange(of: "://") {
            scheme = text[..<separator.lowerBound].lowercased()
            rest = text[separator.upperBound...]
        }
        guard scheme == "http" || scheme == "https" else { return nil }
        isSecure = scheme == "https"
        var host = rest.prefix { !"/?#".contains($0) }
        if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
        var port = isSecure ? 443 : 80
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            guard let number = Int(host[host.index(after: colon)...]), (1...65535).contains(number) else { return nil }
            port = number
            host = host[..<colon]
        }
        guard !host.isEmpty, host != ".", !host.contains(where: \.isWhitespace) else { return nil }
        self.host = String(host)
        self.port = port
    }

    /// The host, where it is an IPv4 address already.
    var ipAddress: String? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy({ UInt8($0) != nil }) ? host : nil
    }
}
