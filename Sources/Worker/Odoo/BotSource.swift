package import Postgres
package import Telegram

/// Where the bot's token comes from.
package enum BotSource {
    /// The active bot, or what to do so that there is one.
    package enum Finding: Sendable, Equatable {
        case bot(BotToken)
        case missing(advice: String)
    }

    /// The token of the machine's configuration wins; else Odoo's active bot with the lowest id, as the addon chooses.
    package static func find(configured: BotToken?, on connection: Connection) async throws(PostgresError) -> Finding {
        if let configured { return .bot(configured) }
        let rows: Rows
        do {
            rows = try await connection.query(
                "select bot_token, active is true as active from public.telegram_bot_config order by active is true desc, id"
            )
        } catch let error where error.sqlState == .undefinedTable {
            return .missing(advice: "table telegram_bot_config is gone: run tgworker install-sql")
        }
        guard let row = rows.first, try row.get("active") else {
            return .missing(
                advice:
                    "no active bot: in Odoo open Telegram > Settings > Bot configuration, enter the token and tick Active (or set TGWORKER_BOT_TOKEN)"
            )
        }
        do {
            return .bot(try BotToken(try row.find("bot_token") ?? ""))
        } catch let error as TelegramError {
            return .missing(advice: "the active bot in Odoo cannot be used: \(error)")
        } catch {
            throw PostgresError(.unexpectedResult, message: "bot_token cannot be read")
        }
    }
}
