import Worker

/// Odoo's module `telegram_bot`.
package struct AddonFacts: Sendable, Equatable {
    /// nil when it is not installed.
    package var version: String?

    package init(version: String? = nil) {
        self.version = version
    }
}

/// The bots in Odoo's configuration, and the one that would be used.
package struct BotFacts: Sendable, Equatable {
    /// `telegram_bot_config.id` of the active ones.
    package var active: [Int] = []
    package var operators = 0
    /// Whether the token comes from this machine's configuration.
    package var isConfiguredHere = false
    /// Why there is no token; nil when there is one.
    package var problem: String?

    package init(active: [Int] = [], operators: Int = 0, isConfiguredHere: Bool = false, problem: String? = nil) {
        self.active = active
        self.operators = operators
        self.isConfiguredHere = isConfiguredHere
        self.problem = problem
    }
}

/// The instances of the worker.
package struct WorkerFacts: Sendable, Equatable {
    /// One instance that has been heard of lately.
    package struct Instance: Sendable, Equatable {
        package var host: String
        package var processID: Int
        package var version = tgworkerVersion
        package var role: String
        /// Seconds since it was heard of.
        package var age: Double
        package var lastError: String?
        /// How long its last notification to itself took, in seconds.
        package var wakeUp: Double?

        package init(
            host: String, processID: Int, role: String, age: Double, lastError: String? = nil, wakeUp: Double? = nil
        ) {
            (self.host, self.processID, self.role) = (host, processID, role)
            (self.age, self.lastError, self.wakeUp) = (age, lastError, wakeUp)
        }

        /// An instance says once a minute that it is alive.
        package var isAlive: Bool { role != "stopped" && age < 150 }
    }

    package var instances: [Instance] = []
    /// Whether a session holds the sender's lock.
    package var isLockHeld = false

    package init(instances: [Instance] = [], isLockHeld: Bool = false) {
        self.instances = instances
        self.isLockHeld = isLockHeld
    }

    package var alive: [Instance] { instances.filter(\.isAlive) }
    package var sender: Instance? { isLockHeld ? alive.first { $0.role == "sender" } : nil }
}

/// The queue, counted up to a limit.
package struct QueueFacts: Sendable, Equatable {
    package var waiting = 0
    package var ready = 0
    package var sending = 0
    /// How long the oldest ready message has been ready, in seconds.
    package var oldestReady: Double?
    /// The most frequent error among those that wait longest.
    package var commonError: String?
    /// Seconds that Telegram asked the whole bot to wait.
    package var botPause: Double?

    package init(
        waiting: Int = 0, ready: Int = 0, sending: Int = 0, oldestReady: Double? = nil, commonError: String? = nil,
        botPause: Double? = nil
    ) {
        self.waiting = waiting
        self.ready = ready
        self.sending = sending
        self.oldestReady = oldestReady
        self.commonError = commonError
        self.botPause = botPause
    }

    package static let limit = 10_000
}

/// What keeps vacuum from removing dead rows.
package struct SnapshotHolder: Sendable, Equatable {
    package enum Kind: String, Sendable { case session, prepared, slot }

    package var kind: Kind
    /// The process id, the prepared transaction's id, or the slot's name.
    package var id: String
    package var user = ""
    package var application = ""
    /// How old its transaction is, in seconds; nil when this role may not know or there is none.
    package var age: Double?
    /// How many transactions its snapshot is behind.
    package var transactions = 0
    package var isActive = true

    package init(
        kind: Kind, id: String, user: String = "", application: String = "", age: Double? = nil, transactions: Int = 0,
        isActive: Bool = true
    ) {
        self.kind = kind
        self.id = id
        self.user = user
        self.application = application
        self.age = age
        self.transactions = transactions
        self.isActive = isActive
    }
}
