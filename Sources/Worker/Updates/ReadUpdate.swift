import Telegram

/// An update that has been read, or could not be.
struct ReadUpdate: Sendable {
    /// As it came, for the log.
    let raw: RawUpdate
    /// What it is for this bot, or why it cannot be read.
    let incoming: Result<Incoming, UnreadableUpdate>

    /// - Parameter bot: the bot's user name, if it is known.
    init(_ raw: RawUpdate, bot: String?) {
        self.raw = raw
        incoming = Result { () throws(UnreadableUpdate) in Incoming(try Update(raw), bot: bot) }
    }

    /// An update of which only the beginning was taken.
    init(tooLong raw: RawUpdate) {
        self.raw = raw
        incoming = .failure(UnreadableUpdate("longer than 1 MiB"))
    }

    /// Whose it is; nil for one that leads to nothing.
    var personID: Int64? {
        guard case .success(.action(_, let sender, _, _)) = incoming else { return nil }
        return sender.id
    }
}
