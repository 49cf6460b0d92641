import Testing

@testable import Worker

@Suite("The original addon", .timeLimit(.minutes(5)))
struct OriginalAddonTests {
    @Test("is known by its version", arguments: ["17.0.1.0.0", "17.0.1.2.13", "17.0.1.0"])
    func original(version: String) throws {
        let addon = try #require(OriginalAddon(version: version))
        let words = addon.problem(in: "shop").description
        #expect(words.contains("telegram_bot \(version) is installed in database shop"))
        #expect(words.contains("-u telegram_bot") && words.contains("--allow-original-addon"))
        #expect(!words.contains("\n"))
    }

    @Test("is neither its successor nor none at all", arguments: [nil, "", "17.0.2.0.0", "17.0.10.0.0", "18.0.1.0.0"])
    func others(version: String?) {
        #expect(OriginalAddon(version: version) == nil)
    }
}
