import ArgumentParser
import Postgres
import Testing

@testable import tgworker

@Suite("The database", .timeLimit(.minutes(5)))
struct DatabaseOptionsTests {
    private let conf = """
        [options]
        db_host = odoo-host
        db_port = 5433
        db_user = odoo
        db_password = secret
        db_name = shop
        """

    private func configuration(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> ConnectionConfiguration {
        try DatabaseOptions.parse(arguments).configuration(
            Settings(file: nil, environment: environment), applicationName: "tgworker install-sql")
    }

    @Test("is what libpq's own environment says when nothing is given")
    func nothing() throws {
        let target = try configuration([])
        #expect(target.conninfo.isEmpty)
        #expect(target.overrides == ["application_name": "tgworker install-sql"])
    }

    @Test("is called by the command's name, whatever the URL says")
    func applicationName() throws {
        let target = try configuration(["--database-url", "dbname=shop application_name=psql"])
        #expect(target.overrides["application_name"] == "tgworker install-sql")
    }

    @Test("may come from Odoo's file")
    func odooConf() throws {
        let file = try TemporaryFile(conf)
        let target = try configuration(["--odoo-conf", file.path])
        #expect(target.conninfo.isEmpty)
        #expect(
            target.overrides == [
                "host": "odoo-host", "port": "5433", "user": "odoo", "password": "secret", "dbname": "shop",
                "application_name": "tgworker install-sql",
            ])
    }

    @Test(
        "takes from Odoo's file what the URL does not say",
        arguments: ["dbname=other user=dba", "postgresql://dba@/other"])
    func combined(url: String) throws {
        let file = try TemporaryFile(conf)
        for environment in [[:], ["TGWORKER_ODOO_CONF": file.path]] {
            let flags = environment.isEmpty ? ["--odoo-conf", file.path] : []
            let target = try configuration(["--database-url", url] + flags, environment)
            #expect(target.conninfo == url)
            #expect(target.overrides["dbname"] == nil)
            #expect(target.overrides["user"] == nil)
            #expect(target.overrides["host"] == "odoo-host")
            #expect(target.overrides["password"] == "secret")
        }
    }

    @Test("is that of Odoo's file alone when the URL was given in a weaker place")
    func weakerURL() throws {
        let file = try TemporaryFile(conf)
        let target = try configuration(
            ["--odoo-conf", file.path], ["TGWORKER_DATABASE_URL": "host=elsewhere dbname=x"])
        #expect(target.conninfo.isEmpty)
        #expect(target.overrides["host"] == "odoo-host")
        #expect(target.overrides["dbname"] == "shop")
    }

    @Test("has to be named when Odoo's file names none or several", arguments: ["False", "shop, test"])
    func severalDatabases(names: String) throws {
        let file = try TemporaryFile("[options]\ndb_user = odoo\ndb_name = \(names)\n")
        let error = try #require(throws: CommandError.self) { try configuration(["--odoo-conf", file.path]) }
        #expect(error.remedy == "add --database-url dbname=NAME")
        let named = try configuration(["--odoo-conf", file.path, "--database-url", "dbname=shop"])
        #expect(named.overrides["dbname"] == nil)
        #expect(named.overrides["user"] == "odoo")
        let byLibpq = try configuration(["--odoo-conf", file.path], ["PGDATABASE": "shop"])
        #expect(byLibpq.overrides["dbname"] == nil)
    }

    @Test(
        "given by a URL that cannot be right is refused without showing the password",
        arguments: [
            "shop", "host=db password", "postgresql:/odoo:s3cret@db/shop", "postgresql://odoo:s3cret%zz@db/shop",
            "postgresql://odoo:p@s3cret@db/shop", "postgresql://odoo:p/s3cret@db/shop",
            "host=db prot=5432 s3cret=1", "host=db port=70000",
        ])
    func badURL(url: String) throws {
        let error = try #require(throws: CommandError.self) { try configuration(["--database-url", url]) }
        #expect(error.description.hasPrefix("the "))
        #expect(!error.description.contains("s3cret"))
    }

    @Test(
        "given by any URL of libpq is taken",
        arguments: [
            "", "service=shop", "postgresql://", "postgres://odoo:p%40ss@[::1]:5433/shop?sslmode=require",
            "host=a,b port=5432,5433 dbname='my shop' target_session_attrs=read-write",
        ])
    func goodURL(url: String) throws {
        #expect(try configuration(["--database-url", url]).conninfo == url)
    }
}
