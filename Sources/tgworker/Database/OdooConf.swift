/// The database settings in Odoo's configuration file.
///
/// Odoo reads it with Python's `configparser.RawConfigParser` (odoo/tools/config.py), and so does this: sections in
/// brackets, `name = value` or `name: value`, names in any case, comments on lines of their own after `;` or `#`,
/// indented lines continue a value, section `DEFAULT` stands behind the others, and `%` has no meaning.
struct OdooConf: Equatable, Sendable {
    /// The settings by their libpq names, without the database.
    let settings: [String: String]
    /// The databases that `db_name` lists.
    let databases: [String]

    private static let libpqNames = [
        "db_host": "host", "db_port": "port", "db_user": "user", "db_password": "password", "db_sslmode": "sslmode",
    ]

    /// Reads the file's text.
    ///
    /// - Parameter path: the file's name, for messages.
    /// - Throws: ``CommandError``, which shows names and line numbers but no values.
    init(_ text: String, path: String) throws(CommandError) {
        let sections = try Self.sections(of: text, path: path)
        guard let options = sections["options"] else {
            let others = sections.keys.filter { $0 != "DEFAULT" }.sorted().map { "[\($0)]" }.joined(separator: ", ")
            throw CommandError(
                "\(path) has no section [options]\(others.isEmpty ? "" : ", only \(others)")",
                "name the configuration file of the Odoo server with --odoo-conf")
        }
        let values = (sections["DEFAULT"] ?? [:]).merging(options) { $1 }.compactMapValues { value in
            // What Odoo takes for "not set".
            ["", "False", "false"].contains(value) ? nil : value
        }
        settings = Self.libpqNames.reduce(into: [:]) { $0[$1.value] = values[$1.key] }
        databases = (values["db_name"] ?? "").split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
    }

    private static func sections(of text: String, path: String) throws(CommandError) -> [String: [String: String]] {
        var sections: [String: [String: String]] = [:]
        var section: String?
        var name: String?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let content = line.trimmed
            guard let first = content.first, first != ";", first != "#" else { continue }
            if line.first?.isWhitespace == true, let section, let name {
                sections[section]?[name]?.append("\n" + content)
            } else if first == "[", let end = content.lastIndex(of: "]") {
                let title = String(content[content.index(after: content.startIndex)..<end])
                sections[title, default: [:]] = sections[title] ?? [:]
                section = title
                name = nil
            } else {
                guard let section, let delimiter = content.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                    throw CommandError(
                        "line \(index + 1) of \(path) is \(section == nil ? "before the first section" : "no setting")",
                        "write settings as name = value below [options], as Odoo reads them")
                }
                let key = content[..<delimiter].trimmed.lowercased()
                sections[section]?[key] = content[content.index(after: delimiter)...].trimmed
                name = key
            }
        }
        return sections
    }
}
