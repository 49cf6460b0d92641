import Postgres
import Telegram

/// How updates come in for a bot: from where, and by which secrets a webhook's requests are known.
struct Reception: Sendable {
    enum Mode: Sendable, Equatable { case polling, webhook }

    let bot: BotUser
    var api: BotAPI
    let mode: Mode
    /// The last part of the webhook's path, as it is before it is percent-encoded.
    let pathSecret: String
    /// What Telegram sends back with each update.
    let token: String
    /// The public address up to `/telegram/webhook`; nil when there is none.
    var publicURL: String?

    /// Where the endpoint takes updates; the addon's path.
    static let path = "/telegram/webhook/"

    /// Reads it, and makes the secrets that are missing.
    static func load(_ bot: BotUser, api: BotAPI, on connection: Connection) async throws(PostgresError) -> Reception {
        let row = try await connection.group([
            Statement(
                """
                update tgworker.bot set webhook_path = coalesce(webhook_path, $2),
                    webhook_token = coalesce(webhook_token, $3)
                where id = $1 and (webhook_path is null or webhook_token is null)
                """, [.integer(bot.id), .text(secret()), .text(secret())]),
            Statement(readSQL, [.integer(bot.id)]),
        ])[1][0]
        let odooSecret: String? = try row.find("webhook_secret")
        let ownSecret: String = try row.get("webhook_path")
        return Reception(
            bot: bot, api: api, mode: try row.get("by_webhook") ? .webhook : .polling,
            pathSecret: odooSecret ?? ownSecret, token: try row.get("webhook_token"),
            publicURL: try row.find("public_url"))
    }

    /// What is configured for bot $1; the secrets are NULL where no worker has made them yet.
    static let readSQL = """
        select b.webhook_path, b.webhook_token, nullif(trim(c.webhook_secret), '') as webhook_secret,
            coalesce((c.facts ->> 'use_webhook')::boolean, tgworker.setting('receive') = 'webhook') as by_webhook,
            coalesce(nullif(trim(tgworker.setting('public_url')), ''),
                nullif(trim(tgworker.odoo_parameter('web.base.url')), '')) as public_url
        from (select $1::bigint as id) wanted
        left join tgworker.bot b on b.id = wanted.id
        left join lateral (
            select c.webhook_secret, to_jsonb(c) as facts
            from public.telegram_bot_config c where c.active order by c.id limit 1
        ) c on true
        """

    /// 128 bits from the operating system's cryptographic generator, in characters fit for a path and a header.
    private static func secret() -> String {
        (0..<16).map { _ in UInt8.random(in: 0...255).hexadecimal }.joined()
    }

    /// The part of a webhook's address that tells ours.
    var webhookPath: String { Self.path + pathSecret.percentEncoded }

    /// Whether a request's secrets are those of this bot.
    func admits(path: String, token: String?) -> Bool {
        // Both are compared whatever the first comes to.
        let isPath = ConstantTime.areEqual(path, pathSecret)
        let isToken = ConstantTime.areEqual(token ?? "", self.token)
        return isPath && isToken
    }
}

extension String {
    /// Percent-encoded for a part of a path (RFC 3986, section 2).
    fileprivate var percentEncoded: String {
        utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%" + byte.hexadecimal.uppercased()
            }
        }
    }
}
