import Telegram
import Worker

extension CheckFacts {
    var addonFinding: Finding {
        addon.finding(.addon) { addon in
            guard let version = addon.version else {
                return .ok(.addon, "Odoo's module telegram_bot is not installed; the worker does not need it")
            }
            guard version.hasPrefix("17.0.1.") else {
                return .ok(.addon, "Odoo's module telegram_bot \(version) leaves the sending to the worker")
            }
            let hasActiveBot = !(bot.facts?.active.isEmpty ?? true)
            return Finding(
                .addon, hasActiveBot ? .error : .warning,
                "Odoo has the original module telegram_bot \(version)"
                    + (hasActiveBot
                        ? ", which sends by itself: customers read everything twice"
                        : ", which would send by itself if its bot were active"),
                hasActiveBot
                    ? "install version 17.0.2 over it, or make its bot inactive and give the token in a file (TGWORKER_BOT_TOKEN_FILE)"
                    : "install version 17.0.2 over it")
        }
    }

    var botFinding: Finding {
        bot.finding(.bot) { bot in
            if let problem = bot.problem { return Finding(.bot, .error, problem) }
            if bot.isConfiguredHere {
                return .ok(.bot, "the token is the one of this machine's configuration")
            }
            guard bot.active.count > 1 else { return .ok(.bot, "Odoo has one active bot") }
            return Finding(
                .bot, .warning, "Odoo has \(bot.active.count) active bots, and the one with the lowest id is used",
                "leave one of them active: Telegram > Settings > Bot configuration")
        }
    }

    var operatorsFinding: Finding {
        bot.finding(.operators) { bot in
            if bot.active.isEmpty { return .skipped(.operators, because: "Odoo has no active bot") }
            guard bot.operators == 0 else {
                return .ok(.operators, "\(Words.count(bot.operators, "operator is", "operators are")) told of messages")
            }
            return Finding(
                .operators, .warning, "the bot has no operators, so nobody is told when a customer writes",
                "choose them in Odoo: Telegram > Settings > Bot configuration > Operators")
        }
    }

    var tokenFinding: Finding {
        telegram.finding(.token) { telegram in
            switch telegram {
            case .bot(let user, _):
                return .ok(.token, "Telegram knows the bot as \(user.username.map { "@" + $0 } ?? "\(user.id)")")
            case .failed(.unauthorized(let reason)):
                return Finding(
                    .token, .error, "Telegram does not accept the bot token (\(reason))",
                    "copy the token from @BotFather (/mybots > API Token) into Odoo's bot configuration or the token file"
                )
            case .failed(let error):
                return Finding(
                    .token, .error, "\(error)",
                    "check name service, firewall, proxy and --telegram-api-url on this machine")
            }
        }
    }

    var webhookFinding: Finding {
        webhook.finding(.webhook) { webhook in
            if !webhook.isWanted {
                switch webhook.registered {
                case .nothing: return .ok(.webhook, "none, as configured: updates are polled")
                case .ours(let host), .foreign(let host):
                    return Finding(
                        .webhook, .warning,
                        "polling is configured, but a webhook is set at \(host), so nothing can be polled",
                        "tgworker run removes it; to keep it, run tgworker webhook set")
                }
            }
            return webhook.wantedFinding
        }
    }

    var otherReceiverFinding: Finding {
        workers.finding(.otherReceiver) { workers in
            guard workers.sender != nil else {
                return .skipped(
                    .otherReceiver,
                    because: "only a running worker learns of it: to ask Telegram would interrupt whoever receives")
            }
            let conflict = workers.alive.compactMap(\.lastError).first { $0.contains(Self.conflictWords) }
            guard let conflict else { return .ok(.otherReceiver, "nobody else takes this bot's updates") }
            return Finding(
                .otherReceiver, .error, "Telegram answers 409: \(conflict)",
                "stop the other program that uses this token (a worker on a copy of the database, the original addon's poller), or get a new token from @BotFather"
            )
        }
    }

    /// How the worker calls a 409.
    private static let conflictWords = String("\(TelegramError.conflict(""))".prefix { $0 != "(" }.dropLast())
}
