import Postgres
import TestSupport
import Testing

@testable import Worker

extension Undisturbed {
    /// Rows and pages, as the server counts them for the transaction (PostgreSQL, The Cumulative Statistics System).
    @Suite("What the database does for a batch of notifications")
    struct StatementCostTests {
        /// How many messages are in it, and how many wait besides.
        private static let batch = 32, waiting = 2_000

        private struct Touched {
            var read = 0
            var inserted = 0
            var updated = 0
            var deleted = 0
        }

        private struct Work {
            var tables: [String: Touched] = [:]
            /// Pages of tables and indexes that were asked for, triggers and checks of keys included.
            var pages = 0

            subscript(table: String) -> Touched { tables[table] ?? Touched() }
            /// Tables with rows that were inserted, updated or deleted.
            var changed: Set<String> {
                Set(tables.filter { $1.inserted + $1.updated + $1.deleted > 0 }.keys)
            }
            /// The same, and those with rows that were read.
            var touched: Set<String> { changed.union(tables.filter { $1.read > 0 }.keys) }

            static func - (now: Work, before: Work) -> Work {
                var work = Work(pages: now.pages - before.pages)
                for (name, table) in now.tables {
                    let before = before[name]
                    work.tables[name] = Touched(
                        read: table.read - before.read, inserted: table.inserted - before.inserted,
                        updated: table.updated - before.updated, deleted: table.deleted - before.deleted)
                }
                return work
            }
        }

        private func counted(_ transaction: Transaction) async throws -> Work {
            let answers = try await transaction.group([
                Statement(
                    """
                    select relname::text as name, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as read,
                        n_tup_ins as inserted, n_tup_upd as updated, n_tup_del as deleted
                    from pg_stat_xact_user_tables where schemaname in ('public', 'tgworker')
                    """),
                Statement(
                    """
                    select sum(pg_stat_get_xact_blocks_fetched(c.oid))::bigint as pages from pg_class c
                    where c.relnamespace in ('public'::regnamespace, 'tgworker'::regnamespace)
                    """),
            ])
            var work = Work(pages: try answers[1][0].get("pages"))
            for row in answers[0] {
                work.tables[try row.get("name")] = Touched(
                    read: try row.get("read"), inserted: try row.get("inserted"), updated: try row.get("updated"),
                    deleted: try row.get("deleted"))
            }
            return work
        }

        /// What a statement touches, and what it answers.
        private func work(of statement: Statement, in transaction: Transaction) async throws -> (Work, Rows) {
            let before = try await counted(transaction)
            let rows = try await transaction.group([statement])[0]
            return (try await counted(transaction) - before, rows)
        }

        @Test("is proportional to the batch: a glance reads and changes its rows, a record moves them, nothing else")
        func batch() async throws {
            let queue = try await Queue.open(in: Undisturbed.cluster)
            try await queue.addCustomers(1...Self.waiting)
            try await queue.session.group(Statement.planning)
            try await queue.session.script(Queue.Writing.order.sql(customers: 1...Self.waiting))
            let claim = OutboxClaim(limit: Self.batch, window: Self.batch, busy: [], depth: .glance)
            var last: (glance: Work, finish: Work)?
            // The first ones also read the catalog, and fill what the rest uses.
            for _ in 1...4 {
                last = try await queue.session.transaction { transaction in
                    let (glance, rows) = try await work(of: Queue.statement(claim), in: transaction)
                    let messages = try OutboxClaim.Answer(rows, to: claim).messages
                    #expect(messages.count == Self.batch)
                    let (finish, _) = try await work(
                        of: OutboxStatements.finish(
                            messages.map {
                                Finished(id: $0.id, outcome: .sent, messageID: $0.id, text: "Заказ подтверждён")
                            }), in: transaction)
                    return (glance, finish)
                }
            }
            let (glance, finish) = try #require(last)
            check(glance)
            check(finish: finish)
            try await queue.close()
        }

        private func check(_ glance: Work) {
            let batch = Self.batch
            // As a candidate, when it is locked, and when it is changed; one more look for each is allowed.
            #expect(glance["outbox"].read <= 4 * batch)
            #expect(glance["outbox"].updated == batch, "the intent")
            #expect(glance["outbox"].inserted + glance["outbox"].deleted == 0)
            // By its key, once for each message; a partner once more for the time zone of the company.
            let sources = ["telegram_user", "res_partner", "sale_order", "res_company"]
            for table in sources { #expect(glance[table].read <= 2 * batch, "\(table)") }
            #expect(glance["crash_witness"].read <= 1)
            #expect(glance.changed == ["outbox"])
            #expect(glance.touched.isSubset(of: sources + ["outbox", "crash_witness"]))
            // 34 for each with PostgreSQL 15, most of them on the way down to a key and to new entries in three indexes.
            #expect(glance.pages <= 52 * batch)
        }

        private func check(finish: Work) {
            let batch = Self.batch
            // When it is deleted; once more to find the next of its lane, of which there is none.
            #expect(finish["outbox"].read <= 2 * batch)
            #expect(finish["outbox"].deleted == batch)
            #expect(finish["outbox"].updated + finish["outbox"].inserted == 0)
            #expect(finish["delivery"].inserted == batch, "the ledger")
            #expect(finish["telegram_message"].inserted == batch, "Odoo's history")
            for table in ["delivery", "telegram_message"] {
                #expect(finish[table].read + finish[table].updated + finish[table].deleted == 0, "\(table)")
            }
            // By its key, and as what the history refers to: the user, the partner, and who wrote it, twice.
            let referred = ["telegram_user", "res_partner", "res_users"]
            for table in referred { #expect(finish[table].read <= 2 * batch, "\(table)") }
            #expect(finish.changed == ["outbox", "delivery", "telegram_message"])
            #expect(finish.touched.isSubset(of: referred + ["outbox", "delivery", "telegram_message"]))
            // 42 for each with PostgreSQL 15: new entries in seven indexes, four references, and the way to them.
            #expect(finish.pages <= 64 * batch)
        }
    }
}
