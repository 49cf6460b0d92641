import Installation
import Postgres
import Reactor
import TestSupport

/// A shop's Odoo database that a test installs in, and that goes with the test.
struct Shop: Sendable {
    let name: String
    let cluster: Cluster

    private static let reactor = Reactor()

    /// Makes a database, and removes it when `body` is through.
    static func with(
        _ kind: DemoDatabase, isolation: isolated (any Actor)? = #isolation, _ body: (Shop) async throws -> Void
    ) async throws {
        let database = try await DemoDatabase.create(kind)
        do {
            try await body(Shop(name: database.name, cluster: database.cluster))
        } catch {
            try? await database.drop()
            throw error
        }
        try await database.drop()
    }

    /// The same with tgworker installed.
    static func withInstallation(
        _ kind: DemoDatabase, isolation: isolated (any Actor)? = #isolation, _ body: (Shop) async throws -> Void
    ) async throws {
        try await with(kind) { shop in
            try await shop.install()
            try await body(shop)
        }
    }

    /// Installs, and returns what the installer had to say.
    @discardableResult
    func install(
        _ plan: InstallationPlan = .install(), dryRun: Bool = false, as user: String = "odoo",
        patience: Duration = .seconds(30)
    ) async throws -> [Installer.Event] {
        try await collect(as: user, patience: patience) { try await $0.run(plan, dryRun: dryRun) }
    }

    /// Uninstalls, and returns what the installer had to say.
    @discardableResult
    func uninstall(as user: String = "odoo") async throws -> [Installer.Event] {
        try await collect(as: user, patience: .seconds(30)) { try await $0.uninstall() }
    }

    private func collect(
        as user: String, patience: Duration, _ work: (Installer) async throws -> Void
    ) async throws -> [Installer.Event] {
        let (events, report) = AsyncStream.makeStream(of: Installer.Event.self)
        let connection = try await connect(as: user)
        do {
            try await work(Installer(connection: connection, patience: patience) { report.yield($0) })
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
        report.finish()
        return await events.reduce(into: []) { $0.append($1) }
    }

    /// An installation under way.
    struct Installing {
        /// What the installer says, as it comes; ends with the installer.
        let events: AsyncStream<Installer.Event>
        /// The server process of its session.
        let processID: Int32
        /// The installation; throws what it throws.
        let task: Task<Void, any Error>
    }

    /// Starts an installation.
    func installing(patience: Duration = .seconds(30)) async throws -> Installing {
        let (events, report) = AsyncStream.makeStream(of: Installer.Event.self)
        let connection = try await connect()
        let task = Task {
            defer { report.finish() }
            try await Installer(connection: connection, patience: patience) { report.yield($0) }.run(.install())
            await connection.close()
        }
        return Installing(events: events, processID: connection.processID, task: task)
    }

    /// A session of somebody else.
    func connect(as user: String = "odoo", handlers: Connection.Handlers = .init()) async throws -> Connection {
        let conninfo = cluster.conninfo(database: name, user: user)
        return try await Connection.connect(
            ConnectionConfiguration(conninfo: conninfo), on: Self.reactor, handlers: handlers)
    }

    /// Runs SQL as a DBA; see ``TestDatabase/psql(_:user:)``.
    @discardableResult
    func psql(_ sql: String, as user: String = "odoo") async throws -> String {
        try await cluster.psql(sql, database: name, user: user)
    }

    /// The rows of a query, each column separated by `|`.
    func rows(_ sql: String, as user: String = "odoo") async throws -> [String] {
        try await psql(sql, as: user).split(separator: "\n").map(String.init)
    }

    /// A new role that may log in, with a name of its own in the cluster.
    func makeRole(_ purpose: String) async throws -> String {
        let role = "\(purpose)_\(UInt32.random(in: 0 ... .max))"
        try await psql(#"create role "\#(role)" login"#)
        return role
    }

    /// Gives what is Odoo's to a role that is not a superuser, as it should be in production, and returns the role.
    func handOver() async throws -> String {
        let role = try await makeRole("shop")
        try await psql(
            """
            alter database \(name) owner to \(role);
            alter schema public owner to \(role);
            do $$
            declare
                relation regclass;
            begin
                for relation in
                    select c.oid from pg_class c
                    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'S')
                        and not exists (select from pg_depend d
                            where d.objid = c.oid and (d.deptype = 'e' or d.deptype in ('a', 'i') and c.relkind = 'S'))
                loop
                    execute format('alter table %s owner to \(role)', relation);
                end loop;
            end
            $$;
            """)
        return role
    }
}

extension [Installer.Event] {
    /// What was changed, in order.
    var changes: [String] {
        compactMap { if case .changed(let what) = $0 { what } else { nil } }
    }

    /// Whom it waited for, in order.
    var waits: [String] {
        compactMap { if case .waiting(let whom) = $0 { whom } else { nil } }
    }
}
