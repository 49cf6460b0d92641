/// Makes each kind of database once per cluster, as a template for the databases of the tests.
actor DatabaseTemplates {
    static let shared = DatabaseTemplates()

    private struct Key: Hashable {
        let kind: DemoDatabase
        let directory: String
    }

    private var templates: [Key: Task<String, any Error>] = [:]

    /// The template's name. The first caller makes it; those who come meanwhile wait for the same one.
    func template(of kind: DemoDatabase, in cluster: Cluster) async throws -> String {
        let key = Key(kind: kind, directory: cluster.directory)
        let task =
            templates[key]
            ?? Task {
                let name = "template_\(kind)".lowercased()
                try await cluster.psql("create database \(name)")
                try await kind.load(into: name, of: cluster)
                // PostgreSQL refuses to copy a database that somebody is connected to.
                try await cluster.psql("alter database \(name) is_template true allow_connections false")
                return name
            }
        templates[key] = task
        return try await task.value
    }
}
