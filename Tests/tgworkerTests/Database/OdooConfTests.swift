import Testing

@testable import tgworker

@Suite("Odoo's configuration file", .timeLimit(.minutes(5)))
struct OdooConfTests {
    struct Case: Sendable {
        var text: String
        var settings: [String: String] = [:]
        var databases: [String] = []
    }

    @Test(
        "is read as Odoo reads it",
        arguments: [
            Case(
                text: """
                    [options]
                    db_host = db.example.com
                    db_port = 5433
                    db_user = odoo
                    db_password = secret
                    db_name = shop
                    db_sslmode = require
                    addons_path = /mnt/extra-addons
                    """,
                settings: [
                    "host": "db.example.com", "port": "5433", "user": "odoo", "password": "secret",
                    "sslmode": "require",
                ], databases: ["shop"]),
            // What Odoo writes for "not set".
            Case(text: "[options]\ndb_host = False\ndb_port = false\ndb_user =\ndb_name = False\n"),
            Case(text: "[options]\n"),
            Case(text: "; a comment\n# another\n\n[options]\n  ; inside\ndb_user = a\n", settings: ["user": "a"]),
            // Only a line of its own is a comment.
            Case(text: "[options]\ndb_password = a;b #c\n", settings: ["password": "a;b #c"]),
            // Odoo uses the parser without interpolation.
            Case(text: "[options]\ndb_password = 100%%s\n", settings: ["password": "100%%s"]),
            Case(text: "[options]\ndb_password = a=b:c\n", settings: ["password": "a=b:c"]),
            Case(text: "[options]\nDB_User: a\n", settings: ["user": "a"]),
            Case(text: "[options]\r\ndb_user = a\r\ndb_host = b\r\n", settings: ["user": "a", "host": "b"]),
            Case(text: "[options]\ndb_name = shop, test ,,old\n", databases: ["shop", "test", "old"]),
            // A continued value.
            Case(text: "[options]\naddons_path = /a,\n    db_user = no\ndb_user = a\n", settings: ["user": "a"]),
            Case(
                text: "[queue_job]\ndb_user = no\n[options]\ndb_user = a\n[x]\ndb_user = no\n", settings: ["user": "a"]),
            Case(
                text: "[DEFAULT]\ndb_user = a\ndb_host = b\n[options]\ndb_host = c\n",
                settings: ["user": "a", "host": "c"]),
        ])
    func read(given: Case) throws {
        let conf = try OdooConf(given.text, path: "odoo.conf")
        #expect(conf.settings == given.settings)
        #expect(conf.databases == given.databases)
    }

    @Test(
        "that is none is refused in one line without values",
        arguments: [
            ("", "odoo.conf has no section [options]: name the configuration file of the Odoo server with --odoo-conf"),
            (
                "[server]\ndb_password = secret\n[mail]\n",
                "odoo.conf has no section [options], only [mail], [server]: name the configuration file of the Odoo server with --odoo-conf"
            ),
            (
                "db_password = secret\n",
                "line 1 of odoo.conf is before the first section: write settings as name = value below [options], as Odoo reads them"
            ),
            (
                "[options]\n\nsecret\n",
                "line 3 of odoo.conf is no setting: write settings as name = value below [options], as Odoo reads them"
            ),
        ])
    func refused(text: String, line: String) throws {
        let error = try #require(throws: CommandError.self) { try OdooConf(text, path: "odoo.conf") }
        #expect(error.description == line)
    }
}
