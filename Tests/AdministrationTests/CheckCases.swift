import Administration
import Installation
import Telegram
import Worker

extension [SchemaFacts.Applied] {
    static var current: Self {
        Migration.all.map { .init(number: $0.number, name: $0.name, checksum: $0.checksum) }
    }
}

extension CheckFacts {
    /// Changes facts that are known.
    fileprivate mutating func change<Facts>(
        _ path: WritableKeyPath<CheckFacts, Gathered<Facts>>, _ change: (inout Facts) -> Void
    ) {
        guard var facts = self[keyPath: path].facts else { return }
        change(&facts)
        self[keyPath: path] = .known(facts)
    }
}

extension CheckReportTests.Case {
    static let session: [Self] = [
        .init(.connection, .error, "is not an Odoo database") { $0.change(\.session) { $0.isOdoo = false } },
        .init(.connection, .error, "install the Sales app") { $0.change(\.session) { $0.hasSales = false } },
        .init(.serverVersion, .error, "version 12 or newer") { $0.change(\.session) { $0.versionNumber = 110_000 } },
        .init(.serverVersion, .error, "connect to the primary") { $0.change(\.session) { $0.isStandby = true } },
        .init(.schemaVersion, .error, "run tgworker install-sql") { $0.change(\.session) { $0.isInstalled = false } },
        .init(.privileges, .error, "install-sql --grant-to tgworker") {
            $0.change(\.session) { $0.mayUseSchema = false }
        },
        .init(.privileges, .error, "lacks select on tgworker.chat: run tgworker install-sql --grant-to tgworker") {
            $0.rights = .known(["select on tgworker.chat"])
        },
        .init(.schemaVersion, .error, "missing: \(Migration.latest) ") {
            $0.change(\.schema) { _ = $0.applied.popLast() }
        },
        .init(.schemaVersion, .error, "install a newer tgworker") {
            $0.change(\.schema) { $0.applied.append(.init(number: 999, name: "later", checksum: "0")) }
        },
        .init(.schemaVersion, .error, "applied from another file: migration 2 (outbox)") {
            $0.change(\.schema) { $0.applied[1].checksum = "0" }
        },
        .init(.schemaTriggers, .error, "tgworker_reply on public.telegram_message is missing") {
            $0.change(\.schema) { $0.triggers.removeAll { $0.name == "tgworker_reply" } }
        },
        .init(.schemaTriggers, .error, "tgworker_reply on public.telegram_message is disabled") {
            $0.change(\.schema) { $0.disable("tgworker_reply") }
        },
        .init(.schemaColumns, .error, "telegram_user.telegram_id is integer instead of bigint") {
            $0.change(\.schema) { $0.columnTypes["public.telegram_user.telegram_id"] = "integer" }
        },
        .init(.schemaColumns, .error, "sale_order.state is missing") {
            $0.change(\.schema) { $0.columnTypes["public.sale_order.state"] = nil }
        },
        .init(.schemaFunctions, .warning, "retry was changed") {
            $0.change(\.schema) { $0.functions["retry"] = "begin end" }
        },
        .init(.schemaFunctions, .warning, "retry is missing") {
            $0.change(\.schema) { $0.functions["retry"] = nil }
        },
        .init(.schemaIndexes, .warning, "outbox_lane") { $0.change(\.schema) { $0.indexes.remove("outbox_lane") } },
        .init(.listen, .error, "do not arrive") { $0.listening = .known(.deaf) },
        .init(.listen, .error, "PgBouncer") { $0.listening = .known(.shared("PgBouncer shares")) },
        .init(.databaseIdentity, .error, "is a copy") { $0.identityProblem = .known("database b is a copy of a") },
        .init(.startup, .error, "would not work here: no") { $0.startupProblem = .known("no") },
        .init(.clock, .warning, "the database is 9 s ahead") { $0.change(\.session) { $0.clockOffset = 9000 } },
        .init(.clock, .error, "Telegram is 2 min behind") {
            $0.telegram = .known(.bot(.sample, TelegramClock(telegram: 1000, here: 1120)))
        },
    ]

