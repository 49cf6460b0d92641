import Testing

@testable import tgworker

@Suite("A YAML mapping", .timeLimit(.minutes(5)))
struct YAMLMappingTests {
    private func mapping(_ text: String) throws(YAMLMapping.Unreadable) -> YAMLMapping {
        try YAMLMapping(Array(text.utf8))
    }

    @Test(
        "has the text of a value in whatever way it is written",
        arguments: [
            ("k: a", "a"), ("k: 25", "25"), ("k: yes", "yes"), ("k: a b # c", "a b"), ("k: 'a: b'", "a: b"),
            ("k: \"\\u0416\\t\"", "Ж\t"), ("k: Ж", "Ж"), ("k: \"a\\0b\"", "a\0b"), ("k: |\n  a\n  b\n", "a\nb\n"),
            ("k: >-\n  a\n  b\n", "a b"), ("k: a\n  b", "a b"), ("k: !!int a", "a"), ("k: &x a", "a"),
            ("k: a\r\n", "a"),
            ("\u{FEFF}k: a", "a"), ("%YAML 1.2\n---\nk: a\n...\n", "a"), ("? k\n: a", "a"), ("{\"k\": a}", "a"),
        ])
    func texts(text: String, value: String) throws {
        #expect(try mapping(text).entries.map(\.key) == ["k"])
        #expect(try mapping(text).entries.map(\.value) == [.text(value)])
    }

    @Test("has an empty text for null, and the word where it is quoted")
    func nulls() throws {
        for null in ["", "~", "null", "Null", "NULL", "''"] {
            #expect(try mapping("k: \(null)").entries.map(\.value) == [.text("")])
        }
        #expect(try mapping("k: '~'").entries.map(\.value) == [.text("~")])
        #expect(try mapping("k: \"null\"").entries.map(\.value) == [.text("null")])
    }

    @Test("has lists of texts, and says what goes deeper")
    func lists() throws {
        #expect(try mapping("k: [a, 'b', 3]").entries.map(\.value) == [.list(["a", "b", "3"])])
        #expect(try mapping("k:\n- a\n-\n- ~").entries.map(\.value) == [.list(["a", "", ""])])
        #expect(try mapping("k: []").entries.map(\.value) == [.list([])])
        for nested in ["{}", "{a: b}", "\n  a: b", "[[a]]", "[a, b: c]", "&x [*x]"] {
            #expect(try mapping("k: \(nested)").entries.map(\.value) == [.nested])
        }
    }

    @Test("takes what an alias refers to")
    func aliases() throws {
        let entries = try mapping("a: &x b\nc: *x\nd: [*x]").entries
        #expect(entries.map(\.value) == [.text("b"), .text("b"), .list(["b"])])
    }

    @Test("has every key, also twice, with its line")
    func keys() throws {
        let entries = try mapping("# c\na: |\n  x\n\nb: [\n]\na: y").entries
        #expect(
            entries == [
                .init(key: "a", value: .text("x\n"), line: 2), .init(key: "b", value: .list([]), line: 5),
                .init(key: "a", value: .text("y"), line: 7),
            ])
    }

    @Test("has nothing where there is nothing", arguments: ["", "\n", "# c\n  # d\n", "\u{FEFF}", "{}"])
    func empty(text: String) throws {
        #expect(try mapping(text).entries.isEmpty)
    }

    @Test(
        "is nothing else, and the line is told",
        arguments: [
            ("a", 1), ("\n- a", 2), ("---\n", 2), ("a: b\n---\nc: d\n", 2), ("a: b\n---\n- [\n", 4), ("a: 'b\n\n", 3),
            ("a:\n\t- b", 2), ("a: b\n c: d", 2), ("a: *x", 1), ("a: b\n? [c]\n: d", 2), ("a: b\nc: d\u{1}", 2),
        ])
    func unreadable(text: String, line: Int) {
        #expect(throws: YAMLMapping.Unreadable(line: line)) { try mapping(text) }
    }

    @Test("is UTF-8, and the line of a byte that is not is told")
    func encoding() {
        #expect(throws: YAMLMapping.Unreadable(line: 2)) { try YAMLMapping(Array("a: b\nc: ".utf8) + [0xD0, 0xFF]) }
        #expect(throws: YAMLMapping.Unreadable(line: 1)) { try YAMLMapping([0xFF, 0xFE, 0x61, 0, 0x3A, 0]) }
    }

    @Test("is read in time in proportion to its length, however deep and however often it refers to itself")
    func hostile() throws {
        let doubling = (1...60).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }.joined(separator: "\n")
        #expect(try mapping("a0: &a0 x\n" + doubling).entries.count == 61)
        let deep = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
        #expect(try mapping("k: \(deep)").entries.map(\.value) == [.nested])
    }
}
