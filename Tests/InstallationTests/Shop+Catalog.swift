import TestSupport

/// What the catalog says, as text that can be compared.
extension Shop {
    /// Everything in the database but the data, as pg_dump writes it.
    ///
    /// - Parameter withoutAddon: leave out the addon's tables.
    func schemaDump(withoutAddon: Bool = false) async throws -> String {
        let exclusion = withoutAddon ? ["--exclude-table=public.telegram_*"] : []
        let text = try await Command.run(
            cluster.programs + "/pg_dump", ["--schema-only", "--dbname", cluster.url(database: name)] + exclusion)
        // The key of \restrict is a random one.
        return text.split(separator: "\n").filter { !$0.contains("restrict ") }.joined(separator: "\n")
    }

    /// The addon's tables, one line for each thing.
    func describeAddonTables() async throws -> String {
        try await psql(Self.relationsSQL(where: "n.nspname = 'public' and c.relname like 'telegram\\_%'"))
    }

    /// Schema tgworker, its triggers on Odoo's tables and the rights of roles, one line for each thing.
    ///
    /// - Parameter roles: what to call which role.
    func describeInstallation(roles: [String: String] = [:]) async throws -> String {
        var text = try await [
            psql(Self.relationsSQL(where: "n.nspname = 'tgworker'")), psql(Self.functionsSQL), psql(Self.triggersSQL),
            psql(Self.settingsSQL), psql(Self.grantsSQL),
        ].joined(separator: "\n\n")
        for (role, name) in roles { text = text.replacing(role, with: name) }
        return text
    }

    private static func relationsSQL(where condition: String) -> String {
        """
        set search_path = pg_catalog;
        with relation as (
            select c.*, n.nspname || '.' || c.relname as name
            from pg_class c join pg_namespace n on n.oid = c.relnamespace where \(condition)
        ), line (relation, rank, number, text) as (
            select name, 1, 0, concat_ws(' ', case relkind when 'v' then 'view' else 'table' end, name, reloptions,
                ':: ' || obj_description(oid, 'pg_class'))
            from relation where relkind in ('r', 'v')
            union all
            select r.name, 2, a.attnum, concat_ws(' ', '    column', a.attname, format_type(a.atttypid, a.atttypmod),
                case when a.attnotnull then 'not null' end, case a.attidentity when 'a' then 'identity' end,
                'default ' || pg_get_expr(d.adbin, d.adrelid), ':: ' || col_description(r.oid, a.attnum))
            from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
            left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
            where r.relkind in ('r', 'v')
            union all
            select r.name, 3, 0, concat_ws(' ', '    constraint', k.conname, pg_get_constraintdef(k.oid),
                ':: ' || obj_description(k.oid, 'pg_constraint'))
            from relation r join pg_constraint k on k.conrelid = r.oid and k.contype not in ('n', 't')
            union all
            select r.name, 4, 0, '    ' || pg_get_indexdef(i.indexrelid)
            from relation r join pg_index i on i.indrelid = r.oid
            union all
            select o.name, 5, 0, concat_ws(' ', '    sequence', r.name, format_type(s.seqtypid, null), 'from', s.seqstart,
                'by', s.seqincrement, 'of', a.attname)
            from relation r join pg_sequence s on s.seqrelid = r.oid
            join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = r.oid and d.deptype in ('a', 'i')
            join relation o on o.oid = d.refobjid
            join pg_attribute a on a.attrelid = o.oid and a.attnum = d.refobjsubid
        )
        select text from line order by relation, rank, number, text;
        """
    }

    private static let functionsSQL = """
        select concat_ws(' ', 'function', p.oid::regprocedure, 'returns', pg_get_function_result(p.oid), l.lanname,
            case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
            case when p.prosecdef then 'security definer' end, p.proconfig, 'owner', pg_get_userbyid(p.proowner),
            'md5', md5(p.prosrc), ':: ' || obj_description(p.oid, 'pg_proc'))
        from pg_proc p join pg_language l on l.oid = p.prolang
        where p.pronamespace = 'tgworker'::regnamespace order by 1
        """

    private static let triggersSQL = """
        select pg_get_triggerdef(t.oid) from pg_trigger t join pg_proc f on f.oid = t.tgfoid
        where f.pronamespace = 'tgworker'::regnamespace and not t.tgisinternal order by 1
        """

    private static let settingsSQL = """
        select concat_ws(' ', 'setting', name, kind, choices, 'default', default_value, ':: ' || description)
        from tgworker.setting order by name
        """

    /// What others than the owner may do with tgworker's objects, and what was granted on Odoo's.
    private static let grantsSQL = """
        with granted (object, owner, acl) as (
            select 'schema ' || nspname, nspowner, nspacl from pg_namespace where nspname = 'tgworker'
            union all
            select 'function ' || oid::regprocedure, proowner, coalesce(proacl, acldefault('f', proowner))
            from pg_proc where pronamespace = 'tgworker'::regnamespace
            union all
            select relnamespace::regnamespace || '.' || relname, relowner, relacl from pg_class
            where relnamespace in ('tgworker'::regnamespace, 'public'::regnamespace)
            union all
            select c.relnamespace::regnamespace || '.' || c.relname || '.' || a.attname, c.relowner, a.attacl
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace in ('tgworker'::regnamespace, 'public'::regnamespace)
        )
        select concat_ws(' ', 'grant', string_agg(lower(e.privilege_type), ', ' order by e.privilege_type), 'on', g.object, 'to',
            case e.grantee when 0 then 'public' else pg_get_userbyid(e.grantee) end)
        from granted g, aclexplode(g.acl) e
        where e.grantee <> g.owner
        group by g.object, e.grantee order by 1
        """
}