    static let bot: [Self] = [
        .init(.addon, .error, "customers read everything twice") {
            $0.addon = .known(AddonFacts(version: "17.0.1.0.0"))
        },
        .init(.addon, .warning, "install version 17.0.2 over it") {
            $0.addon = .known(AddonFacts(version: "17.0.1.0.0"))
            $0.bot = .known(BotFacts(active: [], operators: 0, isConfiguredHere: true))
        },
        .init(.bot, .error, "no active bot") { $0.bot = .known(BotFacts(problem: "no active bot: do this")) },
        .init(.bot, .warning, "2 active bots") { $0.bot = .known(BotFacts(active: [1, 2], operators: 1)) },
        .init(.operators, .warning, "nobody is told") { $0.bot = .known(BotFacts(active: [1])) },
        .init(.token, .error, "copy the token from @BotFather") {
            $0.telegram = .known(.failed(.unauthorized("Unauthorized")))
        },
        .init(.token, .error, "cannot be reached") { $0.telegram = .known(.failed(.unreachable("no connection"))) },
        .init(.webhook, .warning, "polling is configured, but a webhook is set at other.example") {
            $0.webhook = .known(WebhookOutlook(isWanted: false, registered: .foreign(host: "other.example")))
        },
        .init(.webhook, .error, "none is set at Telegram") {
            $0.webhook = .known(WebhookOutlook(isWanted: true, registered: .nothing))
        },
        .init(.webhook, .error, "another one is set, at other.example") {
            $0.webhook = .known(WebhookOutlook(isWanted: true, registered: .foreign(host: "other.example")))
        },
        .init(.webhook, .error, "there is no public address") {
            $0.webhook = .known(.ours { $0.addressProblem = "there is no public address" })
        },
        .init(.webhook, .error, "Telegram delivers to https only") {
            $0.webhook = .known(.ours { $0.isSecure = false })
        },
        .init(.webhook, .error, "the configuration says https://new.example") {
            $0.webhook = .known(
                .ours {
                    $0.isElsewhere = true
                    $0.address = "https://new.example/telegram/webhook/…"
                })
        },
        .failing("SSL error {error:0A000086:SSL routines::certificate verify failed}", "fullchain.pem"),
        .failing("Connection timed out", "open the port in the firewall"),
        .failing("Failed to resolve host: Name or service not known", "DNS"),
        .failing("Wrong response from the webhook: 404 Not Found", "pass /telegram/webhook/ on"),
        .failing("Wrong response from the webhook: 302 Found", "without a redirect"),
        .failing("Wrong response from the webhook: 502 Bad Gateway", "start the worker"),
        .init(.otherReceiver, .error, "stop the other program that uses this token") {
            $0.change(\.workers) {
                $0.instances[0].lastError = "\(TelegramError.conflict("terminated by other getUpdates request"))"
            }
        },
    ]

    private static func failing(_ error: String, _ remedy: String) -> Self {
        .init(.webhook, .error, remedy) {
            $0.webhook = .known(
                .ours {
                    $0.lastError = error
                    $0.lastErrorAge = 12
                    $0.pending = 3
                })
        }
    }

