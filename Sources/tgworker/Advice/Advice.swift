import ArgumentParser
import Installation
import Postgres
import Telegram

/// An error as a line for an administrator: what is wrong, and what to do about it.
///
/// It is made of the message and, where the error carries advice, the HINT. It never shows DETAIL, SQL text or a
/// password.
struct Advice: Equatable, CustomStringConvertible {
    /// What is wrong.
    let problem: String
    /// What to do about it; empty when the problem says so itself.
    let remedy: String

    /// Advice on any error that a command may end with.
    init(_ error: any Error) {
        switch error {
        case let error as PostgresError: self.init(error)
        case let error as CommandError: self.init(error.problem, error.remedy)
        case is CancellationError: self.init("interrupted", "run it again when it suits")
        default: self.init("\(error)", "")
        }
    }

    /// Advice on an error of the database.
    init(_ error: PostgresError) {
        let known = error.sqlState.flatMap { Self.bySQLState[$0] }
        switch error.kind {
        case .connect:
            self.init(
                error.message.hasPrefix("Is the server running") ? "no PostgreSQL server answers" : error.message,
                known ?? Self.byMessage.first { error.message.contains($0.fragment) }?.remedy
                    ?? "check host, port, user and database in --database-url or --odoo-conf")
        case .configuration:
            // libpq's words quote the URL, and with it the password.
            self.init(DatabaseURL.unreadable)
        case .server where error.sqlState == "55000":
            self.init(error.message, error.hint ?? "mend what the message says, then run it again")
        case .server:
            self.init(
                error.description, known ?? "the log of the PostgreSQL server tells more")
        case .connectionLost:
            self.init(
                "the connection to the database broke (\(error.message))",
                known ?? Self.byMessage.first { error.message.contains($0.fragment) }?.remedy
                    ?? "run it again when the server is back; what was done so far stays")
        case .timeout:
            self.init(
                "the database did not answer in time",
                "look for a session that blocks it (pg_stat_activity, pg_locks), then run it again")
        case .cancelled: self.init(CancellationError())
        case .unexpectedResult, .aborted:
            self.init(
                error.description,
                "the schema may be another version's: run tgworker install-sql of this version, then try again")
        }
    }

    /// Whether an error is one to be shown this way; the others are the command line parser's own.
    static func covers(_ error: any Error) -> Bool {
        !(error is ExitCode || error is ValidationError || error is CleanExit)
    }

    private init(_ problem: String, _ remedy: String) {
        self.problem = problem.onOneLine
        self.remedy = remedy.onOneLine
    }

    var description: String { remedy.isEmpty ? problem : "\(problem): \(remedy)" }

    /// What helps against an error of the server (PostgreSQL, Appendix A: Error Codes).
    private static let bySQLState: [SQLState: String] = [
        .invalidCatalogName: "name Odoo's database with --database-url dbname=NAME (psql -l lists them)",
        .invalidPassword:
            "check the role and its password (PGPASSFILE, PGPASSWORD, TGWORKER_DATABASE_URL or --odoo-conf)",
        .invalidAuthorization:
            "log in as a role that exists and that pg_hba.conf lets in: name it with --database-url user=ROLE, or run as the system user of that name (sudo -u postgres tgworker …)",
        .insufficientPrivilege: "run as the owner of Odoo's database or as a superuser",
        .cannotConnectNow: "the server is starting up or shutting down, wait a moment and run it again",
        "57P01": "the server or an administrator ended the session, run it again",
        "57P02": "the server is recovering from a crash, wait a moment and run it again",
        .queryCanceled: "an administrator or statement_timeout cancelled it, run it again",
        "53300": "end idle sessions or raise max_connections, then run it again",
        "53100": "the disk of the database server is full, make room and run it again",
        "25006": "this server is read-only, connect to the primary",
        .lockNotAvailable: "somebody holds a lock that is needed, run it again when it is quiet",
        .deadlockDetected: "two transactions waited for each other, run it again",
        .invalidSchemaName: schemaMissing,
        .undefinedTable: schemaMissing,
        .undefinedFunction: schemaMissing,
        .undefinedColumn: schemaMissing,
        "42704": "check the spelling of the role in --grant-to (psql -c '\\du' lists them)",
    ]

    private static let schemaMissing = "install or upgrade the schema with: tgworker install-sql"

    /// What helps against a failure that libpq reports in words only (libpq is not localised here).
    private static let byMessage: [(fragment: String, remedy: String)] = [
        ("Is the server running", unreachable),
        ("Connection refused", unreachable),
        ("No such file or directory", unreachable),
        ("did not answer in time", slow),
        ("timeout expired", slow),
        ("Connection timed out", slow),
        ("No route to host", slow),
        ("Network is unreachable", slow),
        ("could not translate host name", "check the spelling of the host and the name service"),
        ("no password supplied", "give the password in PGPASSFILE, PGPASSWORD, TGWORKER_DATABASE_URL or --odoo-conf"),
        ("does not support SSL", "set sslmode=prefer in --database-url, or turn SSL on at the server"),
        // PgBouncer's words.
        ("statement pooling mode", "connect to PostgreSQL directly, or set pool_mode=session for this database"),
        ("certificate", "check sslmode and sslrootcert in --database-url"),
        ("sslmode", "check sslmode in --database-url or db_sslmode in Odoo's file"),
        ("service", "check the service's name in --database-url or PGSERVICE, and the file ~/.pg_service.conf"),
    ]

    private static let unreachable =
        "check that PostgreSQL runs and listens there, and host and port in --database-url or --odoo-conf"
    private static let slow = "check host and port, and the firewall between here and the server"
}

extension String {
    /// The text with every control character and line break as a space.
    fileprivate var onOneLine: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isControlOrBreak ? " " : $0 }))
    }
}
