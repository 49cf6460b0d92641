import Foundation

/// The kinds of Odoo database that a test can run on.
///
/// A test for all of them: `@Test(arguments: DemoDatabase.allAvailable) func name(kind: DemoDatabase) async throws`.
public enum DemoDatabase: String, Sendable, CaseIterable, CustomStringConvertible {
    /// The tea shop of Tests/Fixtures/odoo.sql, without the addon's tables.
    case fixture
    /// A whole Odoo 17 with demo data and the original addon `telegram_bot` installed, restored from a dump: the file named
    /// by the environment variable TGWORKER_TEST_ODOO_DUMP, else shared/odoo17/odoo17-demo.dump beside the checkout.
    case realOdoo

    /// The kinds that can be made here: all of them where the dump is.
    public static let allAvailable: [DemoDatabase] =
        FileManager.default.isReadableFile(atPath: dump) ? allCases : [.fixture]

    /// Makes a database of this kind for one test, in a fraction of a second once the first of its kind is made.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - cluster: Where; without it in ``Cluster/shared``.
    public static func create(_ kind: DemoDatabase, in cluster: Cluster? = nil) async throws -> TestDatabase {
        let cluster = if let cluster { cluster } else { try await Cluster.shared }
        let template = try await DatabaseTemplates.shared.template(of: kind, in: cluster)
        let name = "\(kind)_\(UInt32.random(in: 0 ... .max))".lowercased()
        // Copying the files is several times faster than writing them to the log, the default since PostgreSQL 15.
        let strategy = cluster.version >= 15 ? "strategy file_copy" : ""
        try await cluster.psql("create database \(name) template \(template) \(strategy)")
        return TestDatabase(name: name, kind: kind, cluster: cluster)
    }

    /// The kind's name.
    public var description: String { rawValue }

    /// Fills an empty database.
    func load(into database: String, of cluster: Cluster) async throws {
        let url = cluster.url(database: database)
        switch self {
        case .fixture:
            let file = Checkout.path("Tests/Fixtures/odoo.sql")
            try await Command.run("psql", Cluster.psqlOptions + ["--dbname", url, "--file", file])
        case .realOdoo:
            try await Command.run(
                cluster.programs + "/pg_restore",
                ["--no-owner", "--exit-on-error", "--jobs", "2", "--dbname", url, Self.dump])
            try await cluster.psql("analyze", database: database)
        }
    }

    private static var dump: String {
        ProcessInfo.processInfo.environment["TGWORKER_TEST_ODOO_DUMP"]
            ?? Checkout.path("../shared/odoo17/odoo17-demo.dump")
    }
}
