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

    /// How much it looks at and finds out, the least first. What a claim does costs more than the messages it claims,
    /// so it does as little as can be.
    enum Depth: Sendable, Equatable {
        /// Changes of orders' states only, with all facts in them: what a message that comes alone waits for. Neither
        /// their orders are read for it nor what other messages need, and nothing is told of the rest.
        case changes
        /// The ready rows that are first of their lanes, and how many it saw. Finding out about what it left is left to
        /// a survey.
        case glance
        /// Marks what is behind others, and tells when the next row is due and which is the oldest. So many of its
        /// messages, `reserve`, are those that have waited longest, whatever their priority.
        case survey(reserve: Int = 0, walk: Walk? = nil)
    }

    /// At most so many messages.
    var limit: Int
    /// How many of the ready rows are looked at, of each priority.
    var window: Int
    /// Chats that are left out.
    var busy: Set<Int64>
    /// Where to begin, for each priority.
    var marks = QueueHorizon.Marks()
    var depth = Depth.survey()
    /// Whether it need not wait for the disk: nothing else is in the same exchange, and a lost intent does no harm.
    var forgoesDisk = false

    /// How many of its messages are those that have waited longest.
    var reserve: Int {
        if case .survey(let reserve, _) = depth { reserve } else { 0 }
    }

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
