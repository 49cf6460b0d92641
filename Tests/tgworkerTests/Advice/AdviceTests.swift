import Installation
import Postgres
import Telegram
import Testing

@testable import tgworker

@Suite("An error", .timeLimit(.minutes(5)))
struct AdviceTests {
    struct Case: Sendable {
        var error: PostgresError
        var problem: String
        var remedy: String
    }

    @Test(
        "of the database says what is wrong and what to do",
        arguments: [
            Case(
                error: PostgresError(.connect, sqlState: "3D000", message: "database \"shp\" does not exist"),
                problem: "database \"shp\" does not exist", remedy: "--database-url dbname=NAME"),
            Case(
                error: PostgresError(
                    .connect, sqlState: "28P01", message: "password authentication failed for user \"odoo\""),
                problem: "password authentication failed for user \"odoo\"", remedy: "PGPASSFILE"),
            Case(
                error: PostgresError(.connect, sqlState: "28000", message: "role \"root\" does not exist"),
                problem: "role \"root\" does not exist", remedy: "--database-url user=ROLE"),
            Case(
                error: PostgresError(
                    .connect, message: "connection to server at \"db\" (10.0.0.5), port 5432 failed: Connection refused"
                ),
                problem: "connection to server at \"db\" (10.0.0.5), port 5432 failed: Connection refused",
                remedy: "check that PostgreSQL runs and listens there"),
            Case(
                error: PostgresError(
                    .connect, message: "Is the server running on that host and accepting TCP/IP connections?"),
                problem: "no PostgreSQL server answers", remedy: "check that PostgreSQL runs and listens there"),
            Case(
                error: PostgresError(
                    .connect, message: "could not translate host name \"d\" to address: Name not known"),
                problem: "could not translate host name \"d\" to address: Name not known",
                remedy: "check the spelling of the host"),
            Case(
                error: PostgresError(.connect, message: "the server did not answer in time"),
                problem: "the server did not answer in time", remedy: "firewall"),
            Case(
                error: PostgresError(.connect, message: "connection … failed: Connection timed out"),
                problem: "connection … failed: Connection timed out", remedy: "firewall"),
            Case(
                error: PostgresError(.connect, message: "connection … failed: fe_sendauth: no password supplied"),
                problem: "connection … failed: fe_sendauth: no password supplied", remedy: "PGPASSFILE"),
            Case(
                error: PostgresError(.connect, message: "server does not support SSL, but SSL was required"),
                problem: "server does not support SSL, but SSL was required", remedy: "sslmode=prefer"),
            Case(
                error: PostgresError(.connect, sqlState: "57P03", message: "the database system is starting up"),
                problem: "the database system is starting up", remedy: "wait a moment"),
            Case(
                error: PostgresError(.connect, sqlState: "53300", message: "sorry, too many clients already"),
                problem: "sorry, too many clients already", remedy: "max_connections"),
            Case(
                error: PostgresError(.connect, message: "something new"), problem: "something new",
                remedy: "check host, port, user and database"),
            Case(
                error: PostgresError(.server, sqlState: "42501", message: "permission denied for table sale_order"),
                problem: "permission denied for table sale_order (SQLSTATE 42501)",
                remedy: "run as the owner of Odoo's database or as a superuser"),
            Case(
                error: PostgresError(
                    .server, sqlState: "55000", message: "this is a copy: tgworker was installed in database a",
                    hint: "If this database is the one, run: tgworker install-sql --adopt"),
                problem: "this is a copy: tgworker was installed in database a",
                remedy: "If this database is the one, run: tgworker install-sql --adopt"),
            Case(
                error: PostgresError(
                    .server, sqlState: "42P01", message: "relation \"tgworker.outbox\" does not exist"),
                problem: "relation \"tgworker.outbox\" does not exist (SQLSTATE 42P01)", remedy: "tgworker install-sql"),
            Case(
                error: PostgresError(.server, sqlState: "42704", message: "role \"x\" does not exist"),
                problem: "role \"x\" does not exist (SQLSTATE 42704)", remedy: "--grant-to"),
            Case(
                error: PostgresError(.server, sqlState: "XX000", message: "cache lookup failed"),
                problem: "cache lookup failed (SQLSTATE XX000)", remedy: "log of the PostgreSQL server"),
            Case(
                error: PostgresError(
                    .connectionLost, message: "server closed the connection unexpectedly\n\tThis probably"),
                problem:
                    "the connection to the database broke (server closed the connection unexpectedly  This probably)",
                remedy: "what was done so far stays"),
            Case(
                error: PostgresError(.connectionLost, sqlState: "57P01", message: "terminating connection"),
                problem: "the connection to the database broke (terminating connection)", remedy: "run it again"),
            Case(
                error: PostgresError(.timeout, message: "…"), problem: "the database did not answer in time",
                remedy: "pg_locks"),
            Case(error: PostgresError(.cancelled, message: "…"), problem: "interrupted", remedy: "run it again"),
            Case(
                error: PostgresError(.unexpectedResult, message: "no column x"), problem: "no column x",
                remedy: "tgworker install-sql"),
        ])
    func database(given: Case) {
        let advice = Advice(given.error)
        #expect(advice.problem == given.problem)
        #expect(advice.remedy.contains(given.remedy))
        #expect(advice.description == "\(advice.problem): \(advice.remedy)")
        #expect(!advice.description.contains("\n"))
    }

    @Test("never shows DETAIL, nor libpq's quotation of a URL")
    func secrets() {
        let server = PostgresError(.server, sqlState: "23505", message: "duplicate key", detail: "Key (x)=(s3cret)")
        #expect(!Advice(server).description.contains("s3cret"))
        let url = PostgresError(.configuration, message: "missing \"=\" after \"postgres:/odoo:s3cret@db\"")
        #expect(Advice(url).description.hasPrefix("the database URL cannot be read: write postgresql://"))
        #expect(!Advice(url).description.contains("s3cret"))
    }

    @Test(
        "that already says what to do is shown as it is",
        arguments: [
            (CommandError("this", "do that"), "this: do that"),
            (TelegramError.invalidServerAddress, TelegramError.invalidServerAddress.description),
            (CancellationError(), "interrupted: run it again when it suits"),
        ] as [(any Error, String)])
    func others(error: any Error, line: String) {
        #expect(Advice(error).description == line)
    }
}
