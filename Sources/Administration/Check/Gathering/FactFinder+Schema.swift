import Postgres

extension FactFinder {
    func schema(_ connection: Connection) async throws -> SchemaFacts {
        let answers = try await connection.group(
            [
                Statement("select number, name, checksum from tgworker.migration order by number"),
                Statement(
                    """
                    select t.tgname as name, n.nspname || '.' || c.relname as table, p.proname as function,
                        t.tgenabled::text as enabled
                    from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_class c on c.oid = t.tgrelid
                        join pg_namespace n on n.oid = c.relnamespace
                    where not t.tgisinternal and p.pronamespace = to_regnamespace('tgworker')
                    """),
                Statement(
                    """
                    select n.nspname || '.' || c.relname || '.' || a.attname as column,
                        format_type(a.atttypid, a.atttypmod) as type
                    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
                    where a.attnum > 0 and not a.attisdropped
                        and n.nspname || '.' || c.relname || '.' || a.attname = any ($1)
                        and c.oid = any (array(select to_regclass(t) from unnest($2::text[]) t))
                    """,
                    [
                        .array(SchemaExpectation.columns.keys.sorted().map(Parameter.text)),
                        .array(
                            Set(SchemaExpectation.columns.keys.map(Self.table)).sorted().map(Parameter.text)),
                    ]),
                Statement(
                    "select p.proname as name, p.prosrc as body from pg_proc p where p.pronamespace = to_regnamespace('tgworker')"
                ),
                Statement(
                    """
                    select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
                    where c.relnamespace = to_regnamespace('tgworker') and i.indisvalid and i.indisready
                    """),
            ], timeout: Self.timeout)
        var facts = SchemaFacts()
        facts.applied = try answers[0].map {
            .init(number: try $0.get("number"), name: try $0.get("name"), checksum: try $0.get("checksum"))
        }
        facts.triggers = try answers[1].map {
            .init(
                name: try $0.get("name"), table: try $0.get("table"), function: try $0.get("function"),
                enabled: try $0.get("enabled"))
        }
        for row in answers[2] { facts.columnTypes[try row.get("column")] = try row.get("type") }
        for row in answers[3] { facts.functions[try row.get("name")] = try row.find("body") ?? "" }
        facts.indexes = Set(try answers[4].map { try $0.get("name") })
        return facts
    }

    private static func table(of column: String) -> String {
        column.split(separator: ".").prefix(2).joined(separator: ".")
    }

    /// What this role lacks of what the worker needs. What is not there at all is another matter.
    func missingRights(_ connection: Connection) async throws -> [String] {
        let rights = SchemaExpectation.current.rights
        let rows = try await connection.query(
            """
            select r.number
            from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[]) r (number, kind, privilege, object, col)
            where case r.kind
                when 'schema' then has_schema_privilege(to_regnamespace(r.object)::oid, r.privilege)
                when 'table' then has_table_privilege(to_regclass(r.object)::oid, r.privilege)
                when 'column' then (
                    select has_column_privilege(a.attrelid, a.attnum, r.privilege) from pg_attribute a
                    where a.attrelid = to_regclass(r.object) and a.attname = r.col and not a.attisdropped)
                when 'function' then has_function_privilege(to_regprocedure(r.object)::oid, r.privilege)
                when 'sequence' then has_sequence_privilege(to_regclass(r.object)::oid, r.privilege)
            end = false
            order by r.number
            """,
            [
                .array(rights.indices), .array(rights.map { Parameter.text($0.kind.rawValue) }),
                .array(rights.map { Parameter.text($0.privilege) }), .array(rights.map { Parameter.text($0.object) }),
                .array(rights.map { Parameter.text($0.column) }),
            ], timeout: Self.timeout)
        return try rows.map { row in rights[try row.get("number", as: Int.self)].description }
    }
}
