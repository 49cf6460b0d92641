/// The target of a text link, checked and normalised as td's `LinkManager` and `parse_url` do it.
enum LinkURL {
    /// What a link in the markup becomes: a mention for `tg://user?id=…`, a link for a valid URL, otherwise nothing.
    static func entityKind(_ url: String) -> TextEntity.Kind? {
        if let userID = userID(url) { return .textMention(userID: userID) }
        return normalized(url).map(TextEntity.Kind.textLink(url:))
    }

    private static func userID(_ url: String) -> Int64? {
        guard var rest = path(ofTelegramURL: url.lowercased()), rest.hasPrefix("user") else { return nil }
        rest.removeFirst(4)
        if rest.hasPrefix("/") { rest.removeFirst() }
        guard rest.hasPrefix("?") else { return nil }
        let query = rest.dropFirst().prefix { $0 != "#" }
        for parameter in query.split(separator: "&") where parameter.hasPrefix("id=") {
            return Int64(parameter.dropFirst(3)).flatMap { $0 > 0 ? $0 : nil }
        }
        return nil
    }

    /// The identifier in `tg://emoji?id=…`.
    static func customEmojiID(_ url: String) -> String? {
        guard let rest = path(ofTelegramURL: url.lowercased()), rest.hasPrefix("emoji?") else { return nil }
        for parameter in rest.dropFirst(6).split(separator: "&") where parameter.hasPrefix("id=") {
            return Int64(parameter.dropFirst(3)).flatMap { $0 != 0 ? String($0) : nil }
        }
        return nil
    }

    private static func path(ofTelegramURL url: String) -> Substring? {
        guard url.hasPrefix("tg:") else { return nil }
        let rest = url.dropFirst(3)
        return rest.hasPrefix("//") ? rest.dropFirst(2) : rest
    }

    /// The URL with a scheme, a lower-case host and at least `/` as its path; nil where Telegram ignores the link.
    private static func normalized(_ url: String) -> String? {
        var rest = Substring(url)
        var scheme = "http"
        var isTelegram = false
        if let path = path(ofTelegramURL: url.prefix(3).lowercased() + url.dropFirst(3)) {
            isTelegram = true
            rest = path
        } else if let colon = url.firstRange(of: "://") {
            scheme = url[..<colon.lowerBound].lowercased()
            guard scheme == "http" || scheme == "https" else { return nil }
            rest = url[colon.upperBound...]
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        var path = String(rest.dropFirst(authority.count))
        while let last = path.last, last.isWhitespace { path.removeLast() }
        if !path.hasPrefix("/") { path = "/" + path }
        path = path.replacing(" ", with: "%20").replacing("\n", with: "%0A")

        let at = authority.lastIndex(of: "@")
        let userInformation = at.map { authority[...$0] } ?? ""
        var host = (at.map { authority[authority.index(after: $0)...] } ?? authority).lowercased()
        if isTelegram {
            guard !host.isEmpty, host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
            else { return nil }
            return "tg://" + host + (path.hasPrefix("/?") ? String(path.dropFirst()) : path)
        }
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            guard let port = Int(host[host.index(after: colon)...]), (1...65535).contains(port) else { return nil }
            host = host[..<colon] + ":\(port)"
        }
        let name = host.prefix { $0 != ":" }
        let isIPv6 = host.hasPrefix("[")
        guard isIPv6 || (name.contains(".") && name != "." && name.allSatisfy(isAllowedInHost)) else { return nil }
        return "\(scheme)://\(userInformation)\(host)\(path)"
    }

    private static func isAllowedInHost(_ character: Character) -> Bool {
        !character.isASCII || character.isLetter || character.isNumber || ".-_!$,~*'();&+=%".contains(character)
    }
}
