import TestSupport

/// One thing that happens, and when, counted from the start.
struct ChaosEvent: Sendable {
    let at: Duration
    let action: Action

    enum Action: Sendable {
        case business(ChaosBusiness)
        case trouble(ChaosTrouble)
        case fault(ChaosFault)
    }
}

/// What people do. Every message that it leads to carries a token of its own, by which it is found again.
enum ChaosBusiness: Sendable {
    /// One transaction of Odoo's that changes the state of orders, in this order; rolled back at the end unless it
    /// `commits`.
    case orders([OrderChange], commits: Bool)
    /// An operator writes so many words to a customer: many take several messages.
    case reply(token: Int, customer: Int, words: Int, commits: Bool)
    /// A customer writes to the operator.
    case text(token: Int, customer: Int)
    /// A customer gives the bot a command, and is answered once.
    case command(String, customer: Int)

    /// The order's new total is the token.
    struct OrderChange: Sendable {
        let token: Int
        let customer: Int
        /// Which of the customer's orders, from 0.
        let order: Int
    }

    /// Who does it. What one does comes one after the other, different ones work at the same time; each customer has one
    /// of a kind, so that the order of what is sent to them is known.
    var actor: Actor {
        switch self {
        case .orders(let changes, _): .seller((changes.first?.customer ?? 0) % Self.sellers)
        case .reply(_, let customer, _, _): .operator(customer % Self.operators)
        case .text, .command: .customers
        }
    }

    enum Actor: Sendable, Hashable {
        case seller(Int)
        case `operator`(Int)
        case customers
    }

    static let sellers = 2
    static let operators = 2
}

/// What breaks between the processes.
enum ChaosTrouble: Sendable {
    /// Whom it hits is found out when it happens.
    enum Target: String, Sendable { case sender, standby }

    /// Sessions of the workers.
    enum Sessions: String, Sendable {
        /// That which holds the sender's lock.
        case sender
        /// Those that handle updates.
        case inbox
        /// All of them.
        case all
    }

    /// SIGKILL, or SIGTERM where it is `politely`, and started again so much later.
    case kill(Target, politely: Bool, downFor: Duration)
    /// The way between the worker and the database lets nothing through, and nobody is told.
    case blackhole(Target, for: Duration)
    /// SIGSTOP, SIGCONT: the process stands still, the kernel keeps its connections.
    case freeze(Target, for: Duration)
    /// pg_terminate_backend.
    case terminate(Sessions)
    /// The database server stops, as in a crash or in good order, and starts again.
    case restart(Cluster.ShutdownMode)

    /// How long it takes by itself.
    var duration: Duration {
        switch self {
        case .kill(_, _, let time), .blackhole(_, let time), .freeze(_, let time): time
        case .terminate: .zero
        case .restart: .seconds(2)
        }
    }
}

/// What Telegram and the network to it do to the next calls.
struct ChaosFault: Sendable {
    let fault: Simulator.Fault
    let method: String
    /// Only calls for this customer.
    var customer: Int?
    let times: Int
}
