/// One thing that `tgworker check` looked at, and what came of it: one line for a person, one object for a machine.
package struct Finding: Sendable, Equatable, Encodable {
    /// How bad it is.
    package enum Level: String, Sendable, Equatable, Encodable, CaseIterable {
        /// As it should be.
        case ok
        /// It could not be looked at; the message says why.
        case skipped
        /// Something does not work for somebody, or soon will not.
        case warning
        /// Nothing is sent or received, or something wrong is.
        case error
    }

    /// What was looked at. The raw values are stable: documents and monitoring refer to them.
    package enum Name: String, Sendable, Equatable, Encodable, CaseIterable {
        case connection
        case serverVersion = "server-version"
        case schemaVersion = "schema-version"
        case privileges
        case schemaTriggers = "schema-triggers"
        case schemaColumns = "schema-columns"
        case schemaFunctions = "schema-functions"
        case schemaIndexes = "schema-indexes"
        case listen
        case databaseIdentity = "database-identity"
        case startup
        case addon
        case bot
        case operators
        case token
        case webhook
        case otherReceiver = "other-receiver"
        case clock
        case worker
        case queue
        case vacuum
        case customerNotifications = "customer-notifications"
        case sending
    }

    /// What was looked at.
    package var name: Name
    /// How bad it is.
    package var level: Level
    /// What was found. Never holds a secret.
    package var message: String
    /// What to do; empty where there is nothing to do.
    package var remedy: String
    /// Whom it is about, when it is not the shop as a whole.
    package var subject: String?

    private enum CodingKeys: String, CodingKey {
        case name = "id"
        case level, message, remedy, subject
    }

    init(_ name: Name, _ level: Level, _ message: String, _ remedy: String = "", subject: String? = nil) {
        self.name = name
        self.level = level
        self.message = message
        self.remedy = remedy
        self.subject = subject
    }

    static func ok(_ name: Name, _ message: String) -> Finding { Finding(name, .ok, message) }
    static func skipped(_ name: Name, because reason: String) -> Finding {
        Finding(name, .skipped, "because \(reason)")
    }
}
