import Administration
import ArgumentParser

/// Which messages.
struct FilterOptions: ParsableArguments {
    @Argument(help: "Ids of messages (outbox_id in the ledger).")
    var ids: [Int64] = []

    @Option(help: ArgumentHelp("Only these: order_state, reply or answer.", valueName: "kind"))
    var kind: Kind?

    // A group's id begins with a minus, which would be taken for a flag.
    @Option(parsing: .unconditional, help: ArgumentHelp("Only those to this chat.", valueName: "id"))
    var chat: Int64?

    @Option(
        help: ArgumentHelp(
            "waiting, failed, discarded or unknown. (default: waiting; for retry: failed)", valueName: "state"))
    var state: OutboxSelection.State?

    @Option(
        help: ArgumentHelp(
            "Only those written, or given up, at least so long ago: 90s, 30m, 2h, 3d.", valueName: "time"),
        transform: FilterOptions.time)
    var olderThan: Duration?

    @Option(help: ArgumentHelp("Only those whose reason or last error holds this text.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("Only the oldest so many.", valueName: "number"))
    var limit: Int?

    /// The kinds of messages.
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case orderState = "order_state"
        case reply, answer
    }

    func validate() throws {
        guard limit ?? 1 > 0 else { throw ValidationError("--limit is 1 or more.") }
        guard ids.allSatisfy({ $0 > 0 }) else { throw ValidationError("ids are whole numbers above 0.") }
    }

    /// The same as a value.
    var selection: OutboxSelection {
        var selection = OutboxSelection()
        selection.ids = ids
        selection.state = state
        selection.kind = kind?.rawValue
        selection.chat = chat
        selection.olderThan = olderThan
        selection.reason = reason
        selection.limit = limit
        return selection
    }

    /// Reads a time such as `2h`.
    static func time(_ text: String) throws -> Duration {
        let units = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[String($0)] }), let number = UInt32(text.dropLast()) else {
            throw ValidationError("write a number and s, m, h or d, such as 2h")
        }
        return .seconds(Int(number) * unit)
    }
}

extension OutboxSelection.State: ExpressibleByArgument {}

/// Whether it is really meant.
struct ConsentOptions: ParsableArguments {
    @Flag(help: "Do it without asking; needed where nobody can be asked.")
    var yes = false

    @Flag(help: "All of them, when no filter says which.")
    var all = false

    func validate(_ filter: FilterOptions) throws {
        guard all || !filter.selection.isEverything else {
            throw ValidationError("say which messages: ids, a filter such as --kind, --chat or --older-than, or --all.")
        }
    }
}

/// What an action is called.
struct Wording: Sendable {
    /// Such as "discard".
    let verb: String
    /// Such as "discarded".
    let done: String
}
