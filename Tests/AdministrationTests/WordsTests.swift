import Administration
import Testing

@Suite("Words", .timeLimit(.minutes(1)))
struct WordsTests {
    @Test(
        "a time is shown in its two largest units",
        arguments: [
            (0.4, "0 s"), (12.9, "12 s"), (60, "1 min"), (185, "3 min 5 s"), (7800, "2 h 10 min"), (90_000, "1 d 1 h"),
            (-5, "0 s"),
        ])
    func times(seconds: Double, text: String) {
        #expect(Words.time(seconds) == text)
    }

    @Test("a count says where it was ended")
    func counts() {
        #expect(Words.count(10_001, limit: 10_000, "message", "messages") == "10000+ messages")
        #expect(Words.count(1, "message", "messages") == "1 message")
    }

    @Test("a text from outside becomes one line without control characters")
    func lines() {
        #expect(Words.line("a\u{1b}[31mb\nc\u{2028}d") == "a [31mb c d")
        #expect(Words.line(String(repeating: "x", count: 20), limit: 10) == "xxxxxxxxx…")
    }
}