    static let queue: [Self] = [
        .init(.worker, .warning, "no worker runs") { $0.workers = .known(WorkerFacts()) },
        .init(.worker, .warning, "none of them sends") { $0.change(\.workers) { $0.isLockHeld = false } },
        .init(.worker, .warning, "is version 0.0.1, this program is") {
            $0.change(\.workers) { $0.instances[0].version = "0.0.1" }
        },
        .init(.connection, .error, "broke during the check") {
            $0.connectionProblem = ("the connection to the database broke during the check", "run it again")
        },
        .init(.worker, .warning, "says: Telegram cannot be reached") {
            $0.change(\.workers) { $0.instances[0].lastError = "Telegram cannot be reached" }
        },
        .init(.queue, .error, "no worker runs") {
            $0.queue = .known(QueueFacts(waiting: 3, ready: 3, oldestReady: 900))
            $0.workers = .known(WorkerFacts())
        },
        .init(
            .queue, .error, "10000+ messages wait, the oldest is ready to go for 15 min: Telegram asked the bot to wait"
        ) {
            $0.queue = .known(QueueFacts(waiting: 10_001, ready: 3, oldestReady: 900, botPause: 60))
        },
        .init(.queue, .error, "there is no bot") {
            $0.queue = .known(QueueFacts(waiting: 3, oldestReady: 900))
            $0.bot = .known(BotFacts(problem: "no active bot"))
        },
        .init(.queue, .error, "most often Telegram was not reached") {
            $0.queue = .known(QueueFacts(waiting: 3, oldestReady: 900, commonError: "Telegram was not reached"))
        },
        .init(.vacuum, .warning, "session 42 (user odoo, application odoo-1, open for 2 h)") {
            $0.horizon = .known([
                SnapshotHolder(kind: .session, id: "42", user: "odoo", application: "odoo-1", age: 7200)
            ])
        },
        .init(.vacuum, .warning, "rollback prepared 'x'") {
            $0.horizon = .known([SnapshotHolder(kind: .prepared, id: "x", user: "odoo", age: 7200)])
        },
        .init(.vacuum, .warning, "pg_drop_replication_slot('gone')") {
            $0.horizon = .known([SnapshotHolder(kind: .slot, id: "gone", transactions: 5, isActive: false)])
        },
        .init(.customerNotifications, .error, "trigger tgworker_order_state on sale_order does not fire") {
            $0.change(\.schema) { $0.disable("tgworker_order_state") }
        },
        .init(.customerNotifications, .error, "notify_states names no state") {
            $0.change(\.customers) { $0.notifiedStates = " , " }
        },
        .init(.customerNotifications, .warning, "1 linked but not verified (partner 10)") {
            $0.change(\.customers) {
                $0.unverifiedCount = 1
                $0.unverified = [.init(user: 5, partner: 10)]
            }
        },
        .init(
            .customerNotifications, .warning,
            "10000+ that Telegram does not let through (partner 1, partner 2, partner 3, …)"
        ) {
            $0.change(\.customers) {
                $0.blockedCount = 10_001
                $0.blocked = (1...5).map { .init(user: $0, partner: $0) }
            }
        },
        .init(.sending, .error, "the bot token is wrong") {
            $0.telegram = .known(.failed(.unauthorized("Unauthorized")))
        },
        .init(.sending, .warning, "2 × the customer has blocked the bot (chat 7): ask the customer to open the bot") {
            $0.failures = .known(
                FailureFacts(
                    failed: [.init(reason: "the customer has blocked the bot", count: 2, chat: 7)], sentLately: 5))
        },
        .init(.sending, .error, "check the Telegram ID in Odoo") {
            $0.failures = .known(
                FailureFacts(
                    failed: [
                        .init(
                            reason:
                                "Telegram knows no such chat: the customer has never written to the bot, or the id is wrong",
                            count: 20, chat: 7)
                    ]))
        },
        .partner(.customerNotifications, "select tgworker.invite_link(10)") { $0.users = [] },
        .partner(.customerNotifications, "select tgworker.send_code(5)") { $0.users[0].isVerified = false },
        .partner(.customerNotifications, "has no Telegram ID") { $0.users[0].chat = nil },
        .partner(.customerNotifications, "press Start") {
            $0.users[0].blockedReason = "the customer has blocked the bot"
        },
        .partner(.customerNotifications, "for another 1 min") { $0.users[0].pause = 60 },
        .partner(.sending, "tgworker outbox retry --chat 7") {
            $0.users[0].lastOutcome = "failed"
            $0.users[0].lastReason = "Telegram refuses the message"
        },
    ]

    private static func partner(
        _ name: Finding.Name, _ words: String, _ change: @escaping @Sendable (inout PartnerFacts) -> Void
    ) -> Self {
        .init(name, .warning, words) { facts in
            var user = PartnerFacts.User(5)
            user.chat = 7
            var partner = PartnerFacts(10, "Maria", users: [user])
            change(&partner)
            facts.partners = .known([partner])
        }
    }
}

extension SchemaFacts {
    fileprivate mutating func disable(_ name: String) {
        for index in triggers.indices where triggers[index].name == name { triggers[index].enabled = "D" }
    }
}

extension WebhookOutlook {
    fileprivate static func ours(_ change: (inout WebhookOutlook) -> Void) -> WebhookOutlook {
        var outlook = WebhookOutlook(isWanted: true, registered: .ours(host: "shop.example"))
        outlook.address = "https://shop.example/telegram/webhook/…"
        change(&outlook)
        return outlook
    }
}
