import TestSupport
import Testing

@Suite("A long installation", .timeLimit(.minutes(5)))
struct InstallationProgressTests {
    @Test("says in a terminal what it is at, and nothing of it in a pipe")
    func progress() async throws {
        let shop = Shop(database: try await DemoDatabase.create(.fixture), telegram: try await Simulator.start())
        // What a big table does to one statement, this does to one kind of them.
        try await shop.database.psql(
            """
            create function public.slow() returns event_trigger language plpgsql as 'begin perform pg_sleep(4); end';
            create event trigger slow on ddl_command_end when tag in ('CREATE VIEW') execute function public.slow()
            """)
        let outcome = try await shop.inTerminal(["install-sql"])
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("working: migration 2 (outbox) for "), "\(outcome.output)")
        // The line gives way to what is reported.
        #expect(outcome.output.contains("\u{1b}[Kapplied migration 2 (outbox)"), "\(outcome.output)")
        _ = try await shop.run(["install-sql", "--uninstall"])
        let piped = try await shop.run(["install-sql"])
        #expect(piped.code == 0 && piped.errors.isEmpty && !piped.output.contains("\u{1b}"), "\(piped)")
    }
}
