import Foundation

/// Everything that the page shows and does: the shop, the phone, the worker, and what goes wrong at the moment.
actor Board {
    private let shop: Shop
    private let telegram: Telegram
    private let worker: WorkerKeeper
    private var downUntil = Date.distantPast

    init(shop: Shop, telegram: Telegram, worker: WorkerKeeper) {
        self.shop = shop
        self.telegram = telegram
        self.worker = worker
    }

    /// What the page shows of one customer, as JSON, and the revision of the chat in it.
    ///
    /// - Parameters:
    ///   - revision: the chat's as it is known; where it is another, the answer comes at once.
    ///   - milliseconds: how long to wait for that.
    func view(
        for customer: Customer, after revision: Int?, waiting milliseconds: Int
    ) async throws -> (json: String, revision: Int?) {
        let chat = try await telegram.chat(of: customer, after: revision, waiting: milliseconds)
        let shop = try await shop.view(for: customer)
        let status = String(decoding: try JSONEncoder().encode(await worker.status), as: UTF8.self)
        let down = downUntil > .now ? String(Int64(downUntil.timeIntervalSince1970 * 1000)) : "null"
        return (
            "{\"customer\":\(customer.partnerID),\"shop\":\(shop),\"phone\":\(chat),\"worker\":\(status),\"down\":\(down)}",
            try JSONDecoder().decode(Revision.self, from: Data(chat.utf8)).revision
        )
    }

    private struct Revision: Decodable {
        let revision: Int
    }

    /// Carries out what a button of the page says.
    func perform(_ deed: Deed) async throws {
        switch deed {
        case .write(let customer, let text): try await telegram.write(text, by: customer)
        case .shareContact(let customer): try await telegram.shareContact(of: customer)
        case .press(let customer, let message, let data):
            try await telegram.press(data, under: message, by: customer)
        case .block(let customer, let blocked): try await telegram.block(blocked, by: customer)
        case .setState(let order, let state): try await shop.setState(state, ofOrder: order)
        case .reply(let customer, let text): try await shop.reply(text, to: customer)
        case .markRead(let customer): try await shop.markRead(customer)
        case .link(let customer): try await shop.link(customer)
        case .retry(let outboxID): try await shop.retry(outboxID: outboxID)
        case .goDown(let seconds):
            try await telegram.goDown(seconds: seconds)
            downUntil = Date(timeIntervalSinceNow: Double(seconds))
        case .refuseNext(let customer, let seconds):
            try await telegram.refuseNext(to: customer, retryAfter: seconds)
        case .killWorker: await worker.kill()
        case .reset:
            try await shop.reset()
            try await telegram.reset()
            downUntil = .distantPast
            await worker.restart()
        }
    }
}
