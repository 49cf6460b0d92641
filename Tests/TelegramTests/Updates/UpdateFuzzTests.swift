import Foundation
import Testing

@testable import Telegram

@Suite("A damaged update", .timeLimit(.minutes(60)))
struct UpdateFuzzTests {
    /// `TGWORKER_FUZZ` says how many; `TGWORKER_FUZZ_SEED` repeats a run.
    @Test("is decoded or refused, never lost, and nothing of its text gets into the reason")
    func damaged() async throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["TGWORKER_FUZZ"].flatMap { Int($0) } ?? 20_000
        let seed = environment["TGWORKER_FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...UInt64(UInt32.max))
        // Said before, lest a crash take it along.
        print("fuzz: seed \(seed)")
        var mutator = UpdateMutator(seed: seed)
        var tally = Tally()
        for number in 1...count {
            // Other tests wait for sockets meanwhile.
            if number.isMultiple(of: 50) { await Task.yield() }
            let text = mutator.next()
            for problem in try await problems(text, &tally) {
                Issue.record("seed \(seed), update \(number): \(problem): \(String(decoding: text, as: UTF8.self))")
                tally.problems += 1
            }
            if tally.problems >= 10 { break }
        }
        let seen = tally.decoded + tally.refused
        print(
            "fuzz: \(seen) updates, \(tally.decoded) decoded, \(tally.refused) refused, \(tally.whole) whole in an answer, "
                + "\(tally.problems) problems, seed \(seed)")
        // Damage that leaves nothing whole, or everything, would test nothing.
        #expect(tally.decoded > seen / 20 && tally.refused > seen / 20 && tally.whole > seen / 20)
    }

    private struct Tally {
        var decoded = 0
        var refused = 0
        var whole = 0
        var problems = 0
    }

    private func problems(_ text: [UInt8], _ tally: inout Tally) async throws -> [String] {
        let raw = RawUpdate(text)
        var problems: [String] = []
        if raw.json != String(decoding: text, as: UTF8.self) || RawUpdate(raw.json.utf8) != raw {
            problems.append("the text is not kept as it came")
        }
        if let id = raw.id, id < 0 { problems.append("the number \(id)") }
        do {
            _ = try Update(raw)
            tally.decoded += 1
            if let id = Self.plainID(text), raw.id != id { problems.append("the number is not \(id)") }
        } catch {
            tally.refused += 1
            if !Self.isHarmless(error.description) {
                problems.append("the reason \(error.description.debugDescription)")
            }
        }
        problems += try await problemsAmongOthers(text, &tally)
        problems += try await problemsAlone(text, id: raw.id)
        return problems
    }

    // MARK: In an answer

    /// Between others, what is JSON comes through as it is, and nothing of the first is changed.
    private func problemsAmongOthers(_ text: [UInt8], _ tally: inout Tally) async throws -> [String] {
        let first = #"{"update_id":1}"#
        let body = Array(#"{"ok":true,"result":[\#(first),"#.utf8) + text + Array(#",{"update_id":3}]}"#.utf8)
        let isJSON = (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
        if isJSON { tally.whole += 1 }
        let api = try Exchange(200, body).api()
        let updates: [RawUpdate]
        do {
            updates = try await api.getUpdates(offset: nil)
        } catch .unknown {
            return isJSON ? ["a whole text spoils the answer"] : []
        } catch {
            return ["\(error)"]
        }
        if isJSON, updates.dropFirst() != [RawUpdate(Self.trimmed(text)), RawUpdate(#"{"update_id":3}"#.utf8)] {
            return ["a whole text comes out as \(updates.map(\.json))"]
        }
        return updates.first?.json == first ? [] : ["the first comes out as \(updates.first?.json ?? "nothing")"]
    }

    /// Alone, an update with a number is always got past.
    private func problemsAlone(_ text: [UInt8], id: Int64?) async throws -> [String] {
        let body = Array(#"{"ok":true,"result":["#.utf8) + text + Array("]}".utf8)
        let api = try Exchange(200, body).api()
        do {
            let updates = try await api.getUpdates(offset: nil, limit: 1)
            guard id != nil, Self.trimmed(text).first == UInt8(ascii: "{") else { return [] }
            return updates.isEmpty ? ["it is lost when it comes alone"] : []
        } catch .unknown where id == nil || Self.trimmed(text).first != UInt8(ascii: "{") {
            return []
        } catch {
            return ["it cannot be got past: \(error)"]
        }
    }

    private static func trimmed(_ text: [UInt8]) -> ArraySlice<UInt8> {
        func isWhite(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
        let rest = text.drop(while: isWhite)
        return rest[..<(rest.lastIndex { !isWhite($0) }.map { $0 + 1 } ?? rest.startIndex)]
    }

    // MARK: What must be

    private struct Numbered: Decodable {
        let update_id: Int64
    }

    /// The number as another reader sees it, where there can be no doubt.
    private static func plainID(_ text: [UInt8]) -> Int64? {
        guard let id = try? JSONDecoder().decode(Numbered.self, from: Data(text)).update_id,
            text.starts(with: #"{"update_id":\#(id),"#.utf8), id >= 0
        else { return nil }
        return id
    }

    private static let fields: Set<Substring> = [
        "message", "edited_message", "callback_query", "my_chat_member", "message_id", "date", "chat", "id", "type",
        "from",
        "text", "new_chat_member", "status",
    ]

    /// Whether a reason is one line made of our own words and the names of fields.
    private static func isHarmless(_ reason: String) -> Bool {
        if reason == "not JSON" { return true }
        var path = reason[...]
        if path.hasPrefix("there is no ") {
            path = path.dropFirst("there is no ".count)
        } else if let end = [" is null", " is of another type", " cannot be read"].first(where: path.hasSuffix) {
            path = path.dropLast(end.count)
        } else {
            return false
        }
        return path == "the update"
            || path.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(fields.contains)
    }
}
