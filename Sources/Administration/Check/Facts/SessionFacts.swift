/// What the connection is to.
package struct SessionFacts: Sendable, Equatable {
    package var database = ""
    package var role = ""
    package var version = ""
    package var versionNumber: Int32 = 0
    package var isStandby = false
    package var isOdoo = true
    package var hasSales = true
    package var isInstalled = true
    package var mayUseSchema = true
    /// The server's clock less this machine's, in milliseconds.
    package var clockOffset = 0

    package init(
        database: String = "", role: String = "", version: String = "", versionNumber: Int32 = 0,
        isStandby: Bool = false, isOdoo: Bool = true, hasSales: Bool = true, isInstalled: Bool = true,
        mayUseSchema: Bool = true, clockOffset: Int = 0
    ) {
        self.database = database
        self.role = role
        self.version = version
        self.versionNumber = versionNumber
        self.isStandby = isStandby
        self.isOdoo = isOdoo
        self.hasSales = hasSales
        self.isInstalled = isInstalled
        self.mayUseSchema = mayUseSchema
        self.clockOffset = clockOffset
    }

    var findings: [Finding] {
        var findings: [Finding] = []
        if !isOdoo {
            findings.append(
                Finding(
                    .connection, .error, "database \(database) is not an Odoo database (no table res_partner)",
                    "name Odoo's database with --database-url dbname=NAME"))
        } else if !hasSales {
            findings.append(
                Finding(
                    .connection, .error, "Odoo in database \(database) has no Sales (no table sale_order)",
                    "install the Sales app first"))
        } else {
            findings.append(.ok(.connection, "database \(database) as role \(role)"))
        }
        if versionNumber < 120_000 {
            findings.append(
                Finding(.serverVersion, .error, "the server is PostgreSQL \(version)", "version 12 or newer is needed"))
        } else if isStandby {
            findings.append(
                Finding(
                    .serverVersion, .error, "the server is a read-only standby (PostgreSQL \(version))",
                    "connect to the primary; name both hosts to follow a failover: host=db1,db2"))
        } else {
            findings.append(.ok(.serverVersion, "PostgreSQL \(version)"))
        }
        return findings
    }
}
