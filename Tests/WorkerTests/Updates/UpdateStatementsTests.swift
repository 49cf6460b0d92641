import Postgres
import Telegram
import Testing

@testable import Worker

@Suite("The statements of an update", .timeLimit(.minutes(5)))
struct UpdateStatementsTests {
    private static func statements() throws -> [Statement] {
        let code = try #require(VerificationCode(stored: "123456"))
        let message = try Message.text("hello")
        let person = Person(try .sample(), chatID: 77)
        let others: [Statement] =
            [
                UpdateStatements.takeTurn(77), UpdateStatements.seen(bot: 1, update: nil),
                UpdateStatements.forget(entry: 5),
                UpdateStatements.log(bot: 1, update: RawUpdate("{}".utf8), outcome: .failed("not JSON")),
                UpdateStatements.customer(77, chat: 77, bot: 1),
                UpdateStatements.redeem(token: "t", by: 77), UpdateStatements.partners(phone: "7916"),
                UpdateStatements.orders(of: 77, after: nil, limit: 11),
                UpdateStatements.rememberChat(bot: 1, chat: 77, languageCode: nil, blocked: nil),
                UpdateStatements.say(.code, to: 77, chat: 77), UpdateStatements.notifyOutbox,
                UpdateStatements.store(message, text: "x", from: 77),
                UpdateStatements.edit(message, text: "x", from: 77),
                UpdateStatements.touch(77, at: 0),
                IdentificationStatements.updateProfile(77, chat: 77, profile: person.profile),
                IdentificationStatements.setCode(code, of: 77), IdentificationStatements.set(Identification(), of: 77),
                IdentificationStatements.notePhone("7916", of: 77), IdentificationStatements.verify(77, for: 10),
                IdentificationStatements.addErrand(.proof, of: 77), IdentificationStatements.notifyErrand,
                IdentificationStatements.usersWithErrands, IdentificationStatements.hasErrands(1),
                IdentificationStatements.takeErrands(of: 1),
                IdentificationStatements.lockUser(77),
            ] + IdentificationStatements.followPartner(77)
        return [nil, 5].flatMap { partnerID in
            IdentificationStatements.createUser(person, partnerID: partnerID, code: code)
        } + others
    }

    @Test("have a value for each parameter and a parameter for each value")
    func parameters() throws {
        for statement in try Self.statements() {
            let numbers = statement.sql.split(separator: "$", omittingEmptySubsequences: false).dropFirst()
                .compactMap { Int($0.prefix(while: \.isNumber)) }
            #expect(Set(numbers) == Set(1..<statement.parameters.count + 1), "\(statement.sql)")
        }
    }

    @Test("keep what came as text that PostgreSQL takes")
    func storable() {
        let raw = RawUpdate("{\"update_id\":7,\"a\":\"\0\"".utf8)
        let values = UpdateStatements.log(bot: 1, update: raw, outcome: .failed("a\0b")).parameters.map(\.text)
        #expect(values == ["1", "7", "failed", "a\u{FFFD}b", "{\"update_id\":7,\"a\":\"\u{FFFD}\""])
    }

    @Test("enter a user with the placeholder to remember only where there is no partner")
    func placeholder() throws {
        let code = try #require(VerificationCode(stored: "123456"))
        func count(_ partnerID: Int?) throws -> Int {
            IdentificationStatements.createUser(
                Person(try .sample(), chatID: 77), partnerID: partnerID, code: code
            ).count
        }
        #expect(try count(nil) == 2)
        #expect(try count(5) == 1)
    }

    @Test("tell who waits for answers and for errands, once and after them, and nobody else")
    func notifications() throws {
        let person = Person(try .sample(), chatID: 77)
        func sql(_ effects: [Effect]) -> [String] { effects.statements(for: person, bot: 1).map(\.sql) }
        func statements(_ statements: Statement...) -> [String] { statements.map(\.sql) }
        let (say, errand) = (
            UpdateStatements.say(.code, to: 77, chat: 77), IdentificationStatements.addErrand(.proof, of: 77)
        )
        #expect(sql([]) == [])
        #expect(sql([.toast("x")]) == [])
        #expect(sql([.say(.code)]) == statements(say, UpdateStatements.notifyOutbox))
        #expect(sql([.say(.code), .say(.help)]) == statements(say, say, UpdateStatements.notifyOutbox))
        #expect(sql([.errand(.proof)]) == statements(errand, IdentificationStatements.notifyErrand))
        #expect(
            sql([.errand(.proof), .say(.code), .toast("x")])
                == statements(errand, say, UpdateStatements.notifyOutbox, IdentificationStatements.notifyErrand))
        #expect(sql([.verify(partnerID: 5)]) == statements(IdentificationStatements.verify(77, for: 5)))
    }
}
