import Foundation
import Postgres
import Reactor
import TestSupport

/// One of those who write to Odoo's database: one transaction after the other, each once, whatever happens to the server.
///
/// Each transaction also writes what it promises into `chaos.event`, so that the database itself can tell afterwards which
/// were committed, those included whose COMMIT was not answered.
actor ChaosOdoo {
    /// What became of the transactions, by token.
    private(set) var acknowledged: Set<Int> = []
    private(set) var rolledBack: Set<Int> = []
    /// Transactions of which nobody was told whether they are committed.
    private(set) var unanswered = 0

    private let database: TestDatabase
    private let reactor: Reactor
    private var connection: Connection?

    init(_ database: TestDatabase, reactor: Reactor) {
        self.database = database
        self.reactor = reactor
    }

    /// Telegram's id of a customer, above what 32 bits hold.
    static func chat(of customer: Int) -> Int64 { 5_000_000_000 + Int64(customer) }

    private static func partner(of customer: Int) -> Int { 100_000 + customer }
    private static func order(_ number: Int, of customer: Int) -> Int {
        100_000 + customer * ChaosSchedule.ordersPerCustomer + number
    }

    /// Enters the customers, their Telegram accounts and their orders.
    static func furnish(_ database: TestDatabase, customers: Int) async throws {
        let orders = ChaosSchedule.ordersPerCustomer
        try await database.psql(
            """
            create schema chaos;
            create table chaos.event (token integer primary key, kind text not null, chat_id bigint not null, words integer not null);
            insert into res_partner (id, name, complete_name, commercial_partner_id, active, type, lang)
            select 100000 + n, 'C' || n, 'C' || n, 100000 + n, true, 'contact', 'ru_RU' from generate_series(0, \(customers - 1)) n;
            insert into telegram_user (id, telegram_id, chat_id, partner_id, is_verified, first_name, display_name)
            select 100000 + n, 5000000000 + n, 5000000000 + n, 100000 + n, true, 'C', 'C' from generate_series(0, \(customers - 1)) n;
            insert into sale_order (id, company_id, partner_id, partner_invoice_id, partner_shipping_id, name, state,
                date_order, amount_total, currency_id)
            select 100000 + n, 1, p, p, p, 'K' || n, 'draft', now(), 0, (select id from res_currency where name = 'RUB')
            from generate_series(0, \(customers * orders - 1)) n, lateral (select 100000 + n / \(orders) as p) partner
            """)
    }

    /// Carries it out. What the server has surely not committed is done again.
    func perform(_ business: ChaosBusiness) async throws {
        switch business {
        case .orders(let changes, let commits):
            try await commit(changes.map(\.token), commits: commits) { transaction in
                try await transaction.group(changes.flatMap(Self.statements))
            }
        case .reply(let token, let customer, let words, let commits):
            try await commit([token], commits: commits) { transaction in
                try await transaction.group(Self.statements(token: token, customer: customer, words: words))
            }
        case .text, .command: break
        }
    }

    private struct Rollback: Error {}

    private func commit(
        _ tokens: [Int], commits: Bool, _ body: @escaping @Sendable (Transaction) async throws -> Void
    ) async throws {
        while true {
            var isWritten = false
            do {
                try await connected().transaction { transaction in
                    try await transaction.query("set transaction isolation level repeatable read")
                    try await body(transaction)
                    if !commits { throw Rollback() }
                    isWritten = true
                }
                acknowledged.formUnion(tokens)
                return
            } catch is Rollback {
                rolledBack.formUnion(tokens)
                return
            } catch let error as PostgresError where error.isTransient || error.kind == .connectionLost {
                await connection?.close()
                connection = nil
                if isWritten {
                    unanswered += 1
                    return
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func connected() async throws -> Connection {
        if let connection, await connection.isOpen { return connection }
        let configuration = ConnectionConfiguration(conninfo: database.conninfo, applicationName: "odoo")
        let new = try await Connection.connect(configuration, on: reactor)
        connection = new
        return new
    }

    func close() async {
        await connection?.close()
    }

    // MARK: Statements

    private static func statements(_ change: ChaosBusiness.OrderChange) -> [Statement] {
        [
            // Each change is one to another state, whatever the state is.
            Statement(
                """
                update sale_order set amount_total = $2, write_date = now() at time zone 'UTC', state = case state
                    when 'draft' then 'sent' when 'sent' then 'sale' when 'sale' then 'done' when 'done' then 'cancel'
                    else 'draft' end
                where id = $1
                """, [.integer(order(change.order, of: change.customer)), .integer(change.token)], prepared: true),
            promise(change.token, .order, change.customer, words: 0),
        ]
    }

    private static func statements(token: Int, customer: Int, words: Int) -> [Statement] {
        [
            Statement(
                """
                insert into telegram_message (telegram_user_id, partner_id, user_id, direction, text, is_read, message_date,
                    create_uid, write_uid, create_date, write_date)
                select id, partner_id, 2, 'outgoing', $2, true, date_trunc('second', now() at time zone 'UTC'), 2, 2,
                    now() at time zone 'UTC', now() at time zone 'UTC'
                from telegram_user where id = $1
                """,
                [.integer(partner(of: customer)), .text(ChaosContent.reply(token: token, words: words))],
                prepared: true),
            promise(token, .reply, customer, words: words),
        ]
    }

    private static func promise(_ token: Int, _ kind: ChaosFacts.Kind, _ customer: Int, words: Int) -> Statement {
        Statement(
            "insert into chaos.event (token, kind, chat_id, words) values ($1, $2, $3, $4)",
            [.integer(token), .text(kind.rawValue), .integer(chat(of: customer)), .integer(words)], prepared: true)
    }
}
