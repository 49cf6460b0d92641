import Foundation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// How updates come in.
enum Way: String, CaseIterable, Sendable {
    case polling, webhook
}

/// A worker that receives, and where it takes what Telegram posts.
struct Receiver: Sendable {
    let process: ChildProcess
    /// The address of its webhook, secret included.
    let webhook: String
    /// What Telegram sends with it.
    let token: String

    /// Posts a body to the webhook as Telegram would.
    ///
    /// - Returns: the HTTP status.
    func post(_ body: some Collection<UInt8>, to address: String? = nil, token: String? = nil) async throws -> Int {
        let url = try #require(URL(string: address ?? webhook))
        var request = URLRequest(url: url, timeoutInterval: 120)
        request.httpMethod = "POST"
        request.httpBody = Data(body)
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue(token ?? self.token, forHTTPHeaderField: "X-Telegram-Bot-Api-Secret-Token")
        let (_, response) = try await Self.session.data(for: request)
        return try #require(response as? HTTPURLResponse).statusCode
    }

    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = 40
        return URLSession(configuration: configuration)
    }()
}

extension Shop {
    /// A shop whose simulator lets a webhook be on this machine.
    static func openForCustomers(_ kind: DemoDatabase, in cluster: Cluster? = nil) async throws -> Shop {
        let shop = try await open(kind, simulator: ["--allow-http-webhook"], in: cluster)
        // The demo's own address is no public one.
        try await shop.database.psql(
            "delete from ir_config_parameter where key = 'web.base.url'; delete from telegram_bot_operator_rel")
        return shop
    }

    /// Starts a worker that receives in this way.
    func startReceiver(
        _ way: Way, url: String? = nil, awaiting line: String = "receiving mode="
    ) async throws -> Receiver {
        try await database.psql("update tgworker.setting set value = '\(way.rawValue)' where name = 'receive'")
        let process = try await startWorker(url: url, awaiting: line)
        let listening = try await process.line(containing: "listening address=")
        let address = try #require(listening.split(separator: "=").last)
        let token = try await database.psql("select webhook_token from tgworker.bot where id = 123456")
        let receiver = Receiver(
            process: process, webhook: "\(address)/telegram/webhook/\(Shop.webhookSecret)", token: token)
        if way == .webhook { try await setWebhook(to: receiver) }
        return receiver
    }

    /// Makes the simulator post to a worker.
    func setWebhook(to receiver: Receiver) async throws {
        try await telegram.call(
            "setWebhook", ["url": .string(receiver.webhook), "secret_token": .string(receiver.token)])
    }

    /// A customer with a Telegram account of their own.
    func guest(_ id: Int64, name: String = "Мария", language: String? = "ru") -> Guest {
        Guest(shop: self, id: id, name: name, language: language)
    }

    /// The code that was made for somebody.
    func code(of telegramID: Int64) async throws -> String {
        try await database.psql("select verification_code from telegram_user where telegram_id = \(telegramID)")
    }

    /// Waits until so many updates are entered in the log.
    func updatesLogged(_ count: Int, within timeout: Duration = .seconds(60)) async throws {
        try await eventually("\(count) updates in the log", timeout: timeout) {
            try await number("select count(*) from tgworker.update_log") >= count
        }
    }

    /// What a manager's click in Odoo does, in a transaction like Odoo's.
    func manage(_ sql: String) async throws {
        try await database.psql("begin isolation level repeatable read; \(sql); commit")
    }

    /// A partner that a test may change.
    func partner(_ name: String, phone: String? = nil, mobile: String? = nil, language: String = "ru_RU") async throws
        -> Int
    {
        func literal(_ text: String?) -> String { text.map { "$$\($0)$$" } ?? "null" }
        let id = try await number(
            """
            insert into res_partner (name, complete_name, active, type, lang, phone, mobile)
            values ($$\(name)$$, $$\(name)$$, true, 'contact', '\(language)', \(literal(phone)), \(literal(mobile)))
            returning id
            """)
        try await database.psql("update res_partner set commercial_partner_id = id where id = \(id)")
        return id
    }
}

/// Somebody who writes to the bot and reads what it says.
actor Guest {
    let shop: Shop
    let id: Int64
    private let name: String
    private let language: String?
    private var seen = 0

    init(shop: Shop, id: Int64, name: String, language: String?) {
        self.shop = shop
        self.id = id
        self.name = name
        self.language = language
    }

    private var from: JSON {
        var fields: [String: JSON] = ["first_name": .string(name)]
        if let language { fields["language_code"] = .string(language) }
        return .object(fields)
    }

    /// Writes a message.
    @discardableResult
    func write(_ text: String?, _ fields: [String: JSON] = [:]) async throws -> Simulator.Written {
        try await shop.telegram.write(text, in: id, fields: fields.merging(["from": from]) { $1 })
    }

    /// Waits for the bot's next message in this chat.
    func read() async throws -> Simulator.SentMessage {
        let message = try #require(try await shop.telegram.sent(after: seen, in: id, wait: .seconds(40)).first)
        seen = message.sequence
        return message
    }

    /// Writes, and waits for the answer.
    func ask(_ text: String?, _ fields: [String: JSON] = [:]) async throws -> String {
        try await write(text, fields)
        return try await read().text
    }

    /// Presses the button under a message.
    func press(_ message: Simulator.SentMessage) async throws {
        try await shop.telegram.press(try #require(message.buttonData), under: message.messageId, in: id)
    }

    /// Whether the bot has said nothing more by the time that it answers something else.
    func hasReadAll() async throws -> Bool {
        try await shop.telegram.sent(count: 0, after: seen, in: id).isEmpty
    }
}

extension Simulator.SentMessage {
    /// What the only button below it holds.
    var buttonData: String? {
        guard case .object(let markup)? = replyMarkup,
            case .array(let rows)? = markup["inline_keyboard"] ?? markup["inlineKeyboard"],
            case .array(let buttons)? = rows.first, case .object(let button)? = buttons.first,
            case .string(let data)? = button["callback_data"] ?? button["callbackData"]
        else { return nil }
        return data
    }
}
