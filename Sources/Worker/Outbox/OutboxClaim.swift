/// What the sender asks the queue for.
struct OutboxClaim: Sendable, Equatable {
    /// A lane, as a place in the order of all lanes.
    struct Lane: Sendable, Hashable {
        var chat: Int64
        var priority: Int
    }

    /// A look at lanes one after the other, for when rows behind others hide what is ready.
    struct Walk: Sendable, Equatable {
        /// Where the last one ended; nil is before the first lane.
        var after: Lane?
        /// How many lanes are looked at.
        var lanes: Int
    }

    /// At most so many messages.
    var limit: Int
    /// How many of the ready rows are looked at, of each priority.
    var window: Int
    /// Chats that are left out.
    var busy: Set<Int64>
    /// So many of them are those that have waited longest, whatever their priority.
    var reserve = 0
    /// Where to begin, for each priority.
    var marks = QueueHorizon.Marks()
    var walk: Walk?
    /// Whether it is a glance: takes the first of their lanes, and leaves it to a survey to find out about what it left. It
    /// does as little as can be, since what a claim does costs more than the messages it claims.
    var isGlance = false
    /// Whether it is a glance at changes of orders' states only, with all facts in them: what a message that comes alone
    /// waits for. Neither their orders are read for it nor what other messages need, and nothing is told of the rest.
    var onlyChanges = false
    /// Whether it need not wait for the disk: nothing else is in the same exchange, and a lost intent does no harm.
    var forgoesDisk = false

    /// What the queue answers.
    struct Answer: Sendable, Equatable {
        /// Messages to send now.
        var messages: [OutboxMessage] = []
        /// When the next message becomes ready that is not yet; nil when there is none.
        var dueIn: Duration?
        /// Rows that were found behind others.
        var marked = 0
        /// Of a glance: rows that were looked at.
        var seen = 0
        /// Which transactions were over.
        var snapshot: QueueHorizon.Snapshot?
        /// How far the queue was taken.
        var sight: QueueHorizon.Sight?
        /// Where the walk ended; nil when there was none, or it came to the last lane.
        var walkedTo: Lane?
    }
}
