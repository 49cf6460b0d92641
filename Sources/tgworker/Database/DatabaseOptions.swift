import ArgumentParser
import Postgres

/// Where the database is, for every command that needs it.
struct DatabaseOptions: ParsableArguments {
    @Option(
        name: .customLong("database-url"),
        help: ArgumentHelp(
            """
            Odoo's database as libpq reads it: postgresql://USER@HOST:PORT/DATABASE or 'host=… dbname=…'. What it does \
            not say comes from --odoo-conf, then from libpq's environment (PGHOST, PGSERVICE, PGPASSFILE, …). Other users \
            see a password on the command line in ps: give it in TGWORKER_DATABASE_URL or PGPASSFILE.
            """, valueName: "url"))
    var databaseURL: String?

    @Option(
        help: ArgumentHelp(
            """
            Odoo's configuration file, to read db_host, db_port, db_user, db_password, db_name and db_sslmode from. \
            When it names no database or several, add --database-url dbname=NAME.
            """, valueName: "file"))
    var odooConf: String?

    /// The connection that was asked for.
    ///
    /// What the URL says wins, setting by setting, over Odoo's file, unless the file was named in a stronger place (say, a
    /// flag against an environment variable): then the URL does not count.
    ///
    /// - Parameter applicationName: shown in pg_stat_activity, whatever else was given.
    /// - Throws: ``CommandError``, which never shows a password.
    func configuration(_ settings: Settings, applicationName: String) throws -> ConnectionConfiguration {
        let odoo = try settings.find(.odooConf, flag: odooConf)
        var url = try settings.find(.databaseURL, flag: databaseURL)
        if let stated = url, let odoo, odoo.source < stated.source { url = nil }

        let conninfo = url?.value ?? ""
        let stated = try DatabaseURL.settings(of: conninfo)
        var configuration = ConnectionConfiguration(conninfo: conninfo, applicationName: applicationName)
        if let path = odoo?.value {
            let file = try OdooConf(TextFile.text(of: path, what: "Odoo's configuration file"), path: path)
            var defaults = file.settings
            if stated["dbname"] == nil {
                defaults["dbname"] = try Self.database(of: file, path: path, environment: settings.environment)
            }
            configuration.overrides = defaults.filter { stated[$0.key] == nil }
        }
        configuration.overrides["application_name"] = applicationName
        return configuration
    }

    /// The one database that the file names; nil when libpq's environment does.
    private static func database(
        of file: OdooConf, path: String, environment: [String: String]
    ) throws(CommandError) -> String? {
        if file.databases.count == 1 { return file.databases.first }
        guard environment["PGDATABASE", default: ""].isEmpty else { return nil }
        let problem =
            file.databases.isEmpty
            ? "\(path) names no database (db_name)"
            : "\(path) names several databases (\(file.databases.joined(separator: ", ")))"
        throw CommandError(problem, "add --database-url dbname=NAME")
    }
}
