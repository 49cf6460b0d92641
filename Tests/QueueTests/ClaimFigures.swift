import Foundation
import Postgres
import TestSupport
import Testing

@testable import Worker

/// How long a claim takes with little and with much waiting: printed by `make soak`, not judged.
@Suite(
    "The time of a claim", .serialized, .timeLimit(.minutes(60)),
    .enabled(if: ProcessInfo.processInfo.environment["TGWORKER_SOAK_CLAIMS"] != nil))
struct ClaimFigures {
    private struct Shape {
        let chats: Int
        let each: Int
    }

    @Test("is that of what is ready, not of what waits")
    func figures() async throws {
        let many = ProcessInfo.processInfo.environment["TGWORKER_SOAK_CLAIMS"].flatMap { Int($0) } ?? 1_000_000
        let queue = try await Queue.open()
        let few = try await median(Shape(chats: 1000, each: 1), in: queue)
        print("soak: 1000 waiting in 1000 chats: a claim takes \(few)")
        for shape in [
            Shape(chats: 1000, each: many / 1000), Shape(chats: many, each: 1), Shape(chats: 1, each: many),
        ] {
            let median = try await median(shape, in: queue)
            let ratio = (median / few * 100).rounded() / 100
            print(
                "soak: \(many) waiting in \(shape.chats) chats: a claim takes \(median), \(ratio) times as long")
        }
        try await queue.close()
    }

    /// The median time of a claim of 8 messages, after 20 that are not counted. Each is preceded by 8 new messages in
    /// chats of their own, so that there is always something to claim, and what is claimed is deleted.
    private func median(_ shape: Shape, in queue: Queue) async throws -> Duration {
        try await queue.session.script("truncate tgworker.outbox")
        try await queue.fill(chats: 1...shape.chats, each: shape.each)
        try await queue.session.script("vacuum analyze tgworker.outbox")
        if shape.chats == 1 {
            // What a claim would do little by little before.
            try await queue.session.query(
                "update tgworker.outbox set behind = true where id > (select min(id) from tgworker.outbox)",
                timeout: .seconds(600))
            try await queue.session.script("vacuum tgworker.outbox")
        }
        var horizon = QueueHorizon()
        var times: [Duration] = []
        for round in 0..<100 {
            try await queue.fill(chats: (10_000_000 + 8 * round)...(10_000_007 + 8 * round))
            let began = ContinuousClock.now
            let answer = try await queue.run(
                OutboxClaim(limit: 8, window: 72, busy: [], marks: horizon.marks))
            if round >= 20 { times.append(.now - began) }
            if let sight = answer.sight { _ = horizon.saw(sight) }
            try await queue.session.query(
                "delete from tgworker.outbox where id = any ($1::bigint[])", [.array(answer.messages.map(\.id))])
        }
        return times.sorted()[times.count / 2]
    }
}
