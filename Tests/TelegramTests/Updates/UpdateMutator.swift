import TestSupport

/// Damages texts of updates, or other JSON, as a careless proxy, a new version of Telegram or a malicious user might.
struct UpdateMutator {
    var random: SeededGenerator
    private let corpus: [[UInt8]]

    init(seed: UInt64, corpus: [String] = UpdateCorpus.all) {
        random = SeededGenerator(seed: seed)
        self.corpus = corpus.map { Array($0.utf8) }
    }

    /// A text of the corpus with some damage. Half of them stay JSON for the most part: what stands in the place of a
    /// value is another one.
    mutating func next() -> [UInt8] {
        var text = pick(corpus)
        let isCareful = Bool.random(using: &random)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            if isCareful { exchange(in: &text) } else { damage(&text) }
        }
        return text
    }

    private mutating func exchange(in text: inout [UInt8]) {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let numbers = Self.numbers.prefix(Self.wellFormed)
            replace(in: &text, with: pick(Array(numbers))) { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        case 1: replace(in: &text, with: pick(Self.names)) { !Self.punctuation.contains($0) }
        default:
            // A member's value, as far as the next comma or bracket.
            let from = position(in: text)
            guard let colon = text[from...].firstIndex(of: UInt8(ascii: ":")) else { return }
            let end = text[(colon + 1)...].firstIndex { Self.punctuation.dropLast(2).contains($0) } ?? text.endIndex
            text.replaceSubrange(colon + 1..<end, with: pick(Self.values))
        }
    }

    private mutating func damage(_ text: inout [UInt8]) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            let range = range(in: text, atMost: 4)
            for index in range { text[index] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        case 1:
            let range = range(in: text, atMost: 4)
            for index in range { text[index] = .random(in: .min ... .max, using: &random) }
        case 2: text.removeSubrange(range(in: text, atMost: 60))
        case 3:
            let range = range(in: text, atMost: 120)
            text.insert(contentsOf: Array(text[range]), at: position(in: text))
        case 4:
            let other = pick(corpus)
            text = Array(text[..<position(in: text)] + other[position(in: other)...])
        case 5: text.removeSubrange(position(in: text)...)
        case 6: text.insert(contentsOf: pick(Self.pieces), at: position(in: text))
        case 7: replace(in: &text, with: pick(Self.numbers)) { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        case 8: exchange(in: &text)
        default: nest(&text)
        }
    }

    /// Puts something in the place of a run of bytes.
    private mutating func replace(in text: inout [UInt8], with new: [UInt8], _ isPart: (UInt8) -> Bool) {
        let from = position(in: text)
        guard let start = text[from...].firstIndex(where: isPart) else { return }
        let end = text[start...].firstIndex { !isPart($0) } ?? text.endIndex
        text.replaceSubrange(start..<end, with: new)
    }

    /// Puts brackets around nothing, some of them without an end.
    private mutating func nest(_ text: inout [UInt8]) {
        let depth = pick([1, 2, 10, 10, 10, 100, 511, 513, 3000])
        let (opening, closing) = pick([("[", "]"), (#"{"a":"#, "}"), (#"{"message":{"chat":"#, "}}")])
        let closed = Bool.random(using: &random) ? depth : Int.random(in: 0...depth, using: &random)
        let nested =
            String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: closed)
        text.insert(contentsOf: Array(nested.utf8), at: position(in: text))
    }

    // MARK: Choices

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    private mutating func position(in text: [UInt8]) -> Int {
        Int.random(in: 0...text.count, using: &random)
    }

    private mutating func range(in text: [UInt8], atMost limit: Int) -> Range<Int> {
        let start = position(in: text)
        return start..<min(text.count, start + Int.random(in: 1...limit, using: &random))
    }

    private static let punctuation = Array(#"{}[],:""#.utf8)

    /// What ends a string, an object or a character where it should not.
    private static let pieces: [[UInt8]] =
        [
            "\0", #"\u0000"#, #"\ud800"#, #"\udc00"#, #"\ud83d\ud83d"#, #"\"#, #"\\"#, #"\u"#, #"\u12"#, "\"", "{", "}",
            "[", "]", ",", ":", " ", "\n", "\t", "\r\n", "}}", "]}", "}]}", "},{", #"","a":""#, #""update_id":7,"#,
            #""update_id""#, #","message":null"#, "\u{FEFF}", "\u{2028}", "👍🏽", "null", "//", "/*", "'", "NaN", "-", "+",
            ".", "e9", "0x1F",
        ].map { Array($0.utf8) } + [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xD0], [0x1F],
        ]

    private static let numbers = [
        "0", "1", "4503599627370496", "9007199254740993", "2147483648", "9223372036854775807", "1.5", "1e3", "12.0",
        "9223372036854775808", "18446744073709551616", "1E-400", "1e400", "1e99999999999",
        "\(String(repeating: "9", count: 400))",
        // Not where a number has begun, or not at all.
        "-1", "-0", "007", "-9223372036854775808", "-9223372036854775809",
    ].map { Array($0.utf8) }

    /// How many of the numbers are JSON.
    private static let wellFormed = 15

    private static let names = [
        "message", "edited_message", "callback_query", "my_chat_member", "contact", "location", "text", "id", "private",
        "chat", "from", "user_id", "update_id", "photo", "status", "kicked", #"\u0000"#, #"\ud800"#, #"\ud83d\ude00"#,
        "",
    ].map { Array($0.utf8) }

    private static let values = [
        "null", "true", "5", "-1", "0", "[]", "{}", "[[1]]", #"{"id":5}"#, #""x""#, #""""#, #""a\u0000b""#,
        #""\udc00""#,
        "-9223372036854775808", "9223372036854775808", "1.5e300", #"{"id":5,"type":"private"}"#,
    ].map { Array($0.utf8) }
}
