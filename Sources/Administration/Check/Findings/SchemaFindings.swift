import Installation

extension CheckFacts {
    /// Version, rights, and whether what is installed is what this program installs.
    var schemaFindings: [Finding] {
        let names: [Finding.Name] = [
            .schemaVersion, .privileges, .schemaTriggers, .schemaColumns, .schemaFunctions, .schemaIndexes,
        ]
        guard let session = session.facts else { return [] }
        guard session.isInstalled else {
            return [
                Finding(
                    .schemaVersion, .error, "schema tgworker is not installed in database \(session.database)",
                    "run tgworker install-sql")
            ] + names.dropFirst().map { .skipped($0, because: "schema tgworker is not installed") }
        }
        guard session.mayUseSchema else {
            let why = "role \(session.role) may not use schema tgworker"
            return names.map { name in
                name == .privileges
                    ? Finding(.privileges, .error, why, "run tgworker install-sql --grant-to \(session.role)")
                    : .skipped(name, because: why)
            }
        }
        return [
            schema.finding(.schemaVersion, \.versionFinding),
            rights.finding(.privileges) { Self.rightsFinding($0, role: session.role) },
            schema.finding(.schemaTriggers, \.triggersFinding), schema.finding(.schemaColumns, \.columnsFinding),
            schema.finding(.schemaFunctions, \.functionsFinding), schema.finding(.schemaIndexes, \.indexesFinding),
        ]
    }

    static func rightsFinding(_ missing: [String], role: String) -> Finding {
        guard !missing.isEmpty else { return .ok(.privileges, "role \(role) has what the worker needs") }
        return Finding(
            .privileges, .error, "role \(role) lacks \(missing.listed(5))",
            "run tgworker install-sql --grant-to \(role)")
    }
}

extension SchemaFacts {
    var versionFinding: Finding {
        let version = applied.map(\.number).max() ?? 0
        if version > Migration.latest {
            return Finding(
                .schemaVersion, .error,
                "schema tgworker is at version \(version), this program knows \(Migration.latest)",
                "install a newer tgworker")
        }
        let missing = Migration.all.filter { migration in !applied.contains { $0.number == migration.number } }
        guard missing.isEmpty else {
            return Finding(
                .schemaVersion, .error,
                "schema tgworker is at version \(version), this program needs \(Migration.latest) (missing: \(missing.map { "\($0.number) \($0.name)" }.listed(5)))",
                "run tgworker install-sql")
        }
        let changed = Migration.all.filter { migration in
            applied.contains { $0.number == migration.number && $0.checksum != migration.checksum }
        }
        guard changed.isEmpty else {
            return Finding(
                .schemaVersion, .error,
                "applied from another file: migration \(changed.map { "\($0.number) (\($0.name))" }.listed(5))",
                "install the tgworker that did, or uninstall first")
        }
        return .ok(.schemaVersion, "schema tgworker is at version \(version), as this program")
    }

    var triggersFinding: Finding {
        var problems: [String] = []
        var isDisabled = false
        for wanted in SchemaExpectation.triggers.sorted(by: { ($0.table, $0.name) < ($1.table, $1.name) }) {
            let found = triggers.first { $0.name == wanted.name && $0.table == wanted.table }
            switch found {
            case nil: problems.append("\(wanted.name) on \(wanted.table) is missing")
            case let found? where found.function != wanted.function:
                problems.append("\(wanted.name) on \(wanted.table) calls \(found.function)")
            case let found? where found.enabled == "D" || found.enabled == "R":
                isDisabled = true
                problems.append("\(wanted.name) on \(wanted.table) is disabled")
            default: break
            }
        }
        guard !problems.isEmpty else {
            return .ok(.schemaTriggers, "all \(SchemaExpectation.triggers.count) triggers are there and enabled")
        }
        return Finding(
            .schemaTriggers, .error, "trigger \(problems.listed(7))",
            isDisabled
                ? "run tgworker install-sql for missing ones; enable the others: alter table … enable trigger …"
                : "run tgworker install-sql")
    }

    /// Triggers on Odoo's tables that do not fire, by which events get lost.
    var deadTriggers: Set<String> {
        let alive = triggers.filter { $0.enabled == "O" || $0.enabled == "A" }.map(\.name)
        return Set(SchemaExpectation.triggers.map(\.name)).subtracting(alive)
    }

    var columnsFinding: Finding {
        let problems = SchemaExpectation.columns.sorted { $0.key < $1.key }.compactMap { column, wanted -> String? in
            guard let found = columnTypes[column] else { return "\(column) is missing" }
            return found.hasPrefix(wanted) ? nil : "\(column) is \(found) instead of \(wanted)"
        }
        guard !problems.isEmpty else {
            return .ok(.schemaColumns, "all columns have the types that are needed")
        }
        return Finding(
            .schemaColumns, .error, problems.listed(7),
            "run tgworker install-sql, as after each upgrade of the addon in Odoo; it widens Telegram's ids again")
    }

    var functionsFinding: Finding {
        let wanted = SchemaExpectation.current.functions
        let missing = wanted.keys.filter { functions[$0] == nil }.sorted()
        let changed = wanted.filter { functions[$0.key] != nil && functions[$0.key] != $0.value }.keys.sorted()
        guard missing.isEmpty, changed.isEmpty else {
            let problems = missing.map { "\($0) is missing" } + changed.map { "\($0) was changed" }
            return Finding(
                .schemaFunctions, .warning, "function \(problems.listed(7))",
                "take the definition out of tgworker install-sql --print, or uninstall and install again when the queue is empty"
            )
        }
        return .ok(.schemaFunctions, "all \(wanted.count) functions are those of this program")
    }

    var indexesFinding: Finding {
        let missing = SchemaExpectation.current.indexes.subtracting(indexes).sorted()
        guard missing.isEmpty else {
            return Finding(
                .schemaIndexes, .warning, "missing or invalid: index \(missing.listed(7)), so the queue gets slow",
                "take the definition out of tgworker install-sql --print")
        }
        return .ok(.schemaIndexes, "all \(SchemaExpectation.current.indexes.count) indexes are there")
    }
}
