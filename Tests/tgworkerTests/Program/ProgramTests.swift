import Foundation
import TestSupport
import Testing
import Worker

@Suite("The program", .timeLimit(.minutes(5)))
struct ProgramTests {
    private struct Outcome {
        let status: ChildProcess.ExitStatus
        let output: String
        let errors: String
    }

    private func tgworker(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
        let child = try await ChildProcess.start(
            Checkout.product("tgworker"), arguments, environment: environment)
        return Outcome(
            status: try await child.status, output: await child.text(), errors: await child.text(ofErrors: true))
    }

    @Test("tells its version and its commands")
    func help() async throws {
        #expect(try await tgworker("--version").output == tgworkerVersion)
        for arguments in ["--help", "help"] {
            let outcome = try await tgworker(arguments)
            #expect(outcome.status == .exited(0))
            #expect(outcome.output.contains("install-sql") && outcome.output.contains("run"))
        }
        let outcome = try await tgworker("help", "install-sql")
        #expect(outcome.status == .exited(0))
        #expect(outcome.output.contains("--lock-wait <seconds>"))
    }

    @Test("ends with 64 when the command line is wrong, with 1 and one line when the work cannot be done")
    func exitCodes() async throws {
        #expect(try await tgworker("install-sql", "--print", "--uninstall").status == .exited(64))
        #expect(try await tgworker("fly").status == .exited(64))
        let outcome = try await tgworker("run", environment: ["TGWORKER_LISTEN": "here"])
        #expect(outcome.status == .exited(1))
        #expect(
            outcome.errors
                == "tgworker: TGWORKER_LISTEN is 'here': write HOST:PORT such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080"
        )
    }

    @Test("says so when there is no server")
    func noServer() async throws {
        let outcome = try await tgworker("install-sql", "--database-url", "host=/nowhere dbname=shop")
        #expect(outcome.status == .exited(1))
        #expect(outcome.errors.hasPrefix("tgworker: "))
        #expect(outcome.errors.contains("check that PostgreSQL runs and listens there"))
        #expect(!outcome.errors.contains("\n"))
    }

    @Test("installs, shows, and removes the schema")
    func installation() async throws {
        let database = try await DemoDatabase.create(.fixture)
        let exists = "select to_regnamespace('tgworker') is not null"

        let rehearsal = try await tgworker("install-sql", "--dry-run", "--database-url", database.url)
        #expect(rehearsal.status == .exited(0), "\(rehearsal.errors)")
        #expect(rehearsal.output.hasPrefix("dry run: created schema tgworker\n"))
        #expect(rehearsal.output.hasSuffix("\nnothing was changed (dry run)"))
        #expect(try await database.psql(exists) == "f")

        let first = try await tgworker("install-sql", environment: ["TGWORKER_DATABASE_URL": database.url])
        #expect(first.output.hasPrefix("created schema tgworker\n"))
        #expect(first.output.hasSuffix("\ndone: now start the worker with: tgworker run"))
        let second = try await tgworker("install-sql", "--database-url", database.url)
        #expect(second.output.hasPrefix("schema tgworker is up to date\n"))
        #expect(try await database.psql(exists) == "t")

        let removal = try await tgworker("install-sql", "--uninstall", "--database-url", database.url)
        #expect(removal.output.contains("dropped schema tgworker\n"))
        #expect(try await database.psql(exists) == "f")
        try await database.drop()
    }

    @Test("prints a script that psql accepts, twice")
    func printed() async throws {
        let database = try await DemoDatabase.create(.fixture)
        let script = try await tgworker("install-sql", "--print")
        #expect(script.status == .exited(0))
        #expect(try await database.psql(script.output).contains("bound to database \(database.name)"))
        try await database.psql(script.output)
        let check = try await tgworker("install-sql", "--database-url", database.url)
        #expect(check.output.hasPrefix("schema tgworker is up to date\n"))
        try await database.drop()
    }

    @Test("refuses a copy with the advice to adopt it, and adopts it")
    func adoption() async throws {
        let database = try await DemoDatabase.create(.fixture)
        _ = try await tgworker("install-sql", "--database-url", database.url)
        try await database.psql("update tgworker.installation set database_name = 'original'")
        let refusal = try await tgworker("install-sql", "--database-url", database.url)
        #expect(refusal.status == .exited(1))
        #expect(refusal.errors.hasPrefix("tgworker: this is a copy: "))
        #expect(refusal.errors.hasSuffix("run: tgworker install-sql --adopt"))
        let adoption = try await tgworker("install-sql", "--adopt", "--database-url", database.url)
        #expect(adoption.status == .exited(0))
        try await database.drop()
    }

    @Test("names who is in the way, and gives up when it was told to stop", arguments: [SIGINT, SIGTERM])
    func interruption(signal: Int32) async throws {
        let database = try await DemoDatabase.create(.fixture)
        let blocker = try await ChildProcess.start(
            "psql", ["--no-psqlrc", "--quiet", "--dbname", database.url],
            input: "begin; lock table sale_order; select 'locked'; select pg_sleep(600);")
        _ = try await blocker.line { $0.contains("locked") }
        let installer = try await ChildProcess.start(
            Checkout.product("tgworker"), ["install-sql", "--database-url", database.url])
        _ = try await installer.line { $0.hasPrefix("waiting: session ") && $0.contains("sale_order") }
        await installer.kill(signal)
        #expect(try await installer.status == .exited(1))
        #expect(
            await installer.text(ofErrors: true).hasSuffix(
                "tgworker: interrupted: what was done so far stays; run it again to finish"))
        await blocker.kill(SIGKILL)
        try await database.drop()
    }

    @Test("stops gracefully with 0", arguments: [SIGINT, SIGTERM])
    func gracefulStop(signal: Int32) async throws {
        let database = try await DemoDatabase.create(.fixture)
        _ = try await tgworker("install-sql", "--database-url", database.url)
        let worker = try await ChildProcess.start(
            Checkout.product("tgworker"),
            ["run", "--database-url", database.url, "--listen", "127.0.0.1:0", "--log-format", "json"])
        _ = try await worker.line { $0.contains("\"message\":\"connected to the database\"") }
        await worker.kill(SIGHUP)
        _ = try await worker.line { $0.contains("\"message\":\"reading the configuration again\"") }
        await worker.kill(signal)
        #expect(try await worker.status == .exited(0))
        try await database.drop()
    }
}
