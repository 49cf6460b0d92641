/// What is installed, as the server's catalog says it.
package struct SchemaFacts: Sendable, Equatable {
    /// A row of tgworker.migration.
    package struct Applied: Sendable, Equatable {
        package var number: Int
        package var name: String
        package var checksum: String

        package init(number: Int, name: String, checksum: String) {
            self.number = number
            self.name = name
            self.checksum = checksum
        }
    }

    /// A trigger that calls one of the schema's functions.
    package struct Trigger: Sendable, Hashable {
        package var name: String
        package var table: String
        package var function: String
        /// PostgreSQL's letter: O and A fire, D is disabled, R fires on replicas only (pg_trigger.tgenabled).
        package var enabled = "O"

        package init(name: String, table: String, function: String, enabled: String = "O") {
            self.name = name
            self.table = table
            self.function = function
            self.enabled = enabled
        }
    }

    package var applied: [Applied] = []
    package var triggers: [Trigger] = []
    /// Types by `schema.table.column`.
    package var columnTypes: [String: String] = [:]
    /// Bodies by name.
    package var functions: [String: String] = [:]
    /// Indexes of the schema that can be used.
    package var indexes: Set<String> = []

    package init(
        applied: [Applied] = [], triggers: [Trigger] = [], columnTypes: [String: String] = [:],
        functions: [String: String] = [:], indexes: Set<String> = []
    ) {
        self.applied = applied
        self.triggers = triggers
        self.columnTypes = columnTypes
        self.functions = functions
        self.indexes = indexes
    }
}
