import Postgres
import TestSupport
import Testing

extension Schema {
    struct LaneTests {
        private func behind(_ shop: Shop) async throws -> [Int] {
            try await shop.rows("select id from tgworker.outbox where behind order by id").compactMap { Int($0) }
        }

        @Test(
            "when the head of a lane is deleted the next comes forward, and only that",
            arguments: DemoDatabase.allAvailable)
        func next(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let lane = [
                    try await shop.enqueue(chat: 1), try await shop.enqueue(chat: 1, behind: true),
                    try await shop.enqueue(chat: 1, behind: true),
                ]
                let others = [
                    try await shop.enqueue(chat: 1, priority: 2),
                    try await shop.enqueue(chat: 1, priority: 2, behind: true),
                    try await shop.enqueue(chat: 2), try await shop.enqueue(chat: 2, behind: true),
                ]
                try await shop.psql("delete from tgworker.outbox where id = \(lane[0])")
                #expect(try await behind(shop) == [lane[2], others[1], others[3]])
                try await shop.psql("delete from tgworker.outbox where id = \(lane[1])")
                #expect(try await behind(shop) == [others[1], others[3]])
            }
        }

        @Test("several heads in one statement, and rows from the middle", arguments: DemoDatabase.allAvailable)
        func several(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                var rows: [[Int]] = []
                for chat in 1...3 {
                    rows.append([
                        try await shop.enqueue(chat: chat), try await shop.enqueue(chat: chat, behind: true),
                        try await shop.enqueue(chat: chat, behind: true),
                    ])
                }
                try await shop.psql(
                    "delete from tgworker.outbox where id in (\(rows[0][0]), \(rows[1][0]), \(rows[1][1]), \(rows[2][1]))"
                )
                #expect(try await behind(shop) == [rows[0][2], rows[2][2]])
                try await shop.psql("delete from tgworker.outbox")
                #expect(try await behind(shop) == [])
            }
        }

        @Test("an operator can discard what waits, not what is being sent", arguments: DemoDatabase.allAvailable)
        func discard(kind: DemoDatabase) async throws {
            try await Shop.with(kind) { shop in
                let odoo = try await shop.handOver()
                try await shop.install()
                let head = try await shop.enqueue(chat: 5, source: 10)
                let next = try await shop.enqueue(chat: 5, source: 11, behind: true)
                try await shop.beginAttempt(head)
                #expect(try await shop.psql("select tgworker.discard(\(head))", as: odoo) == "f")
                try await shop.psql("update tgworker.outbox set sending_since = null where id = \(head)")

                let (payloads, received) = AsyncStream.makeStream(of: String.self)
                let worker = try await shop.connect(
                    handlers: Connection.Handlers(notification: { received.yield($0.payload) }))
                try await worker.query("listen tgworker")
                #expect(try await shop.psql("select tgworker.discard(\(head))", as: odoo) == "t")
                let payload = await payloads.first { _ in true }
                #expect(payload == "outbox", "the next may be sent now")
                #expect(try await behind(shop) == [])
                #expect(try await shop.psql("select tgworker.discard(\(head))", as: odoo) == "f")
                #expect(try await shop.psql("select tgworker.discard(\(next), 'wrong customer')", as: odoo) == "t")
                let entered = try await shop.rows(
                    "select outbox_id, outcome, reason, attempts, source_id from tgworker.delivery order by id")
                #expect(
                    entered == [
                        "\(head)|discarded|discarded by an operator|1|10", "\(next)|discarded|wrong customer|0|11",
                    ])
            }
        }

        /// Values of a row's kind, priority, chat and event.
        private static let unreadable = [
            #"'order_state', 2, 1, '{"state": "sale", "changed_at": "tomorrow or so"}'"#,
            #"'order_state', 2, 1, '{"state": "sale", "changed_at": "infinity"}'"#,
            #"'order_state', 2, 1, '{"state": "sale", "changed_at": "2026-03-10T10:00:00", "currency_id": "EUR"}'"#,
            #"'order_state', 2, 1, '{"state": "sale", "changed_at": "2026-03-10T10:00:00", "company_id": {}}'"#,
            #"'order_state', 3, 1, '{"state": "sale", "changed_at": "2026-03-10T10:00:00"}'"#,
            #"'telepathy', 1, 1, '{}'"#,
        ]

        @Test("the queue refuses at the door what the sender could not read", arguments: DemoDatabase.allAvailable)
        func refusesUnreadable(kind: DemoDatabase) async throws {
            try await Shop.withInstallation(kind) { shop in
                let insertion = "insert into tgworker.outbox (kind, priority, chat_id, event) values"
                for values in Self.unreadable {
                    await #expect(throws: TestSupportError.self, "\(values)") {
                        try await shop.psql("\(insertion) (\(values))")
                    }
                }
                for event in [#"{"state": "sale", "changed_at": "2026-03-10T10:00:00"}"#, #"{"state": "sale"}"#, "{}"] {
                    // What is missing, the sender says: it discards such a message.
                    try await shop.psql("\(insertion) ('order_state', 2, 1, '\(event)')")
                }
            }
        }
    }
}
