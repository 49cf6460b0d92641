import CLibpq

/// What an administrator wrote about the database, in any form that libpq reads (libpq, Connection Strings).
enum DatabaseURL {
    /// That libpq cannot read it. Its own message is not shown: it quotes the text, and with it the password.
    static let unreadable = CommandError(
        "the database URL cannot be read",
        "write postgresql://USER@HOST:PORT/DATABASE or 'host=HOST port=PORT dbname=DATABASE user=USER'")

    /// The settings that it states itself, by their libpq names.
    ///
    /// - Throws: ``CommandError``.
    static func settings(of conninfo: String) throws(CommandError) -> [String: String] {
        guard let options = PQconninfoParse(conninfo, nil) else {
            throw unreadable
        }
        defer { PQconninfoFree(options) }
        var settings: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { settings[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        let ports = settings["port"]?.split(separator: ",") ?? []
        guard settings["host"]?.contains("@") != true, ports.allSatisfy({ UInt16($0.trimmed) != nil }) else {
            throw CommandError(
                "the host or the port in the database URL is none",
                "write special characters of user and password as %40 for @, %3A for : and %2F for /")
        }
        return settings
    }
}
