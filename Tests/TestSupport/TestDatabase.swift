/// A database that belongs to one test.
public struct TestDatabase: Sendable {
    /// Its name.
    public let name: String
    /// What it was copied from.
    public let kind: DemoDatabase
    /// The cluster it is in.
    public let cluster: Cluster

    /// A libpq connection URI, as the superuser `odoo`.
    public var url: String { cluster.url(database: name) }

    /// The same as keywords and values.
    public var conninfo: String { cluster.conninfo(database: name) }

    /// The same database in another cluster, such as a standby of this one.
    public func copy(in cluster: Cluster) -> TestDatabase {
        TestDatabase(name: name, kind: kind, cluster: cluster)
    }

    /// A conninfo over TCP without TLS, as it goes through a ``DatabaseProxy``.
    ///
    /// - Parameter ports: one for each host to be tried; all are on 127.0.0.1.
    public func conninfo(ports: Int...) -> String {
        let hosts = ports.map { _ in "127.0.0.1" }.joined(separator: ",")
        let list = ports.map(String.init).joined(separator: ",")
        return "host=\(hosts) port=\(list) dbname=\(name) user=odoo password=odoo sslmode=disable"
    }

    /// Runs SQL through the psql client, each statement in its own transaction, as a DBA would.
    ///
    /// Returns the rows, one per line, columns separated by `|`. Throws at the first error, with its SQLSTATE.
    @discardableResult
    public func psql(_ sql: String, user: String = "odoo") async throws -> String {
        try await cluster.psql(sql, database: name, user: user)
    }

    /// Makes a copy, as administrators do. Nobody may be connected to the original.
    public func copy() async throws -> TestDatabase {
        let copy = TestDatabase(name: "copy_of_\(name)", kind: kind, cluster: cluster)
        try await cluster.psql("create database \(copy.name) template \(name)")
        return copy
    }

    /// Everything in the database, as `pg_dump` writes it: to see that nothing changed.
    public func dump() async throws -> String {
        // Newer ones wrap it in a random key.
        try await Command.run(cluster.programs + "/pg_dump", ["--dbname", url])
            .split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict") }
            .joined(separator: "\n")
    }

    /// Removes the database with everybody still connected to it. Without it, the database goes with its cluster.
    public func drop() async throws {
        try await cluster.psql(
            """
            alter database \(name) allow_connections false;
            select pg_terminate_backend(pid) from pg_stat_activity where datname = '\(name)';
            drop database \(name);
            """)
    }
}
