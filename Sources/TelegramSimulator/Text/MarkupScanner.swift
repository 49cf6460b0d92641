/// What the three markup parsers share: the source bytes with a zero behind the end, as td's C++ sees them, and the
/// plain text grown so far with its length in UTF-16 units.
struct MarkupScanner: Sendable {
    private let source: [UInt8]
    private(set) var output: [UInt8] = []
    /// The length of ``output`` in UTF-16 code units.
    private(set) var length = 0

    init(_ text: String) {
        source = Array(text.utf8)
        output.reserveCapacity(source.count)
    }

    /// How many bytes the source has.
    var count: Int { source.count }

    /// The byte there, zero behind the end.
    subscript(position: Int) -> UInt8 { position < source.count ? source[position] : 0 }

    /// A stretch of the source.
    func slice(_ range: Range<Int>) -> String { String(decoding: source[range.clamped(to: 0..<count)], as: UTF8.self) }

    /// The plain text from a byte position on.
    func outputText(from position: Int) -> String { String(decoding: output[position...], as: UTF8.self) }

    /// Takes one byte over. A code point counts where it starts; four bytes make a surrogate pair.
    mutating func append(_ byte: UInt8) {
        if byte & 0xC0 != 0x80 { length += byte >= 0xF0 ? 2 : 1 }
        output.append(byte)
    }

    /// Writes a code point as UTF-8, a lone surrogate too (the text is checked at the end).
    mutating func append(codePoint: UInt32) {
        length += codePoint > 0xFFFF ? 2 : 1
        Self.encode(codePoint, into: &output)
    }

    /// Encodes a code point as UTF-8 without a check.
    static func encode(_ code: UInt32, into bytes: inout [UInt8]) {
        let tail = { (shift: UInt32) in UInt8(0x80 | (code >> shift & 0x3F)) }
        switch code {
        case ..<0x80: bytes.append(UInt8(code))
        case ..<0x800: bytes += [UInt8(0xC0 | code >> 6), tail(0)]
        case ..<0x10000: bytes += [UInt8(0xE0 | code >> 12), tail(6), tail(0)]
        default: bytes += [UInt8(0xF0 | code >> 18), tail(12), tail(6), tail(0)]
        }
    }

    /// What td calls a space: the zero behind the end is one.
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A || byte == 0 || byte == 0x0B
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The position behind the `language` and the first line break of a code block that starts at `position`.
    func codeBlock(at position: Int) -> (language: String?, start: Int) {
        var end = position
        while !Self.isSpace(self[end]), self[end] != UInt8(ascii: "`") { end += 1 }
        var start = position
        var language: String?
        if end != position, end < count, self[end] != UInt8(ascii: "`") {
            language = slice(position..<end)
            start = end
        }
        let isBreak: (UInt8) -> Bool = { $0 == 0x0A || $0 == 0x0D }
        if isBreak(self[start]) {
            start += isBreak(self[start + 1]) && self[start] != self[start + 1] ? 2 : 1
        }
        return (language, start)
    }
}
