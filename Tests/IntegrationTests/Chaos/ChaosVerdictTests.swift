import Testing

@Suite("What the chaos suite makes of the facts", .timeLimit(.minutes(1)))
struct ChaosVerdictTests {
    /// Two changes of orders and a reply of two parts, all as it should be.
    private static let good: ChaosFacts = {
        var facts = ChaosFacts()
        facts.promises = [
            .init(token: 1, kind: .order, chat: 5), .init(token: 2, kind: .order, chat: 5),
            .init(token: 3, kind: .reply, chat: 5, words: 9),
        ]
        facts.acknowledged = [1, 2, 3]
        facts.ledger = [
            .init(outboxID: 11, kind: .order, chat: 5, token: 1, messageID: 101),
            .init(outboxID: 12, kind: .order, chat: 5, token: 2, messageID: 103),
            .init(outboxID: 13, kind: .reply, chat: 5, token: 3, messageID: 102),
            .init(outboxID: 14, kind: .answer, chat: 5, messageID: 105),
        ]
        facts.arrivals = [
            arrival(1, .order(token: 1)), arrival(2, .reply(token: 3, words: 1...6)), arrival(3, .order(token: 2)),
            arrival(4, .reply(token: 3, words: 7...9)), arrival(5, .answer),
        ]
        facts.updates = [1001, 1002]
        facts.updateLog = [1001: "handled", 1002: "handled"]
        facts.answers = [5: 1]
        facts.texts = [.init(token: 4, chat: 5)]
        facts.recorded = facts.texts
        return facts
    }()

    private static func arrival(_ sequence: Int, _ content: ChaosContent, chat: Int64 = 5) -> ChaosFacts.Arrival {
        .init(
            sequence: sequence, messageID: Int64(100 + sequence), chat: chat, at: Int64(sequence) * 1_000_000,
            content: content)
    }

    private func verdict(holds: Bool = false, _ change: (inout ChaosFacts) -> Void = { _ in }) -> ChaosVerdict {
        var facts = Self.good
        facts.holds = holds
        change(&facts)
        return ChaosVerdict(facts)
    }

    @Test("what is as it should be is good")
    func good() {
        let verdict = verdict()
        #expect(verdict.problems.isEmpty)
        #expect((verdict.events, verdict.delivered, verdict.lost) == (4, 4, 0))
        #expect((verdict.duplicated, verdict.disordered, verdict.updates) == (0, 0, 2))
    }

    @Test("a message that is nowhere is lost, whatever the ledger says")
    func lost() {
        #expect(verdict { $0.arrivals.remove(at: 0) }.lost == 1)
        #expect(verdict { $0.arrivals.remove(at: 3) }.lost == 1, "a part of a reply")
        #expect(verdict { $0.ledger.remove(at: 0) }.lost == 1)
        #expect(verdict { $0.arrivals.remove(at: 4) }.lost == 1, "an answer")
        #expect(verdict { $0.ledger.remove(at: 3) }.lost == 1)
        #expect(!verdict { $0.queued = ["11"] }.problems.isEmpty)
    }

    @Test("what Telegram refuses for good is in the ledger, and what is held as well")
    func ledger() {
        let refused = verdict {
            $0.ledger[0].outcome = "failed"
            $0.ledger[0].reason = "the customer has blocked the bot"
            $0.arrivals.remove(at: 0)
        }
        #expect(refused.problems.isEmpty && refused.refused == 1)
        for holds in [false, true] {
            let held = verdict(holds: holds) {
                $0.ledger[0].outcome = "unknown"
                $0.arrivals.remove(at: 0)
            }
            #expect(held.problems.isEmpty == holds)
            #expect((held.held, held.lost) == (holds ? (1, 0) : (0, 1)))
        }
    }

    @Test("as many duplicates may be as there were doubts, and none where doubts are held")
    func duplicates() {
        func twice(_ facts: inout ChaosFacts) { facts.arrivals.append(Self.arrival(6, .order(token: 1))) }
        #expect(verdict(twice).problems.count == 1)
        let inDoubt = verdict {
            twice(&$0)
            $0.ledger[0].inDoubt = 1
        }
        #expect(inDoubt.problems.isEmpty)
        #expect((inDoubt.duplicated, inDoubt.duplicatedInDoubt) == (1, 1))
        let held = verdict(holds: true) {
            twice(&$0)
            $0.ledger[0].inDoubt = 1
        }
        #expect(held.problems.count == 1 && held.duplicated == 1)
        let answer = verdict { $0.arrivals.append(Self.arrival(6, .answer)) }
        #expect(answer.problems.count == 1 && answer.duplicated == 1)
    }

    @Test("messages of a chat and kind come in the order of their rows, by their first arrival")
    func order() {
        let swapped = verdict { facts in
            facts.ledger[0].messageID = 103
            facts.ledger[1].messageID = 101
            facts.arrivals[0] = Self.arrival(1, .order(token: 2))
            facts.arrivals[2] = Self.arrival(3, .order(token: 1))
        }
        #expect(swapped.disordered == 1 && swapped.problems.count == 1)
        let parts = verdict {
            $0.arrivals[1] = Self.arrival(2, .reply(token: 3, words: 7...9))
            $0.arrivals[3] = Self.arrival(4, .reply(token: 3, words: 1...6))
        }
        #expect(parts.disordered == 1 && parts.problems.count == 1)
    }

    @Test("nothing comes of what was rolled back, and a commit that was acknowledged is there")
    func transactions() {
        #expect(verdict { $0.rolledBack = [7] }.problems.isEmpty)
        #expect(verdict { $0.rolledBack = [2] }.problems.count == 1)
        #expect(verdict { $0.acknowledged.insert(7) }.problems.count == 1)
        #expect(verdict { $0.arrivals.append(Self.arrival(6, .order(token: 7))) }.problems.count == 1)
        #expect(verdict { $0.arrivals[0] = Self.arrival(1, .order(token: 1), chat: 6) }.problems.count == 1)
    }

    @Test("an update is handled once, and what a customer writes is there once and in order")
    func updates() {
        #expect(verdict { $0.updateLog[1002] = nil }.updatesWrong == 1)
        #expect(verdict { $0.updateLog[1002] = "failed" }.updatesWrong == 1)
        #expect(verdict { $0.recorded = [] }.updatesWrong == 1)
        #expect(verdict { $0.recorded += $0.recorded }.updatesWrong == 1)
        let swapped = verdict {
            $0.texts = [.init(token: 8, chat: 5), .init(token: 9, chat: 5)]
            $0.recorded = $0.texts.reversed()
        }
        #expect(swapped.disordered == 1)
    }

    @Test("a text says which event it is of")
    func contents() {
        #expect(ChaosContent("✅ Заказ K17\nСумма: 1 234,00 руб") == .order(token: 1234))
        #expect(ChaosContent("r12-1") == .reply(token: 12, words: 1...1))
        #expect(ChaosContent("r12-7 r12-8 r12-9") == .reply(token: 12, words: 7...9))
        #expect(ChaosContent("r12-7 r12-9") == .answer, "a word is missing: nobody's text")
        #expect(ChaosContent("Здравствуйте!") == .answer)
    }
}
