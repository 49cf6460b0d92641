import Installation

/// What the schema should look like, read out of the migrations that this program carries, so that it cannot fall behind
/// them.
package struct SchemaExpectation: Sendable, Equatable {
    /// Bodies of the functions by name, as the last migration that defines each has them.
    package var functions: [String: String] = [:]
    /// Names of the indexes.
    package var indexes: Set<String> = []
    /// What the worker needs, one privilege on one object each.
    package var rights: [Right] = []

    /// That of this program.
    package static let current = SchemaExpectation(Migration.all.map(\.sql))

    /// Reads the migrations' statements, which keep to one form: `create [or replace] function tgworker.NAME(… as $$ … $$`
    /// and `create index NAME on …`.
    package init(_ scripts: [String]) {
        for script in scripts {
            var rest = script[...]
            while let start = rest.firstRange(of: " function tgworker.") {
                let isCreated =
                    rest[..<start.lowerBound].hasSuffix("create")
                    || rest[..<start.lowerBound].hasSuffix("create or replace")
                rest = rest[start.upperBound...]
                guard isCreated, let open = rest.firstRange(of: "as $$") else { continue }
                let name = String(rest.prefix { $0 != "(" })
                rest = rest[open.upperBound...]
                guard let close = rest.firstRange(of: "$$") else { break }
                functions[name] = String(rest[..<close.lowerBound])
                rest = rest[close.upperBound...]
            }
            for line in script.split(separator: "\n") where line.hasPrefix("create ") {
                let words = line.split(separator: " ")
                if let index = words.firstIndex(of: "index"), words.indices.contains(index + 2), index <= 2 {
                    indexes.insert(String(words[index + 1]))
                }
            }
        }
        rights = Self.quotedTexts(functions["worker_rights"] ?? "").flatMap(Right.all)
    }

    /// The string literals of an SQL text.
    private static func quotedTexts(_ sql: String) -> [String] {
        sql.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// The triggers that the functions are called by.
    package static let triggers: Set<SchemaFacts.Trigger> = [
        .init(name: "tgworker_order_state", table: "public.sale_order", function: "order_state_changed"),
        .init(name: "tgworker_order_created", table: "public.sale_order", function: "order_state_changed"),
        .init(name: "tgworker_reply", table: "public.telegram_message", function: "reply_written"),
        .init(name: "tgworker_user", table: "public.telegram_user", function: "user_changed"),
        .init(name: "tgworker_configuration", table: "public.telegram_bot_config", function: "bot_changed"),
        .init(name: "setting_changed", table: "tgworker.setting", function: "configuration_changed"),
        .init(name: "lane_advances", table: "tgworker.outbox", function: "lane_advances"),
    ]

    /// The types of the columns that are read and written; Telegram's ids do not fit into less.
    package static let columns: [String: String] = [
        "public.telegram_user.telegram_id": "bigint",
        "public.telegram_user.chat_id": "bigint",
        "public.telegram_user.partner_id": "integer",
        "public.telegram_user.is_verified": "boolean",
        "public.telegram_user.verification_code": "character varying",
        "public.telegram_message.message_id": "bigint",
        "public.telegram_message.telegram_user_id": "integer",
        "public.telegram_message.direction": "character varying",
        "public.telegram_message.text": "text",
        "public.telegram_bot_config.bot_token": "character varying",
        "public.telegram_bot_config.webhook_secret": "character varying",
        "public.telegram_bot_config.active": "boolean",
        "public.sale_order.state": "character varying",
        "public.sale_order.name": "character varying",
        "public.sale_order.amount_total": "numeric",
        "public.sale_order.partner_id": "integer",
        "tgworker.outbox.chat_id": "bigint",
        "tgworker.delivery.chat_id": "bigint",
        "tgworker.chat.chat_id": "bigint",
    ]
}

/// One privilege on one object.
package struct Right: Sendable, Equatable {
    package enum Kind: String, Sendable { case schema, table, column, function, sequence }

    package var kind: Kind
    package var privilege: String
    /// With its schema; a function with its arguments' types.
    package var object: String
    package var column: String?

    /// As an administrator reads it.
    package var description: String {
        "\(privilege)\(column.map { " (\($0))" } ?? "") on \(object)"
    }

    /// Reads the object of a GRANT, such as `select (id, name) on public.res_partner`.
    static func all(in grant: String) -> [Right] {
        guard let on = grant.firstRange(of: " on ") else { return [] }
        let privileges = grant[..<on.lowerBound]
        var objects = grant[on.upperBound...]
        var kind = Kind.table
        for named in [Kind.schema, .function, .sequence] where objects.hasPrefix(named.rawValue + " ") {
            kind = named
            objects = objects.dropFirst(named.rawValue.count + 1)
        }
        let names = split(objects)
        if let open = privileges.firstIndex(of: "("), let close = privileges.lastIndex(of: ")") {
            let privilege = privileges[..<open].split(separator: " ").joined()
            let columns = split(privileges[privileges.index(after: open)..<close])
            return names.flatMap { name in
                columns.map { Right(kind: .column, privilege: privilege, object: name, column: $0) }
            }
        }
        return names.flatMap { name in
            split(privileges).map { Right(kind: kind, privilege: $0, object: name) }
        }
    }

    /// Splits at the commas outside of parentheses.
    private static func split(_ text: Substring) -> [String] {
        var parts: [String] = [""]
        var depth = 0
        for character in text {
            switch character {
            case "(": depth += 1
            case ")": depth -= 1
            default: break
            }
            if character == ",", depth == 0 {
                parts.append("")
            } else if character != " " || !parts[parts.count - 1].isEmpty {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
